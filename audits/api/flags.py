"""
Flags: the questions that stand, as far as the reader may see them.

What may be seen is decided in one place, `Flag.objects.visible_to`; a token counts only with the scope `review`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import django_filters
import msgspec
from django.db import models
from django.db.models import Case, F, OuterRef, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, JSONObject
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.confirmed import CHANGED_SINCE_CONFIRMED, Severity, as_confirmed, shown_evidence
from audits.api.dictionary import FLAGS
from audits.api.flagged import PASSAGES, EvidenceSearch
from audits.api.includes import evidence_of
from audits.api.replies import RepliesOfFlag
from audits.api.sectors import SectorFilter
from audits.judging.vocabulary import Subject
from audits.models import Flag, Review
from audits.models.flag import may_see_all, notice_text, sentence_of, unpublished_states
from audits.reports.rule_health import context_rules
from audits.rules import RULES
from audits.wording import note_in_words, place_name
from contracts.api.addresses import ProcessLink, process_address
from contracts.api.parties import parties_of
from contracts.api.protocol.citing import Cite, first_text
from contracts.api.protocol.columns import (
    Day,
    Digest,
    Document,
    Link,
    Worded,
    fields_of,
    iterate_rows,
    joined,
    rows_of,
)
from contracts.api.protocol.exports import cell
from contracts.api.protocol.filters import (
    OrganizationFilter,
    OrganizationInArrayFilter,
    PublisherFilter,
    at_least,
    at_most,
    country,
    currency,
    from_day,
    since_day,
    to_day,
    until_day,
)
from contracts.api.protocol.including import Included
from contracts.api.protocol.one_of import OneOf, choice
from contracts.api.protocol.problems import ProblemError
from contracts.api.protocol.search import SearchFilter, SearchFilterSet, highlights_of
from contracts.api.protocol.tokens import effective_user
from contracts.api.protocol.views import DetailView, ListView
from contracts.api.protocol.warnings import warning
from contracts.api.sources import Source, verification

REVIEWED = (Flag.State.CONFIRMED, Flag.State.DISMISSED)


class RuleVersion(serializers.IntegerField):
    @staticmethod
    def expression(source: str) -> models.Expression:
        confirmed = Cast(KeyTextTransform("rule_version", "judged"), models.PositiveIntegerField())
        return as_confirmed("rule_version", F(source), confirmed)


class Sentence(Worded):
    """The sentence of a flag, with its numbers, in the reader's language."""

    @staticmethod
    def expression(_source: str) -> models.Expression:
        present = JSONObject(code="rule", sentence="sentence", values="values")
        return as_confirmed("text", Cast(present, models.JSONField()))

    @staticmethod
    def word(value: Mapping[str, Any], language: str) -> str:
        return str(value[language]) if language in value else sentence_of(**value, language=language)


class Notice(serializers.CharField):
    """What a reader of a confirmed flag must know: that it changed since."""

    @staticmethod
    def expression(_source: str) -> models.Expression:
        texts = {state: notice_text(state) for state in (Flag.State.FIRST_CONFIRMATION, Flag.State.WITHDRAWN, "")}
        otherwise = Value(texts.pop(""))
        text = Case(*(When(state=state, then=Value(text)) for state, text in texts.items()), default=otherwise)
        causes = (When(changed_because=cause, then=Value(str(cause.label))) for cause in Flag.Cause)
        told = models.Func(
            text, Value("%(cause)s"), Case(*causes), function="replace", output_field=models.TextField()
        )
        return Case(When(CHANGED_SINCE_CONFIRMED, then=told), default=Value(""), output_field=models.TextField())


class Reviewed(serializers.BooleanField):
    @staticmethod
    def expression(_source: str) -> models.Expression:
        return Case(When(state__in=REVIEWED, then=Value(True)), default=Value(False))


class RuleIsContext(serializers.BooleanField):
    @staticmethod
    def expression(source: str) -> models.Expression:
        return Case(When(**{f"{source}__in": context_rules()}, then=Value(True)), default=Value(False))


class About(serializers.CharField):
    @staticmethod
    def expression(_source: str) -> models.Expression:
        is_process = When(organization=None, then=Value(Subject.PROCESS.value))
        return Case(is_process, default=Value(Subject.ORGANIZATION.value))


class FlagRow(serializers.Serializer):
    """
    A question that a rule asks of a contracting process, or of an organization over all its processes.

    `reviewed` is false until a person has decided.
    """

    id = serializers.IntegerField()
    url = Link("flags", source="id")
    subject = About(help_text="process or organization: what the question is about.")
    ocid = serializers.CharField(source="process.ocid", allow_null=True)
    process_url = ProcessLink(source="process.ocid", allow_null=True)
    organization = serializers.CharField(source="organization.name", allow_null=True)
    organization_id = serializers.IntegerField(allow_null=True)
    organization_url = Link("organizations", source="organization_id", allow_null=True)
    country = serializers.CharField(help_text="Of the process, or of the organization.")
    title = serializers.CharField(source="process.title", allow_null=True)
    buyer = serializers.CharField(source="process.buyer_name", allow_null=True)
    buyer_id = serializers.IntegerField(source="process.buyer_id", allow_null=True)
    rule = serializers.CharField()
    rule_url = Link("rules", source="rule")
    rule_version = RuleVersion()
    rule_is_context = RuleIsContext(
        source="rule", help_text="The rule flags so many of the records here that its flags are context."
    )
    severity = Severity(help_text="high, medium, low, context")
    state = serializers.CharField(
        help_text="new, in_review, first_confirmation (of two persons), confirmed, dismissed, needs_information, "
        "changed (since decided), withdrawn"
    )
    reviewed = Reviewed(help_text="Whether a person has decided, and what they judged has not changed since.")
    raised_by_hand = serializers.BooleanField(
        source="is_raised_by_hand",
        help_text="A person raised what the rule withheld, since something else seemed to be bought.",
    )
    sentence = Sentence(help_text="In the language of Accept-Language: es, pt or en.")
    notice = Notice(help_text="Empty, or what changed since a person confirmed the flag; until a person looks again.")
    raised = Day(source="raised_at")
    changed = Day(source="changed_at")
    withdrawn = Day(source="withdrawn_at", allow_null=True)
    source = Source(source="process.source", allow_null=True)  # type: ignore[assignment]  # a field of this name
    verification = verification(source="process.verification", allow_null=True)
    withdrawn_because = serializers.CharField(
        help_text="record, claim, figures, reference, parameter, rule_version or rule_off: what differs."
    )
    changed_because = serializers.CharField(
        help_text="What changed or withdrew it since a person decided: the same words, or failure, of the rule."
    )
    replies = RepliesOfFlag(help_text="Accepted replies to it, or to all of its process or organization.")


class ListedFlag(FlagRow):
    included = Included()


def _itself(flags: models.QuerySet[Flag]) -> models.QuerySet[Flag]:
    return flags.filter(pk=OuterRef("pk"))


def visible_rows(request: Request, **subject: Any) -> list[dict[str, Any]]:
    """Return the flags on a process or an organization that the reader may see, as rows."""
    return rows_of(Flag.objects.visible_to(effective_user(request)).filter(**subject).order_by("pk"), FlagRow)


class EvidenceRow(serializers.Serializer):
    ocid = serializers.CharField(help_text="The process that it is in; empty where it is that of the flag.")
    process_url = serializers.CharField(help_text="Address of that process; empty where it is that of the flag.")
    place = serializers.CharField(help_text="The name of the place, in the language of Accept-Language.")
    says = serializers.CharField(help_text="What the place shows, in the language of Accept-Language.")
    path = serializers.CharField(
        help_text="JSON Pointer into the compiled release; or the address of a page of a document, "
        "`/documents/…/pages/3`, which people of the desk may open; `#c=start-end` leads to the passage."
    )
    value = serializers.JSONField(help_text="Shortened; null of a text, of which `passage` tells.")
    passage = serializers.CharField(
        help_text="The text around a match, as written; empty of a document that nobody published."
    )
    start = serializers.IntegerField(allow_null=True, help_text="Of the match in the whole text, in characters.")
    end = serializers.IntegerField(allow_null=True)
    note = serializers.CharField(help_text="What the place shows, in codes.")


class Judged(Document):
    """A document that a person judges: as it was confirmed where it has changed since."""

    @staticmethod
    def expression(source: str) -> models.Expression:
        return Cast(as_confirmed(source, F(source)), models.TextField())


@extend_schema_field(EvidenceRow(many=True))
class Evidence(Judged):
    """The places that a flag rests on, with their words and the addresses of other processes that it counts."""

    @staticmethod
    def expression(_source: str) -> models.Expression:
        return Cast(shown_evidence(), models.TextField())

    @staticmethod
    def convert(value: str) -> msgspec.Raw:
        places = msgspec.json.decode(value, type=list[dict[str, msgspec.Raw]])
        return msgspec.Raw(msgspec.json.encode([{**place, **_worded(place)} for place in places]))


def _worded(entry: Mapping[str, msgspec.Raw]) -> dict[str, str]:
    """Return what a place is in words. Its other members are passed through, with every digit of their numbers."""
    path, note, ocid = (msgspec.json.decode(entry.get(name, b'""')) for name in ("path", "note", "ocid"))
    process_url = process_address(ocid) if ocid else ""
    return {"place": place_name(path), "says": note_in_words(note), "process_url": process_url}


class DecisionRow(serializers.Serializer):
    """What a person decided; auditors see who and why in the admin."""

    decision = serializers.CharField(
        help_text="in_review, first_confirmation, confirmed, dismissed, needs_information, reopened, raised (by hand)"
    )
    reviewed = Day(source="reviewed_at")


class FlagDetail(FlagRow):
    evidence = Evidence()
    values = Judged(
        help_text="The numbers and words of the sentence; `places` counts the evidence where it is not listed whole."
    )
    parameters = Judged(help_text="Of the rule, as they were in force.")
    audited = Day(source="last_audit.audited_at")
    rule_set_digest = Digest(source="last_audit.ruleset_digest", help_text="Rules, parameters and lists in force.")
    dossier_digest = Digest(source="last_audit.dossier_digest", help_text="Of what the rules read.")
    release_digest = Digest(source="last_audit.process_digest", help_text="Of the compiled release.")
    decisions = DecisionRow(many=True)
    cite = Cite(
        gettext_lazy("question about a contracting record"),
        author=Value(""),
        title=joined(F("rule"), Value(": "), first_text("process__title", "process__ocid", "organization__name")),
        published="changed_at",
        digest="last_audit__process_digest",
        publisher="process__publisher__",
    )


class FlagFilter(SearchFilterSet):
    rule = choice(RULES, "rule", help_text="Code of the rule.")
    severity = choice(Flag.SeverityChoice.values, "severity", help_text="Severity.")
    state = choice(Flag.State.values, "state", help_text="State; the public sees what a person confirmed.")
    reviewed = django_filters.ChoiceFilter(
        choices=[("true", "true"), ("false", "false")], method="filter_reviewed", help_text="true or false"
    )
    subject = django_filters.ChoiceFilter(
        choices=[(subject.value, subject.value) for subject in Subject],
        method="filter_subject",
        help_text="process or organization",
    )
    ocid = OneOf("process__ocid", help_text="Of the contracting process.")
    organization = OrganizationFilter(
        "organization", help_text="Id or key of the organization that the question is about."
    )
    country = country()
    buyer = OrganizationFilter("process__buyer")
    procuring_entity = OrganizationFilter("process__procuring_entity")
    supplier = OrganizationInArrayFilter("process__suppliers")
    publisher = PublisherFilter("process__publisher")
    method = OneOf(
        "process__procurement_method", help_text="open, selective, limited, direct, or as the record has it."
    )
    category = OneOf("process__category", help_text="goods, works, services, or as the record has it.")
    currency = currency("process__currency")
    amount__gte = at_least("process__amount")
    amount__lte = at_most("process__amount")
    award_date__gte = from_day("process__awarded_on")
    award_date__lte = to_day("process__awarded_on")
    date_signed__gte = from_day("process__signed_on")
    date_signed__lte = to_day("process__signed_on")
    sector = SectorFilter("process")
    raised__gte = since_day("raised_at")
    raised__lte = until_day("raised_at")
    changed__gte = since_day("changed_at")
    changed__lte = until_day("changed_at")
    q = SearchFilter("process", "organization")
    q__title = SearchFilter("process", part="title")
    q__buyer = SearchFilter("process", part="buyer")
    q__supplier = SearchFilter("process", part="supplier")
    q__evidence = EvidenceSearch()

    def visible(self, path: str) -> models.QuerySet:
        if path and may_see_all(self.reader):  # of claims too
            related: Any = Flag._meta.get_field(path).related_model
            everything: models.QuerySet = related.objects.all()
            return everything
        return super().visible(path)

    def filter_subject(self, queryset: models.QuerySet, _name: str, value: str) -> models.QuerySet:
        return queryset.filter(organization__isnull=value == Subject.PROCESS)

    def filter_reviewed(self, queryset: models.QuerySet, _name: str, value: str) -> models.QuerySet:
        return queryset.filter(state__in=REVIEWED) if value == "true" else queryset.exclude(state__in=REVIEWED)


def evidence_sheet(rows: models.QuerySet[Flag]) -> tuple[Sequence[str], Iterator[Sequence[Any]]]:
    """Return the passages that flags rest on as rows, with the columns of these."""
    own = {name: fields_of(FlagRow)[name] for name in ("id", "ocid", "rule", "state")}
    places = [name for name in fields_of(EvidenceRow) if name != "ocid"]
    found = (
        [*(row[name] for name in own), *(cell(place.get(name)) for name in places)]
        for _keys, row in iterate_rows(rows, {**own, "evidence": Evidence()})
        for place in msgspec.json.decode(row["evidence"])
    )
    return ("flag_id", "ocid", "rule", "state", *places), found


class FlagListView(ListView):
    """List the flags that you may see: by default those that a person confirmed."""

    queryset = Flag.objects.all()
    serializer_class = ListedFlag
    filterset_class = FlagFilter
    includes = {
        "parties": parties_of("process"),
        "evidence": evidence_of(_itself),
        "highlights": highlights_of(
            {
                "title": ("process__title", "title"),
                "description": ("process__description", ""),
                "buyer": ("process__buyer_name", "buyer"),
                "suppliers": ("process__supplier_names", "supplier"),
                "organization": ("organization__name", ""),
                "evidence": (PASSAGES, "evidence"),
            },
            "process__language",
        ),
    }
    process = "process"
    title = "flags"
    facets = {"rule": "rule", "severity": "severity", "state": "state", "country": "country"}
    dictionary = FLAGS
    sheet_names = ("evidence",)
    orders = {"id": "pk", "raised": "raised_at", "changed": "changed_at"}

    def read_query(self, request: Request) -> None:
        super().read_query(request)
        # The cursors of the other orders hold instants, and those could identify the sender of a record.
        if not may_see_all(effective_user(request)):
            self.orders = {"id": "pk", "raised": "pk"}

    def get_queryset(self) -> models.QuerySet[Flag]:
        return Flag.objects.visible_to(effective_user(self.request))

    def sheets(self, rows: models.QuerySet[Flag]) -> Mapping[str, Any]:
        return {"evidence": lambda: evidence_sheet(rows)}

    def warnings(self, request: Request) -> list[dict[str, Any]]:
        found = super().warnings(request)
        states = {state.strip() for state in request.query_params.get("state", "").split(",")}
        if not may_see_all(effective_user(request)) and states & unpublished_states():
            text = _("Flags in this state are shown to auditors alone; /api/v1/stats/ counts them.")
            found.append(warning("not_public", ["state"], text))
        return found


class FlagDetailView(DetailView):
    """Read one flag: its sentence, its evidence, and everything that it can be traced by."""

    queryset = Flag.objects.all()
    serializer_class = FlagDetail
    further_problems = {"410": "It was published, and is not any more."}
    sections = {"decisions": lambda pk: Review.objects.filter(flag=pk).order_by("pk")}

    def get_queryset(self) -> models.QuerySet[Flag]:
        return Flag.objects.visible_to(effective_user(self.request))

    def get(self, request: Request, **address: Any) -> Response:
        try:
            return super().get(request, **address)
        except Http404:
            # A flag that was published and is under review again is gone, not unknown.
            if Flag.objects.once_published().filter(pk=address["pk"]).exists():
                raise ProblemError("no_longer_published") from None
            raise
