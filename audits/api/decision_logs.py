"""The signed heads of the decision logs, for others to store."""

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.reports.decision_heads import heads_before
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.views import ApiView
from contracts.signed_json import sign


class DecisionHead(serializers.Serializer):
    log = serializers.CharField(
        help_text="The log: of decisions on flags, claims, organizations or pairs of processes."
    )
    day = serializers.DateField(help_text="Day of its last decision (UTC).")
    hash = serializers.CharField(help_text="SHA-256 of that decision and of the chain before it.")


class Signature(serializers.Serializer):
    algorithm = serializers.CharField()
    form = serializers.CharField(help_text="Canonical form of JSON that is signed.")
    key = serializers.CharField(help_text="Public key, in base64.")
    value = serializers.CharField(help_text="Signature over the other members, in base64.")


class DecisionLogs(serializers.Serializer):
    until = serializers.DateField(help_text="Yesterday (UTC): decisions up to the end of that day are covered.")
    heads = DecisionHead(many=True, help_text="One for each log that has a decision.")
    note = serializers.CharField()
    signature = Signature(allow_null=True, help_text="Null if this installation has no key.")


class DecisionLogsView(ConditionalView, ApiView):
    """
    Get the heads of the decision logs.

    Decisions are numbered and chained: each contains the hash of the one before it. The last hash of a log, its head,
    covers all decisions before it. Keep this response: if decisions are later removed, changed or inserted, the log no
    longer contains the head (`manage.py verifylog --expect FILE`). The manifest of each dump, signed copies and case
    files contain the same heads.
    """

    serializer_class = DecisionLogs

    @extend_schema(operation_id="decision_logs")
    def get(self, _request: Request) -> Response:
        today = datetime.now(UTC).date()
        note = _(
            "Keep this file: a log from which decisions were removed, or in which they were changed, does not contain "
            "these hashes."
        )
        until = (today - timedelta(days=1)).isoformat()
        return Response(sign({"until": until, "heads": heads_before(today), "note": note}))
