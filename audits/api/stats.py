"""Counts of flags, published even if single flags are not."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.models.flag_queryset import may_see_all
from audits.reports.flag_counts import count_flags
from audits.reports.publishing import published_stats
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.views import ApiView


def _counts(help_text: str) -> serializers.DictField:
    numbers = serializers.DictField(child=serializers.IntegerField(allow_null=True))
    return serializers.DictField(child=numbers, help_text=help_text)


class Stats(serializers.Serializer):
    counted = serializers.DateField(
        allow_null=True,
        help_text="When the public figures were counted; null if counted for this response, or not yet counted.",
    )
    total = serializers.IntegerField(
        allow_null=True, help_text="Number of flags in all states; null for fewer than five."
    )
    by_state = serializers.DictField(child=serializers.IntegerField(allow_null=True))
    by_rule = _counts("Code of the rule → state → number of flags.")
    by_severity = _counts("Severity → state → number of flags.")
    by_country = _counts("Country code → state → number of flags.")


class StatsView(ConditionalView, ApiView):
    """
    Count flags by rule, severity and country.

    Each count is by state. A flag in the state `new`, `in_review`, `needs_information` or `changed` is an open
    question. `withdrawn` leaves out what figures took back within an hour, while records were still coming, before a
    person decided on it. Public figures are counted daily, in steps of five; null or a missing name means fewer than
    five. Confirmed flags that everyone may read are counted exactly, for each response, but not in `total`. Readers
    who may see all flags get exact figures.
    """

    serializer_class = Stats

    @extend_schema(operation_id="stats")
    def get(self, request: Request) -> Response:
        stats, day = (count_flags(), None) if may_see_all(effective_user(request)) else published_stats()
        return Response({"counted": day, **stats})
