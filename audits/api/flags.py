"""
Flags: standing questions that the reader may see.

Visibility is decided in one place, `Flag.objects.visible_to`; a token only counts with the scope `review`.
"""

from collections.abc import Mapping
from typing import Any

import django_filters
from django.db import models
from django.db.models import F, OuterRef, Q, Value
from django.db.models.functions import Cast
from django.http import Http404
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.confirmed import DossierDigest, ReadDigest, ReleaseDigest, cited_digest, cited_moment, cited_version
from audits.api.flag_evidence import Evidence, Judged, evidence_sheet
from audits.api.flag_rows import REVIEWED, FlagRow, ListedFlag
from audits.api.flagged import PASSAGES, EvidenceSearch
from audits.api.includes import evidence_of
from audits.api.sectors import SectorFilter
from audits.api.visible_flags import AskedOfFlags
from audits.judging.rule.vocabulary import Subject
from audits.models import Flag, Review
from audits.models.flag_queryset import FlagQuerySet, may_see_all
from audits.rules import RULES
from contracts.api.dictionary import columns_in_words
from contracts.api.parties import parties_of
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.citing import Cite, first_text
from contracts.api.protocol.problems import ProblemError
from contracts.api.protocol.query import filters
from contracts.api.protocol.query.one_of import OneOf, choice
from contracts.api.protocol.query.search import SearchFilter, SearchFilterSet, highlights_of
from contracts.api.protocol.rows.cited import cite_of
from contracts.api.protocol.rows.columns import Day, Link, joined
from contracts.api.protocol.views import DetailView


class FlaggedSupplierFilter(filters.OrganizationInArrayFilter):
    """A supplier of a process, whom its flags are about."""

    def among(self, queryset: models.QuerySet, keys: list[int]) -> models.QuerySet:
        flags: FlagQuerySet = queryset  # type: ignore[assignment]
        return flags.of_supplier(keys)


class FlagFilter(SearchFilterSet):
    rule = choice(RULES, "rule", help_text="Code of the rule.")
    severity = choice(Flag.SeverityChoice.values, "severity", help_text="Severity.")
    state = choice(
        Flag.State.values,
        "state",
        help_text="State of the flag. Without an account you see only flags that people confirmed.",
    )
    decision = choice(
        Review.Decision.values,
        "decision",
        help_text="The last decision on the flag; it remains when the state of a confirmed flag changes.",
    )
    reviewed = django_filters.ChoiceFilter(
        choices=[("true", "true"), ("false", "false")],
        method="filter_reviewed",
        help_text="Whether a person has decided on the flag and it has not changed since.",
    )
    subject = django_filters.ChoiceFilter(
        choices=[(subject.value, subject.value) for subject in Subject],
        method="filter_subject",
        help_text="What the flag is about: process or organization.",
    )
    ocid = OneOf("process__ocid", help_text="Of the contracting process.")
    organization = filters.OrganizationFilter(
        "organization", help_text="Id, key or whole name of the organization that the flag is about."
    )
    country = filters.country()
    buyer = filters.OrganizationFilter("process__buyer")
    procuring_entity = filters.OrganizationFilter("process__procuring_entity")
    supplier = FlaggedSupplierFilter(
        "process__suppliers",
        help_text=f"{filters.ORGANIZATION} "
        "Flags that cite only awards, contracts or names of other suppliers are left out.",
    )
    funder = filters.FunderFilter("process")
    publisher = filters.PublisherFilter("process__publisher")
    method = OneOf(
        "process__procurement_method",
        help_text="Procurement method: open, selective, limited, direct, or another value that records use.",
    )
    category = OneOf(
        "process__category",
        help_text="Main procurement category: goods, works, services, or another value that records use.",
    )
    currency = filters.currency("process__currency")
    amount__gte, amount__lte = filters.amounts("process__amount")
    award_date__gte, award_date__lte = filters.days("process__awarded_on")
    date_signed__gte, date_signed__lte = filters.days("process__signed_on")
    sector = SectorFilter("process")
    raised__gte, raised__lte = filters.utc_days("raised_at")
    changed__gte, changed__lte = filters.utc_days("changed_at")
    q = SearchFilter("process", "organization")
    q__title = SearchFilter("process", part="title")
    q__buyer = SearchFilter("process", part="buyer")
    q__supplier = SearchFilter("process", part="supplier")
    q__items = SearchFilter("process", part="items")
    q__evidence = EvidenceSearch()

    def visible(self, path: str) -> models.QuerySet:
        if path and may_see_all(self.reader):  # including claims
            related: Any = Flag._meta.get_field(path).related_model
            everything: models.QuerySet = related.objects.all()
            return everything
        return super().visible(path)

    def filter_subject(self, queryset: models.QuerySet, _name: str, value: str) -> models.QuerySet:
        return queryset.filter(organization__isnull=value == Subject.PROCESS)

    def filter_reviewed(self, queryset: models.QuerySet, _name: str, value: str) -> models.QuerySet:
        # List the other states by name: the index cannot serve an exclusion.
        others = [state for state in Flag.State.values if state not in REVIEWED]
        return queryset.filter(state__in=REVIEWED if value == "true" else others)


class DecisionRow(serializers.Serializer):
    """A decision of a person. Who decided and why is shown to auditors in the admin."""

    decision = serializers.CharField(
        help_text=(
            "One of in_review, first_confirmation, confirmed, dismissed, needs_information, reopened, "
            "raised (by hand)."
        )
    )
    reviewed = Day(source="reviewed_at")


# Rules about organizations read no record, but all sums of the organization.
_OF_ORGANIZATION = Q(process=None)


_CITE = Cite(
    gettext_lazy("question about a contracting record"),
    author=Value(""),
    title=joined(
        F("rule"),
        Value(" v"),
        Cast(cited_version(), models.TextField()),
        Value(": "),
        first_text("process__title", "process__ocid", "organization__name"),
    ),
    published=cited_moment(),
    digest=cited_digest(),
    publisher="process__publisher__",
    about=("process__ocid", "process__buyer_name"),
)


class FlagDetail(FlagRow):
    evidence = Evidence()
    values = Judged(
        help_text=(
            "The numbers and words in `sentence`, for programs. `places` is the number of pieces of "
            "evidence, where `evidence` does not list them all."
        )
    )
    parameters = Judged(help_text="Parameters of the rule when the flag was raised.")
    audited = Day(source="last_audit.audited_at")
    rule_set_digest = ReadDigest(
        "rule_set",
        source="last_audit.ruleset_digest",
        help_text="SHA-256 of the rules, parameters and lists that were in force; `/rule-sets/` has those of today "
        "and says what they are made of.",
    )
    dossier_digest = DossierDigest(
        "record",
        _OF_ORGANIZATION,
        source="last_audit.dossier_digest",
        allow_null=True,
        help_text="SHA-256 of everything that the rules read. Readers without permission to view processes see it "
        "only if nothing of that may be withheld from them.",
    )
    release_digest = ReleaseDigest(
        "record",
        ~_OF_ORGANIZATION,
        source="last_audit.process_digest",
        allow_null=True,
        help_text="SHA-256 of the compiled release that the rules read, as its reader sees it; null if that state "
        "cannot be compiled again.",
    )
    decisions = DecisionRow(many=True)
    cite = _CITE


def _itself(flags: models.QuerySet[Flag]) -> models.QuerySet[Flag]:
    return flags.filter(pk=OuterRef("pk"))


class FlagListView(AskedOfFlags):
    """
    List flags.

    By default the list has flags that people confirmed; accounts with permission see all flags.
    """

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
                "items": ("process__items", "items"),
                "organization": ("organization__name", ""),
                "evidence": (PASSAGES, "evidence"),
            },
            "process__language",
        ),
        "cite": cite_of(_CITE, Link("flags", source="pk")),
    }
    process = "process"
    title = "flags"
    facets = {"rule": "rule", "severity": "severity", "state": "state", "country": "country"}
    dictionary = columns_in_words("flags")
    sheet_names = ("evidence",)
    orders = {"id": "pk", "raised": "raised_at", "changed": "changed_at"}

    def read_query(self, request: Request) -> None:
        super().read_query(request)
        # Cursors of the other orders contain times, which could identify the sender of a record.
        if not may_see_all(effective_user(request)):
            self.orders = {"id": "pk", "raised": "pk"}

    def get_queryset(self) -> models.QuerySet[Flag]:
        return Flag.objects.visible_to(effective_user(self.request))

    def sheets(self, rows: models.QuerySet[Flag]) -> Mapping[str, Any]:
        return {"evidence": lambda: evidence_sheet(rows)}


class FlagDetailView(DetailView):
    """
    Read one flag.

    The response has its sentence, its evidence, and the versions and digests of what it was made from.
    """

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
