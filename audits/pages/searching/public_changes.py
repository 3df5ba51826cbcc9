"""Events of public processes reported to people who follow a search, by feed, e-mail or webhook."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from msgspec import Struct

from audits.api.changes import is_gone, visible_changes
from audits.api.flag_rows import FlagRow
from audits.models import Flag, Review
from audits.models.flag_state import IS_CONTEXT
from audits.pages.labels import rule_name
from audits.triage import WAS_CONFIRMED
from contracts.api.protocol.rows.columns import fields_of, read_rows
from contracts.models import Change
from contracts.pages.rendering import EVERYONE

# No erased records, and no organizations, which a search of processes does not cover.
HEARD = (
    *(Change.Kind.CREATED, Change.Kind.AMENDED, Change.Kind.REPLY),
    *(Change.Kind.DOCUMENT_ADDED, Change.Kind.DOCUMENT_REMOVED),
    *(Change.Kind.RECORD_MERGED, Change.Kind.RECORD_PARTED),
    *(Change.Kind.FLAG_RAISED, Change.Kind.FLAG_CHANGED, Change.Kind.FLAG_DECIDED, Change.Kind.FLAG_WITHDRAWN),
)
# Kinds of events as sent: every change that ends the publication of a question becomes "no longer shown".
TOLD = (*HEARD, Change.Kind.FLAG_REMOVED)
# Tolerance between a change, dated by the database, and a decision, dated by the program.
_APART = timedelta(minutes=5)


class Told(Struct, frozen=True):
    """
    An event: a kind of change and, for a flag, its number and the code of its rule.

    If a question is no longer public, the event says only that, without the rule and the cause.
    """

    kind: Change.Kind
    flag: int | None = None
    rule: str = ""

    @property
    def in_words(self) -> str:
        label = str(self.kind.label)
        return f"{label}: {rule_name(self.rule)}" if self.rule else label

    @property
    def address(self) -> str:
        """The page of the question, which also says that it was taken back; "" for events of the record."""
        return "" if self.flag is None else reverse("flag-page", args=[self.flag])


def telling(changes: QuerySet[Change], kinds: Collection[Change.Kind] = HEARD) -> Any:
    """
    Return the public changes worth reporting, annotated with ``flag_ocid``.

    They include that a confirmed question is no longer published, because somebody may have cited it.
    """
    # Narrow to these few first; looking for decisions by their time is slow.
    gone = Q(flag_id__in=Flag.objects.once_published().values("pk"))
    return visible_changes(EVERYONE, changes).filter(
        # A visible flag whose rule went into shadow is shown again.
        Q(flag_id=None) | Q(is_visible=True) | gone & Q(Exists(_taken_back())),
        # Context is in lists and files, but is not reported.
        ~Exists(Flag.objects.filter(IS_CONTEXT, pk=OuterRef("flag_id"))),
        kind__in=kinds,
        organization_id=None,
    )


def _taken_back() -> QuerySet[Review]:
    """Return the decisions by which a flag of the outer query ceased to be confirmed at the change."""
    confirmed = Q(decision=Review.Decision.CONFIRMED) | Q(judged__has_key=WAS_CONFIRMED)
    before = Review.objects.filter(flag=OuterRef("flag"), pk__lt=OuterRef("pk")).order_by("-pk")
    decisions = Review.objects.filter(~confirmed, flag=OuterRef("flag_id")).alias(
        stood=Subquery(before.values(stood=confirmed)[:1])
    )
    around = (OuterRef("at") - _APART, OuterRef("at") + _APART)
    return decisions.filter(stood=True, reviewed_at__range=around)


def told_of(change: Any) -> Told:
    """Return the event of a row of ``telling``."""
    if is_gone(change):
        return Told(Change.Kind.FLAG_REMOVED, change.flag_id)
    return Told(Change.Kind(change.kind), change.flag_id, change.rule or "")


def questions_of(told: Iterable[Told]) -> dict[int | None, str]:
    """Return flag → question in the reader's language, for those that are public."""
    flags = Flag.objects.public().filter(pk__in={one.flag for one in told if one.flag is not None})
    fields = {name: fields_of(FlagRow)[name] for name in ("id", "sentence")}
    return {row["id"]: row["sentence"] for _keys, row in read_rows(flags, fields)}
