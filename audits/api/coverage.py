"""Which rules the data of a publisher can feed."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.judging.rule.vocabulary import OutcomeKind
from audits.models.flag_queryset import may_see_all
from audits.reports.coverage import MISSING_FIELDS, coverage_of_publisher
from audits.reports.habits import habits_in_words, habits_of_source
from audits.reports.publishing import published_coverage
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.tokens import effective_user
from contracts.api.protocol.views import ApiView
from contracts.models import Publisher


class MissingField(serializers.Serializer):
    """A field for want of which a rule could not judge."""

    field = serializers.CharField(help_text="JSON Pointer into the compiled release.")
    records = serializers.IntegerField()


class RuleCoverage(serializers.Serializer):
    """What a rule answered. Outcomes and `not_asked` add up to the processes."""

    outcomes = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text=", ".join(kind.value for kind in OutcomeKind)
    )
    not_asked = serializers.IntegerField(
        allow_null=True, help_text="Processes in whose country the rule is switched off."
    )
    assessed = serializers.IntegerField(
        allow_null=True, help_text="Processes that the rule could judge: flagged or clear."
    )
    missing = MissingField(many=True, help_text=f"The {MISSING_FIELDS} that were missing most often.")


class SourceHabit(serializers.Serializer):
    """How records fill a field: missing, like another, with a placeholder (yes or no), or mostly with one value."""

    habit = serializers.CharField(help_text="Stable, for programs.")
    text = serializers.CharField(help_text="For people, in their language.")
    field = serializers.CharField(help_text="JSON Pointer into the compiled release, without indexes.")
    answer = serializers.CharField(allow_null=True, help_text="`yes`, `no`, or the most frequent value.")
    same = serializers.IntegerField(allow_null=True, help_text="Records that give this answer.")
    records = serializers.IntegerField(help_text="Records that give an answer.")
    share = serializers.FloatField(allow_null=True, help_text="From 0 to 1.")
    is_common = serializers.BooleanField(help_text="Whether most of the records do so.")
    rules = serializers.ListField(
        child=serializers.CharField(),
        help_text="Rules that read it: where it is common they do not ask it of one of these records, or as context.",
    )


class MethodLabel(serializers.Serializer):
    """What a publisher calls a procurement method, and what it codes it as."""

    name = serializers.CharField()
    code = serializers.CharField(allow_blank=True, help_text="Of OCDS; empty: none.")
    records = serializers.IntegerField()


class SourceMonths(serializers.Serializer):
    """Of which months a publisher has purchases; rules about what came before read it."""

    first = serializers.CharField(help_text="`2024-01`.")
    last = serializers.CharField()
    held = serializers.IntegerField(help_text="Months with a tenth or more of the records of a usual one.")
    without_gaps = serializers.BooleanField(help_text="Whether all months between are held.")
    records = serializers.IntegerField(help_text="Processes of a usual month, at least.")


class PublisherCoverage(serializers.Serializer):
    publisher = serializers.CharField()
    counted = serializers.DateField(allow_null=True, help_text="When the public's figures were; null: now, or never.")
    processes = serializers.IntegerField(
        allow_null=True, help_text="Contracting processes that were audited; these are counted."
    )
    unaudited = serializers.IntegerField(allow_null=True, help_text="Contracting processes that wait for their audit.")
    rules_fed = serializers.IntegerField(help_text="Rules that could judge at least one process.")
    rules = serializers.DictField(child=RuleCoverage(), help_text="Code of the rule → what it answered.")
    habits = SourceHabit(many=True)
    methods = MethodLabel(many=True)
    months = SourceMonths(allow_null=True)


class PublisherCoverageView(ConditionalView, ApiView):
    """
    Tell which rules the data of a publisher can feed.

    For each rule the counts of the five outcomes over all audited processes, and the fields most often missing; how
    the publisher fills its fields, what its names of procurement methods are coded as, and which months are on record.
    The public is given figures of a day, in steps of five, null for fewer than five; and which of the records that a
    rule could judge it flagged is told only to whoever may see all flags.
    """

    serializer_class = PublisherCoverage

    @extend_schema(operation_id="publishers_coverage_retrieve")
    def get(self, request: Request, slug: str) -> Response:
        if may_see_all(effective_user(request)):
            coverage = coverage_of_publisher(slug)
            figures, day = coverage.as_json() | habits_of_source(slug) if coverage else None, None
        else:
            known = Publisher.objects.filter(slug=slug).exists()
            figures, day = published_coverage(slug) if known else (None, None)
        if figures is None:
            raise Http404
        return Response({"publisher": slug, "counted": day, **habits_in_words(figures)})
