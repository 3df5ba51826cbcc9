"""OpenAPI description of webhook messages: what is posted, and what the receiver should answer."""

from typing import Any

from drf_spectacular.utils import OpenApiResponse, OpenApiWebhook, extend_schema
from rest_framework import serializers

from audits.pages.searching.public_changes import TOLD

HEADERS = {
    "webhook-id": "Id of the message, the same in each attempt: ignore messages that you have already processed.",
    "webhook-timestamp": "Unix time of this attempt.",
    "webhook-signature": "`v1,` and the Base64 of the HMAC-SHA-256 of `id.timestamp.body`.",
}


class ToldFlag(serializers.Serializer):
    """What happened to a flag on a process of the search."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField([kind for kind in TOLD if kind.startswith("flag_")])
    rule = serializers.CharField(
        allow_null=True, help_text="Code of its rule; null once the flag is no longer public."
    )
    url = serializers.URLField(help_text="Address of its page; 410 once the flag is no longer public.")


class ToldProcess(serializers.Serializer):
    """A process of the search, and what happened to it since the message before."""

    ocid = serializers.CharField()
    title = serializers.CharField()
    url = serializers.URLField(help_text="Address of the page of the process.")
    buyer = serializers.CharField()
    suppliers = serializers.ListField(child=serializers.CharField())
    kinds = serializers.ListField(
        child=serializers.ChoiceField(TOLD),
        help_text="Kinds of changes as in /changes/, each once, in order of first occurrence.",
    )
    flags = ToldFlag(many=True)


class SearchNews(serializers.Serializer):
    search = serializers.IntegerField(help_text="Id of the saved search, as in /me/searches/.")
    name = serializers.CharField()
    query = serializers.CharField(help_text="Query string of the search, as in the address of /search/.")
    processes = ToldProcess(many=True)


class SearchChanged(serializers.Serializer):
    """What is new of a saved search that has a webhook."""

    type = serializers.ChoiceField(["search.changed"])
    timestamp = serializers.DateTimeField(help_text="Midnight of the day: the time of a decision is not published.")
    data = SearchNews()  # type: ignore[assignment]  # the framework's metaclass takes it away


search_changed = OpenApiWebhook(
    name="search.changed",
    decorator=extend_schema(
        operation_id="search_changed",
        summary="News of a saved search",
        description=(
            "Posted to the `url` of a saved search within minutes, signed with its secret as "
            "https://www.standardwebhooks.com describes. Unless the response is 2xx, delivery is retried after 5 "
            "seconds, 5 and 30 minutes, 2 and 5 hours, then every 12 hours, 20 times in all; 410 ends the messages. "
            "Redirects are not followed. /me/searches/{id}/deliveries/ lists all attempts."
        ),
        tags=["me"],
        request=SearchChanged,
        responses={
            "2XX": OpenApiResponse(description="Delivered."),
            410: OpenApiResponse(description="Gone: no further messages are sent."),
        },
    ),
)


def with_headers(result: dict[str, Any], **_generated: Any) -> dict[str, Any]:
    """Add the headers of messages to the OpenAPI description; the generator leaves them out."""
    result["webhooks"][search_changed.name]["post"]["parameters"] = [
        {"name": name, "in": "header", "required": True, "description": described, "schema": {"type": "string"}}
        for name, described in HEADERS.items()
    ]
    return result
