"""What changes for those who read the API."""

from django.utils.decorators import method_decorator
from django.views.decorators.http import conditional_page
from drf_spectacular.utils import extend_schema
from msgspec import to_builtins
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.protocol.deprecation import CHANGELOG
from contracts.api.protocol.views import ApiView
from contracts.translating import language_in_force


class ChangeOfApi(serializers.Serializer):
    since = serializers.CharField(help_text="The version of Veedor.")
    kind = serializers.CharField(help_text="added, changed, deprecated or removed")
    text = serializers.CharField(help_text="In the language of Accept-Language.")


class DeprecatedRow(serializers.Serializer):
    parameter = serializers.CharField(help_text="What is to go; empty if it is an address.")
    address = serializers.CharField()
    instead = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField(help_text="The last day on which it works.")


class ApiChangelog(serializers.Serializer):
    deprecated = DeprecatedRow(many=True, help_text="Answers to who uses it have Deprecation, Sunset and Link.")
    changes = ChangeOfApi(many=True, help_text="The newest first.")


@method_decorator(conditional_page, "dispatch")
class ChangelogView(ApiView):
    """
    List what changed in the API, and what is to go from it.

    Within `/api/v1/` members and parameters are added; one is taken away only after it stood here as deprecated.
    """

    serializer_class = ApiChangelog

    @extend_schema(operation_id="changelog")
    def get(self, _request: Request) -> Response:
        language = language_in_force()
        return Response(
            {
                "deprecated": [to_builtins(entry) for entry in CHANGELOG.deprecated],
                "changes": [
                    {"since": entry.since, "kind": entry.kind, "text": getattr(entry, language)}
                    for entry in CHANGELOG.changes
                ],
            }
        )
