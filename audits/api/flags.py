"""
Flags: the questions that stand, as far as the reader may see them.

What may be seen is decided in one place, `Flag.objects.visible_to`; a token counts only with the scope `review`.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Value
from django.db.models.functions import Cast
from django.http import Http404
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.flag_evidence import Evidence, Judged, evidence_sheet
from audits.api.flag_filters import FlagFilter
from audits.api.flag_rows import FlagRow, ListedFlag, RuleVersion
from audits.api.flagged import PASSAGES
from audits.api.includes import evidence_of
from audits.api.visible_flags import AskedOfFlags
from audits.models import Flag, Review
from audits.models.flag_queryset import may_see_all
from contracts.api.dictionary import columns_in_words
from contracts.api.parties import parties_of
from contracts.api.protocol.citing import Cite, first_text
from contracts.api.protocol.columns import Day, Digest, joined
from contracts.api.protocol.problems import ProblemError
from contracts.api.protocol.search import highlights_of
from contracts.api.protocol.tokens import effective_user
from contracts.api.protocol.views import DetailView


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
        title=joined(
            F("rule"),
            Value(" v"),
            Cast(RuleVersion.expression("rule_version"), models.TextField()),
            Value(": "),
            first_text("process__title", "process__ocid", "organization__name"),
        ),
        published="changed_at",
        digest="last_audit__process_digest",
        publisher="process__publisher__",
    )


def _itself(flags: models.QuerySet[Flag]) -> models.QuerySet[Flag]:
    return flags.filter(pk=OuterRef("pk"))


class FlagListView(AskedOfFlags):
    """List the flags that you may see: by default those that persons confirmed."""

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
    dictionary = columns_in_words("flags")
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
