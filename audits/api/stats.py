"""Counts of flags: published even where single flags are not."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.models.flag_queryset import may_see_all
from audits.reports.flag_counts import count_flags
from audits.reports.publishing import published_stats
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.tokens import effective_user
from contracts.api.protocol.views import ApiView


def _counts(help_text: str) -> serializers.DictField:
    numbers = serializers.DictField(child=serializers.IntegerField(allow_null=True))
    return serializers.DictField(child=numbers, help_text=help_text)


class Stats(serializers.Serializer):
    counted = serializers.DateField(allow_null=True, help_text="When the public's figures were; null: now, or never.")
    total = serializers.IntegerField(allow_null=True, help_text="Flags, in every state; null: fewer than five.")
    by_state = serializers.DictField(child=serializers.IntegerField(allow_null=True))
    by_rule = _counts("Rule → state → flags.")
    by_severity = _counts("Severity → state → flags.")
    by_country = _counts("Country → state → flags.")


class StatsView(ConditionalView, ApiView):
    """
    Count all flags, by rule, severity and country, each by state.

    A flag in the state `new`, `in_review`, `needs_information` or `changed` is a question that no person has answered.
    The public is given figures of a day, in steps of five; null stands for fewer than five, and so does a name that is
    missing. Who may see all flags is given exact figures.
    """

    serializer_class = Stats

    @extend_schema(operation_id="stats")
    def get(self, request: Request) -> Response:
        stats, day = (count_flags(), None) if may_see_all(effective_user(request)) else published_stats()
        return Response({"counted": day, **stats})
