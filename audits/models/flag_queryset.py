"""Which flags a reader may see, and which wait for a decision: only this module decides."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models.functions import Now, TruncDay
from django.utils import timezone

from audits.models.flag_state import AWAITING_REVIEW, CHANGED_SINCE_CONFIRMED, IS_CONTEXT, OPEN_STATES, FlagState
from audits.models.overdue import IsOverdue
from audits.models.override import IsOutOfShadow
from audits.models.review import Review
from audits.models.suppression import IsUnsuppressed
from audits.rules import RULES
from contracts.models.process import in_public_process
from contracts.models.provenance import Verification
from contracts.postgres.conditions import SqlCondition

if TYPE_CHECKING:
    from audits.models.flag import Flag  # noqa: F401  of which it is a query set

# Rules whose answer may differ once more records are counted; flags of the others are at the desk at once.
READ_FIGURES = tuple(code for code, rule in RULES.items() if rule.reads)


def waited_until() -> datetime:
    """Return the time up to which flags no longer wait for figures."""
    return timezone.now() - timedelta(minutes=settings.VEEDOR_SETTLING_MINUTES)


class HasItsFigures(SqlCondition):
    """
    Whether figures were computed again since a flag was raised, and all audits that this made due are done.

    While much data is being loaded, rules judge what came first, and complete figures withdraw some of their flags.
    After ``VEEDOR_SETTLING_MINUTES`` a flag is at the desk in any case. Flags raised by hand do not wait, and later
    records do not remove a flag from the desk. A function created by a migration checks each flag.
    """

    sql = """NOT (
        {4} = 'new' AND NOT {5} AND {3} > %s AND {0} = ANY(%s) AND flag_is_unsettled({1}, {2}, {3})
    )"""

    def __init__(self) -> None:
        columns = ("rule", "process_id", "last_audit_id", "raised_at", "state", "is_raised_by_hand")
        super().__init__(*columns, given=(waited_until(), list(READ_FIGURES)))


def may_see_all(user: Any) -> bool:
    """Return whether a reader sees every flag and exact figures: only auditors and leads do."""
    return user is not None and not isinstance(user, AnonymousUser) and bool(user.has_perm("audits.view_flag"))


def may_see_shadow(user: Any) -> bool:
    """Return whether a reader also sees flags of rules in shadow: only leads do."""
    return user is not None and bool(user.has_perm("audits.view_shadow_flags"))


def unpublished_states() -> frozenset[str]:
    """Return the states that a public flag cannot have."""
    if settings.VEEDOR_PUBLICATION == "reviewed":
        return frozenset({FlagState.NEW, FlagState.IN_REVIEW, FlagState.DISMISSED, FlagState.NEEDS_INFORMATION})
    return frozenset({FlagState.DISMISSED} if settings.VEEDOR_PUBLICATION == "all" else FlagState.values)


class FlagQuerySet(models.QuerySet["Flag"]):
    def with_moment(self) -> Any:
        """Add ``moment``, the present time; of a held record only the day, as the minute could identify the sender."""
        held = models.When(process__verification=Verification.UNVERIFIED, then=TruncDay(Now(), tzinfo=UTC))
        return self.annotate(moment=models.Case(held, default=Now()))

    def settled(self) -> "FlagQuerySet":
        """
        Flags without undecided ones that changed figures withdrew while records were still arriving. Loading much data
        raises thousands of flags that disappear within minutes. Nobody saw them, so they must not count as withdrawn
        questions.
        """
        meanwhile = models.F("raised_at") + timedelta(minutes=settings.VEEDOR_SETTLING_MINUTES)
        return self.exclude(
            state=FlagState.WITHDRAWN, decision="", withdrawn_because="figures", withdrawn_at__lte=meanwhile
        )

    def standing(self) -> "FlagQuerySet":
        """Flags that the latest audit still raises."""
        return self.filter(withdrawn_at=None)

    def decidable(self) -> "FlagQuerySet":
        """Flags on which there is something to decide, as ``Flag.awaits_decision`` says of one."""
        return self.filter(models.Q(withdrawn_at=None) | models.Q(decision=FlagState.CONFIRMED))

    def on_public_subjects(self) -> "FlagQuerySet":
        """Flags on organizations and on public processes; flags on held claims are only for the desk."""
        return self.filter(models.Q(process=None) | in_public_process())

    def of_supplier(self, body: Collection[int]) -> "FlagQuerySet":
        """
        Flags on processes of a supplier that are about it; one changed since it was confirmed only if confirmed for
        it.

        :param body: its primary keys, from ``Organization.objects.bodies_of``
        """
        keys = list(body)
        # Decisions from before suppliers were stored with them do not say whom they are about, and apply to all.
        of_all = models.Q(judged__suppliers__isnull=True)
        of_it = reduce(or_, (models.Q(judged__suppliers__contains=[key]) for key in keys), of_all)
        confirmed_of_it = models.Subquery(Review.objects.confirming().values(is_of_it=of_it)[:1])
        about = self.filter(process__suppliers__overlap=keys, suppliers__overlap=keys)
        return about.filter(~CHANGED_SINCE_CONFIRMED | models.Q(confirmed_of_it))

    def awaiting_review(self) -> "FlagQuerySet":
        """Flags that nobody has reviewed in their present form, and confirmed ones that were withdrawn since."""
        return self.filter(AWAITING_REVIEW)

    def in_hands(self) -> "FlagQuerySet":
        """Open flags that are assigned to a person."""
        return self.filter(assignee__isnull=False, state__in=OPEN_STATES)

    def out_of_shadow(self) -> "FlagQuerySet":
        """Flags without the unconfirmed ones of rules in shadow, which are only for leads."""
        return self.filter(IsOutOfShadow())

    def at_the_desk(self, *, with_context: bool = False) -> "FlagQuerySet":
        """
        Flags that await review. Without: flags of rules in shadow, and new ones that are suppressed, context, or whose
        figures are still being counted.

        :param with_context: context too, where it is asked for by name
        """
        asking = self if with_context else self.filter(~IS_CONTEXT)
        return asking.filter(AWAITING_REVIEW, IsOutOfShadow(), IsUnsuppressed(), HasItsFigures())

    def awaiting_figures(self) -> "FlagQuerySet":
        """New flags that are in no queue yet, because their figures are still being computed."""
        asking = self.filter(~IS_CONTEXT, raised_at__gt=waited_until(), state=FlagState.NEW)
        return asking.filter(IsOutOfShadow(), ~models.Q(HasItsFigures()))

    def overdue(self) -> "FlagQuerySet":
        return self.filter(IsOverdue(timezone.now()))

    def visible_to(self, user: Any) -> "FlagQuerySet":
        """
        Return the flags that a reader may see.

        People who may view flags in the admin (auditors, leads) see all. Everyone else sees what the publication
        setting allows: ``reviewed`` only confirmed flags, ``all`` also every current flag (marked if unreviewed),
        ``none`` no flags. Dismissed flags are never published. A confirmed flag that later changed or was withdrawn
        stays public until a person looks again.
        """
        seen = self.visible_but_for_shadow(user)
        return seen if may_see_shadow(user) else seen.out_of_shadow()

    def public(self) -> "FlagQuerySet":
        """Return the flags that everyone may see."""
        return self.visible_to(None)

    def visible_but_for_shadow(self, user: Any) -> "FlagQuerySet":
        """Return the flags that a reader would see if no rule was in shadow."""
        if may_see_all(user):
            return self
        public = self.on_public_subjects()
        confirmed = models.Q(decision=FlagState.CONFIRMED)
        if settings.VEEDOR_PUBLICATION == "reviewed":
            return public.filter(confirmed)
        if settings.VEEDOR_PUBLICATION == "all":
            return public.filter(confirmed | models.Q(withdrawn_at=None)).exclude(state=FlagState.DISMISSED)
        return self.none()

    def seen_before_shadow(self, user: Any) -> "FlagQuerySet":
        """
        Return the flags for which a reader may learn that their rule went into shadow. Under ``all``, those current at
        that time were visible, whatever happened since.
        """
        if settings.VEEDOR_PUBLICATION == "all" and not may_see_all(user):
            return self.on_public_subjects()
        return self.visible_but_for_shadow(user)

    def once_published(self) -> "FlagQuerySet":
        """Return the flags that the public may have seen under the publication setting, and sees no longer."""
        public = self.on_public_subjects()
        if settings.VEEDOR_PUBLICATION == "reviewed":
            return public.filter(taken_back_at__isnull=False)
        if settings.VEEDOR_PUBLICATION == "all":
            gone = models.Q(state=FlagState.WITHDRAWN) & ~models.Q(decision=FlagState.CONFIRMED)
            return public.out_of_shadow().filter(gone | models.Q(state=FlagState.DISMISSED))
        return self.none()
