"""How much the reader has used of their limits: requests by throttle, bytes of the day."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.protocol.throttles import (
    AnonymousThrottle,
    ExportThrottle,
    SearchThrottle,
    SharedThrottle,
    SubmissionThrottle,
    UserThrottle,
)
from contracts.api.protocol.views import ApiView
from contracts.intake.received import quota
from contracts.models import ApiToken

_COUNTED: tuple[type[SharedThrottle], ...] = (
    AnonymousThrottle,
    UserThrottle,
    SearchThrottle,
    ExportThrottle,
    SubmissionThrottle,
)


class UsageToken(serializers.Serializer):
    prefix = serializers.CharField(help_text="With which the token begins.")
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    publisher = serializers.CharField(allow_null=True, help_text="The one publisher that it may speak for.")
    expires = serializers.DateField(allow_null=True)


class UsageLimit(serializers.Serializer):
    name = serializers.CharField(help_text="What is counted, as in the header RateLimit.")
    requests = serializers.IntegerField(help_text="Allowed in `seconds`.")
    seconds = serializers.IntegerField()
    used = serializers.IntegerField(allow_null=True, help_text="Null while the counters do not answer.")
    left = serializers.IntegerField(allow_null=True)
    reset = serializers.IntegerField(allow_null=True, help_text="Seconds until the last of those used counts no more.")


class UsageBytes(serializers.Serializer):
    limit = serializers.IntegerField(help_text="That may be sent in a day, in UTC.")
    used = serializers.IntegerField()
    left = serializers.IntegerField()
    reset = serializers.IntegerField(help_text="Seconds until the day is over.")


class Usage(serializers.Serializer):
    account = serializers.CharField(allow_null=True, help_text="Null for who reads without one.")
    token = UsageToken(allow_null=True)
    limits = UsageLimit(many=True)
    bytes = UsageBytes(allow_null=True, help_text="Null for who sends nothing, and where there is no limit.")


class UsageView(ApiView):
    """
    Tell what you have used of what you may.

    Who reads without an account is counted by network address, of which nothing is kept but a digest.
    """

    serializer_class = Usage
    cache_control = "no-store"

    @extend_schema(operation_id="me_usage")
    def get(self, request: Request) -> Response:
        known = request.user.is_authenticated
        token = request.auth if isinstance(request.auth, ApiToken) else None
        standings = (kind().standing(request) for kind in _COUNTED)
        return Response(
            {
                "account": request.user.get_username() if known else None,
                "token": _described(token) if token else None,
                "limits": [standing for standing in standings if standing],
                "bytes": _bytes(request.user) if known and settings.VEEDOR_QUOTA_BYTES else None,
            }
        )


def _described(token: ApiToken) -> dict[str, Any]:
    return {
        "prefix": token.prefix,
        "name": token.name,
        "scopes": token.scopes,
        "publisher": token.publisher.slug if token.publisher else None,
        "expires": token.expires_at.date() if token.expires_at else None,
    }


def _bytes(user: Any) -> dict[str, int]:
    limit = settings.VEEDOR_QUOTA_BYTES
    left, seconds = quota.left(user)
    return {"limit": limit, "used": limit - left, "left": left, "reset": seconds}
