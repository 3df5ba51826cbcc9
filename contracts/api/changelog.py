"""The changelog of the API, as JSON and as an Atom feed."""

import hashlib
from datetime import UTC, datetime, time
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from msgspec import to_builtins
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.description.deprecation import CHANGELOG, Change
from contracts.api.protocol.views import ApiView
from contracts.translating import language_in_force


class ChangeOfApi(serializers.Serializer):
    since = serializers.CharField(help_text="Version of Veedor that has the change.")
    day = serializers.DateField(help_text="Day of the change.")
    kind = serializers.CharField(help_text="One of added, changed, deprecated, removed.")
    text = serializers.CharField(help_text="In the language of Accept-Language.")


class DeprecatedRow(serializers.Serializer):
    parameter = serializers.CharField(help_text="Name of the deprecated parameter; empty if an address is deprecated.")
    address = serializers.CharField()
    instead = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField(help_text="Last day on which it works.")


class ApiChangelog(serializers.Serializer):
    deprecated = DeprecatedRow(
        many=True,
        help_text=(
            "Parameters and addresses that will be removed. Responses to requests that use them have the "
            "headers Deprecation, Sunset and Link."
        ),
    )
    changes = ChangeOfApi(many=True, help_text="Changes, the newest first.")


class ChangelogView(ConditionalView, ApiView):
    """
    List changes and deprecations of the API.

    Within `/api/v1/`, members and parameters are only added. One is removed only after it was listed here as
    deprecated.
    """

    serializer_class = ApiChangelog

    @extend_schema(operation_id="changelog")
    def get(self, _request: Request) -> Response:
        language = language_in_force()
        return Response(
            {
                "deprecated": [to_builtins(entry) for entry in CHANGELOG.deprecated],
                "changes": [
                    {"since": entry.since, "day": entry.day, "kind": entry.kind, "text": getattr(entry, language)}
                    for entry in CHANGELOG.changes
                ],
            }
        )


class ChangelogFeed(Feed):
    """The changes of the API, the newest first."""

    feed_type = Atom1Feed

    def title(self) -> str:
        return _("Veedor: changes of the API")

    def link(self) -> str:
        return reverse("changelog")

    def items(self) -> tuple[Change, ...]:
        return CHANGELOG.changes

    def item_title(self, item: Any) -> str:
        return f"{item.since} · {item.kind}"

    def item_description(self, item: Any) -> str:
        return str(getattr(item, language_in_force()))

    def item_link(self, _item: Any) -> str:
        return reverse("changelog")

    def item_guid(self, item: Any) -> str:
        # The id depends neither on the language nor on the position.
        return f"urn:sha256:{hashlib.sha256(item.en.encode()).hexdigest()}"

    def item_updateddate(self, item: Any) -> datetime:
        return datetime.combine(item.day, time.min, UTC)


@require_safe
def changelog_feed(request: HttpRequest) -> HttpResponse:
    """Return the changes of the API as an Atom feed."""
    return ChangelogFeed()(request)
