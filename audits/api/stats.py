"""Counts of flags: published even where single flags are not."""

from collections import defaultdict

from django.db.models import Count
from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.models import Flag
from contracts.api.protocol.views import ApiView


def _counts(help_text: str) -> serializers.DictField:
    return serializers.DictField(child=serializers.DictField(child=serializers.IntegerField()), help_text=help_text)


class Stats(serializers.Serializer):
    total = serializers.IntegerField(help_text="Flags, in every state.")
    by_state = serializers.DictField(child=serializers.IntegerField())
    by_rule = _counts("Rule → state → flags.")
    by_severity = _counts("Severity → state → flags.")
    by_country = _counts("Country → state → flags.")


@method_decorator(conditional_page, "dispatch")
class StatsView(ApiView):
    """
    Count all flags, by rule, severity and country, each by state.

    A flag in the state `new`, `in_review`, `needs_information` or `changed` is a question that no person has answered.
    """

    serializer_class = Stats

    @extend_schema(operation_id="stats")
    def get(self, _request: Request) -> Response:
        by_state: dict[str, int] = dict.fromkeys(Flag.State.values, 0)
        tables: list[dict[str, dict[str, int]]] = [defaultdict(lambda: defaultdict(int)) for _ in range(3)]
        grouped = (
            Flag.objects.order_by().values_list("state", "rule", "severity", "country").annotate(number=Count("pk"))
        )
        for state, *names, number in grouped.order_by("rule", "severity", "country"):
            by_state[state] += number
            for table, name in zip(tables, names, strict=True):
                table[name][state] += number
        by_rule, by_severity, by_country = tables
        return Response(
            {
                "total": sum(by_state.values()),
                "by_state": by_state,
                "by_rule": by_rule,
                "by_severity": by_severity,
                "by_country": by_country,
            }
        )
