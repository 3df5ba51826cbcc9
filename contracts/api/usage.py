"""The reader's usage of limits: requests by throttle, and bytes of the day."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.protocol.access.throttles import (
    AnonymousThrottle,
    ExportThrottle,
    SearchThrottle,
    SharedThrottle,
    SubmissionThrottle,
    UserThrottle,
)
from contracts.api.protocol.access.tokens import has_scope
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
_SUBMIT = ApiToken.Scope.SUBMIT


class UsageToken(serializers.Serializer):
    prefix = serializers.CharField(help_text="First characters of the token.")
    name = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    publisher = serializers.CharField(
        allow_null=True,
        help_text="Slug of the only publisher that the token may speak for; null if it is not restricted.",
    )
    expires = serializers.DateField(allow_null=True)


class UsageLimit(serializers.Serializer):
    name = serializers.CharField(help_text="Name of the limit, as in the header RateLimit.")
    requests = serializers.IntegerField(help_text="Number of requests allowed in `seconds`.")
    seconds = serializers.IntegerField()
    used = serializers.IntegerField(
        allow_null=True, help_text="Number of requests used; null while the counters are unavailable."
    )
    left = serializers.IntegerField(allow_null=True)
    reset = serializers.IntegerField(allow_null=True, help_text="Seconds until the count starts again from 0.")


class UsageBytes(serializers.Serializer):
    limit = serializers.IntegerField(help_text="Number of bytes that the account may send per day (UTC).")
    used = serializers.IntegerField()
    left = serializers.IntegerField()
    reset = serializers.IntegerField(help_text="Seconds until the day (UTC) ends.")


class Usage(serializers.Serializer):
    account = serializers.CharField(allow_null=True, help_text="Username; null for requests without an account.")
    token = UsageToken(allow_null=True)
    limits = UsageLimit(many=True)
    bytes = UsageBytes(
        allow_null=True,
        help_text="Use of the daily quota; null if the account or its token may not send, or it has no limit.",
    )


class UsageView(ApiView):
    """
    Read your use of rate limits and quota.

    Requests without an account are counted by network address; only a digest of the address is stored.
    """

    serializer_class = Usage
    cache_control = "no-store"

    @extend_schema(operation_id="me_usage")
    def get(self, request: Request) -> Response:
        known = request.user.is_authenticated
        token = request.auth if isinstance(request.auth, ApiToken) else None
        # A read-only token must not reveal when its account submits.
        sends = known and request.user.has_perm("contracts.add_submission") and has_scope(request, _SUBMIT)
        counted = _COUNTED if sends or not known else _COUNTED[:-1]
        standings = (kind().standing(request) for kind in counted)
        return Response(
            {
                "account": request.user.get_username() if known else None,
                "token": _described(token) if token else None,
                "limits": [standing for standing in standings if standing],
                "bytes": _bytes(request.user) if sends and settings.VEEDOR_QUOTA_BYTES else None,
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
