"""Flags on the public pages: the question, the passages it rests on, and the decision of a person."""

from datetime import date
from typing import Any

import msgspec
from django.db import models
from msgspec import Struct
from rest_framework import serializers

from audits.api.confirmed import confirmed_part
from audits.api.flag_evidence import Evidence
from audits.api.flag_rows import FlagRow
from audits.models import Flag, Review
from audits.pages.addresses import process_page
from audits.pages.labels import context_in_words, rule_title
from audits.pages.records.commenting import ShownRequest
from audits.pages.records.evidence import Place, read_places
from contracts.api.protocol.rows.columns import Day, rows_of
from contracts.models.process import called
from contracts.models.publisher import EXAMPLES
from contracts.pages.display import amount, country_in_words, isolated, parties

LATEST = 8
# Members that pages show unchanged from the API.
_AS_IN_ROWS = (
    *("id", "rule", "severity", "sentence", "raised_by_hand", "notice", "reviewed", "raised", "confirmed", "by_two"),
    *("ocid", "organization_id"),
)


class ShownFlag(Struct, frozen=True):
    """
    A flag on a public page.

    ``reviewed``: a person made the decision in force; ``confirmed`` is the day of a confirmation, ``by_two`` whether a
    second person confirmed it too. ``is_example``: its record is made up. ``context``: why it is only context, while
    no person has decided on it; else "". ``purchase``: who bought from whom, and for how much; without suppliers if
    they changed since the confirmation.

    ``places``: the cited passages and values, for a flag on a process whose record is given.
    """

    id: int
    rule: str
    title: str
    severity: str
    severity_label: str
    sentence: str
    raised_by_hand: bool
    is_example: bool
    notice: str
    context: str
    reviewed: bool
    raised: date
    confirmed: date | None
    by_two: bool
    ocid: str | None
    process: str
    organization_id: int | None
    organization: str
    purchase: str
    country: str
    places: list[Place]
    comment_requests: list[ShownRequest]
    replies: list[dict[str, Any]]

    @property
    def address(self) -> str:
        """Address of the page of the process."""
        return process_page(self.ocid) if self.ocid else ""


class _Confirmed(Day):
    @staticmethod
    def expression(_source: str) -> models.Expression:
        return confirmed_part(models.F("reviewed_at"))


class _ByTwo(serializers.BooleanField):
    """Whether two people confirmed this text one after the other, and nobody decided otherwise."""

    @staticmethod
    def expression(_source: str) -> models.Subquery:
        deciding = Review.objects.not_undone().filter(flag=models.OuterRef("flag"))
        others = deciding.exclude(decision__in=(Review.Decision.IN_REVIEW, Review.Decision.CONFIRMED))
        same_words = models.Q(judged_digest=models.OuterRef("judged_digest"))
        second = deciding.filter(same_words, decision=Review.Decision.CONFIRMED, pk__gt=models.OuterRef("pk"))
        first = Review.objects.filter(
            same_words,
            models.Exists(second.exclude(reviewer=models.OuterRef("reviewer"))),
            decision=Review.Decision.FIRST_CONFIRMATION,
            pk=models.OuterRef("before"),
        )
        by_two = Review.objects.confirming().annotate(
            before=models.Subquery(others.filter(pk__lt=models.OuterRef("pk")).order_by("-pk").values("pk")[:1]),
            by_two=models.Exists(first),
        )
        return models.Subquery(by_two.values("by_two")[:1])


class _Outcome(serializers.DictField):
    """The outcome of the rule when it last raised the flag."""

    @staticmethod
    def expression(_source: str) -> models.Func:
        audit = models.F("last_audit__outcomes")
        return models.Func(
            audit, "rule", template="(%(expressions)s)", arg_joiner=" -> ", output_field=models.JSONField()
        )


class _PageFlag(FlagRow):
    description = serializers.CharField(source="process.description", allow_null=True)
    evidence = Evidence()
    outcome = _Outcome()
    confirmed = _Confirmed()
    by_two = _ByTwo()


def show_flags(flags: models.QuerySet[Flag], record: Any = None) -> list[ShownFlag]:
    """Return flags as pages show them; evidence is shown in ``record``, the compiled release, if given."""
    return [_shown(row, record) for row in rows_of(flags, _PageFlag)]


def latest_confirmed(flags: models.QuerySet[Flag]) -> list[ShownFlag]:
    """Return the most recently confirmed flags."""
    # Start from the latest decisions, of which a few suffice, rather than from all flags ever confirmed.
    confirmed = flags.filter(decision=Flag.State.CONFIRMED, pk=models.OuterRef("flag"))
    decisions = Review.objects.filter(models.Exists(confirmed), decision=Review.Decision.CONFIRMED).not_undone()
    latest = decisions.order_by("-pk").values_list("flag", flat=True)
    keys = list(dict.fromkeys(latest[: LATEST * 2]))[:LATEST]
    shown = {flag.id: flag for flag in show_flags(Flag.objects.filter(pk__in=keys))}
    return [shown[key] for key in keys if key in shown]


def _shown(row: dict[str, Any], record: Any) -> ShownFlag:
    evidence = msgspec.json.decode(bytes(row["evidence"])) if record is not None and row["evidence"] else []
    is_context = row["severity"] == Flag.SeverityChoice.CONTEXT
    return ShownFlag(
        **{name: row[name] for name in _AS_IN_ROWS},
        title=rule_title(row["rule"]),
        severity_label=str(Flag.SeverityChoice(row["severity"]).label),
        is_example=row["source"] == EXAMPLES,
        context=context_in_words(row["rule"], row["outcome"] or {}) if is_context and not row["reviewed"] else "",
        process=called(row["title"] or "", row["description"] or "", row["ocid"] or ""),
        organization=row["organization"] or "",
        purchase=_purchase(row),
        country=country_in_words(row["country"]),
        places=read_places(evidence, record),
        comment_requests=msgspec.convert(row["comment_requests"], list[ShownRequest]),
        replies=[{**reply, "accepted": date.fromisoformat(reply["accepted"])} for reply in row["replies"]],
    )


def _purchase(row: dict[str, Any]) -> str:
    who = parties(row["buyer"] or "", row["suppliers"]) if row["suppliers"] else isolated(row["buyer"] or "")
    return " · ".join(filter(None, (who, amount(row["amount"], row["currency"] or ""))))
