"""Which rules the data of a publisher supports."""

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
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.views import ApiView
from contracts.models import Publisher


class MissingField(serializers.Serializer):
    """A field whose absence kept a rule from judging."""

    field = serializers.CharField(help_text="JSON Pointer into the compiled release.")
    records = serializers.IntegerField()


class RuleCoverage(serializers.Serializer):
    """Outcomes of a rule. Together with `not_asked` they add up to the number of processes."""

    outcomes = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text=", ".join(kind.value for kind in OutcomeKind)
    )
    not_asked = serializers.IntegerField(
        allow_null=True, help_text="Number of processes in countries where the rule is switched off."
    )
    assessed = serializers.IntegerField(
        allow_null=True, help_text="Number of processes that the rule could judge (flagged or clear)."
    )
    missing = MissingField(many=True, help_text=f"The {MISSING_FIELDS} that were missing most often.")


class SourceHabit(serializers.Serializer):
    """How records fill a field: missing, same as another field, a placeholder (yes or no), or mostly one value."""

    habit = serializers.CharField(help_text="Code of the habit, for programs; it does not change.")
    text = serializers.CharField(help_text="Description of the habit, in the language of Accept-Language.")
    field = serializers.CharField(help_text="JSON Pointer into the compiled release, without indexes.")
    answer = serializers.CharField(allow_null=True, help_text="`yes`, `no`, or the most frequent value.")
    same = serializers.IntegerField(allow_null=True, help_text="Number of records with this answer.")
    records = serializers.IntegerField(help_text="Number of records with any answer.")
    share = serializers.FloatField(allow_null=True, help_text="`same` divided by `records`, from 0 to 1.")
    is_common = serializers.BooleanField(help_text="Whether most of the records do this.")
    rules = serializers.ListField(
        child=serializers.CharField(),
        help_text=(
            "Rules that read the habit. If it is common, they do not flag these records for it, or only as context."
        ),
    )


class MethodLabel(serializers.Serializer):
    """A publisher's name of a procurement method, and the OCDS code it is read as."""

    name = serializers.CharField()
    code = serializers.CharField(allow_blank=True, help_text="OCDS code that the name is read as; empty if none.")
    records = serializers.IntegerField()


class SourceMonths(serializers.Serializer):
    """The months for which a publisher has purchases. Rules that compare with earlier purchases read it."""

    first = serializers.CharField(help_text="First month with enough records, as YYYY-MM.")
    last = serializers.CharField()
    held = serializers.IntegerField(
        help_text="Number of months that have at least a tenth of the records of a usual month."
    )
    without_gaps = serializers.BooleanField(help_text="Whether all months between `first` and `last` are among them.")
    records = serializers.IntegerField(help_text="Minimum number of processes in a usual month.")


class PublisherCoverage(serializers.Serializer):
    publisher = serializers.CharField()
    counted = serializers.DateField(
        allow_null=True,
        help_text="When the public figures were counted; null if counted for this response, or not yet counted.",
    )
    processes = serializers.IntegerField(
        allow_null=True, help_text="Number of audited contracting processes; all figures are of these."
    )
    unaudited = serializers.IntegerField(
        allow_null=True, help_text="Number of contracting processes that await their audit."
    )
    rules_fed = serializers.IntegerField(help_text="Number of rules that could judge at least one process.")
    rules = serializers.DictField(child=RuleCoverage(), help_text="Code of the rule → its outcomes.")
    habits = SourceHabit(many=True)
    methods = MethodLabel(many=True)
    months = SourceMonths(allow_null=True)


class PublisherCoverageView(ConditionalView, ApiView):
    """
    Report which rules the data of a publisher supports.

    For each rule, the response has the counts of the five outcomes over all audited processes, and the fields most
    often missing. It also reports how the publisher fills its fields, how its names of procurement methods are coded,
    and which months are present. Public figures are counted daily, in steps of five, and null below five. Only readers
    who may see all flags get the number of flagged records.
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
