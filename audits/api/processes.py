"""Contracting processes with the results of their audits."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import models
from django.db.models import Count, OuterRef
from django.db.models.functions import Coalesce, JSONObject
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.flag_rows import FlagRow, visible_rows
from audits.api.flagged import FlaggedPassages, by_flag_state, by_rule
from audits.api.includes import evidence_of, flags_of
from audits.api.replies import RepliesOfProcess, ReplyRow, on_process
from audits.api.sectors import OfPresentAudit, SectorEvidence, SectorFilter, Sectors, each_sector, sectors_of
from audits.api.visible_flags import AskedOfFlags, FlagsInWords
from audits.facts.technology.clauses import READING_DOCUMENTS
from audits.judging.rule.vocabulary import OutcomeKind
from audits.models import Flag, Reply
from audits.models.flag_queryset import may_see_all
from audits.wording import why_not
from contracts.api.addresses import ByOcid
from contracts.api.converting import ConvertedRow
from contracts.api.parties import parties_of
from contracts.api.processes import ProcessDetail, ProcessDetailView, ProcessFilter, ProcessListView, ProcessRow
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.rows.cited import ListedCite
from contracts.api.protocol.rows.columns import Day, Link, objects, rows_of
from contracts.api.protocol.rows.including import Included
from contracts.postgres.steady import steady


class OutcomeCounts(OfPresentAudit, serializers.DictField):
    """How many rules gave each kind of outcome, for those who may see all flags."""

    column = "outcomes"
    child = serializers.IntegerField()

    @staticmethod
    def convert(value: Mapping[str, Any]) -> dict[str, int]:
        counted = Counter(outcome["kind"] for outcome in value.values())
        return {kind.value: counted[kind.value] for kind in OutcomeKind}


class NotAskedRow(serializers.Serializer):
    """A rule that could not judge a record, and the field that is missing."""

    rule = serializers.CharField()
    rule_url = Link("rules", source="rule")
    field = serializers.CharField(
        help_text="JSON Pointer of the field that is missing or does not fit the other facts."
    )  # type: ignore[assignment]
    reason = serializers.CharField(help_text="Why the rule could not judge, as a code.")
    why = serializers.CharField(help_text="Why the rule could not judge, in the language of Accept-Language.")


class NotAsked(OfPresentAudit, serializers.ListField):
    """The rules that lacked a field of the record, but for those that read documents; no other answer is published."""

    column = "outcomes"
    child = NotAskedRow()

    @staticmethod
    def convert(value: Mapping[str, Any]) -> list[dict[str, str]]:
        return [_told(code, outcome) for code, outcome in lacking(value)]


class AnswerRow(NotAskedRow):
    """What a rule answered about a process; field and reason may be empty."""

    outcome = serializers.ChoiceField(choices=[kind.value for kind in OutcomeKind])


class Answers(OfPresentAudit, serializers.ListField):
    """What each rule answered, for those who may see all flags: why it withheld, did not apply, or lacked a field."""

    column = "outcomes"
    child = AnswerRow()

    @staticmethod
    def convert(value: Mapping[str, Any]) -> list[dict[str, str]]:
        return [_told(code, outcome) | {"outcome": outcome["kind"]} for code, outcome in sorted(value.items())]


def _told(code: str, outcome: Mapping[str, Any]) -> dict[str, str]:
    return {
        "rule": code,
        "rule_url": Link("rules").convert(code),
        "field": outcome.get("field", ""),
        "reason": outcome.get("reason", ""),
        "why": why_not(code, outcome),
    }


def lacking(outcomes: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """
    Yield the rules that lacked a field of the record, each with its outcome.

    Rules that read documents are left out, because their outcomes would reveal that an unpublished document arrived.
    """
    for code, outcome in sorted(outcomes.items()):
        is_lacking = outcome["kind"] == OutcomeKind.INSUFFICIENT_DATA and outcome.get("field", "").startswith("/")
        if is_lacking and code not in READING_DOCUMENTS:
            yield code, outcome


class OutcomesForAuditors:
    """A view of one row that leaves outcomes and answers empty for a reader who may not see all flags."""

    def get(self, request: Request, **address: Any) -> Response:
        response: Response = super().get(request, **address)  # type: ignore[misc]
        if not may_see_all(effective_user(request)):
            response.data |= {name: None for name in ("outcomes", "answers") if name in response.data}
        return response


class Audited(OfPresentAudit, Day):
    column = "audited_at"


class FlagCount(serializers.Serializer):
    rule = serializers.CharField()
    number = serializers.IntegerField()


class FlagCounts(FlagsInWords):
    """How many flags of each rule a process has, of those that a reader may see."""

    child = FlagCount()
    in_words = "{rule} × {number}"
    description = "How many flags of each rule you may see."

    @steady
    def expression(self, _source: str) -> Coalesce:
        counted = (
            self.visible.filter(process=OuterRef("pk")).order_by("rule").values("rule").annotate(number=Count("pk"))
        )
        return objects(counted.values(json=JSONObject(rule="rule", number="number")))


class AuditedProcessRow(ProcessRow):
    """A contracting process: the columns that are copied from its compiled release, its sectors and its flags."""

    sectors = Sectors()
    flags = FlagCounts()
    replies = RepliesOfProcess()


class ListedProcess(AuditedProcessRow, ConvertedRow):
    cite = ListedCite()
    included = Included()


def _on_process(flags: models.QuerySet[Flag]) -> models.QuerySet[Flag]:
    return flags.filter(process=OuterRef("pk"))


class AuditedProcessFilter(ProcessFilter):
    sector = SectorFilter("pk")
    rule = by_rule("pk")
    flag_state = by_flag_state("pk")
    q__evidence = FlaggedPassages("pk")


class AuditedProcessListView(AskedOfFlags, ProcessListView):
    """List contracting processes."""

    serializer_class = ListedProcess
    filterset_class = AuditedProcessFilter
    facets = {**ProcessListView.facets, "sector": each_sector("pk")}
    includes = {
        **ProcessListView.includes,
        "parties": parties_of("pk"),
        "flags": flags_of(_on_process),
        "evidence": evidence_of(_on_process),
        "sectors": sectors_of("pk"),
    }


class AuditedProcessDetail(ProcessDetail):
    audited = Audited(allow_null=True, help_text="When rules last judged the process; null before the first audit.")
    sectors = Sectors()
    sector_evidence = SectorEvidence(help_text="Evidence for the sectors, at most five places each.")
    outcomes = OutcomeCounts(
        allow_null=True, help_text="Outcome → number of rules with that outcome; null unless you may see all flags."
    )
    answers = Answers(
        allow_null=True, help_text="What each rule answered, and why; null unless you may see all flags."
    )
    not_asked = NotAsked(
        allow_null=True,
        help_text="Rules that could not judge the process because a field is missing; null before the first audit.",
    )
    flags = FlagRow(many=True, help_text="Flags of the process that you may see.")
    replies = ReplyRow(many=True, help_text="Accepted replies to the process, or to its flags that you may see.")


class AuditedProcessDetailView(OutcomesForAuditors, ProcessDetailView):
    """
    Read one contracting process.

    The response has its columns, its awards, contracts, bids and parties, its compiled release, and the flags that you
    may see.
    """

    serializer_class = AuditedProcessDetail

    def section(self, name: str, field: Any, pk: Any) -> Any:
        if name == "flags":
            return visible_rows(self.request, process=pk)
        if name == "replies":
            visible = Flag.objects.visible_to(effective_user(self.request))
            return rows_of(Reply.objects.accepted().filter(on_process(pk, visible)).order_by("pk"), ReplyRow)
        return super().section(name, field, pk)


class AuditedProcessByOcidView(ByOcid, AuditedProcessDetailView):  # type: ignore[override]
    """
    Read one contracting process, by a query parameter.

    Use this address if the ocid contains characters that a path cannot contain, such as a slash.
    """
