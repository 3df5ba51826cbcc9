"""
Deprecation headers in responses to requests that use something the API will remove.

Deprecation is of RFC 9745, Sunset of RFC 8594. The one table is `contracts/api/texts/changelog.yaml`.
"""

from datetime import UTC, date, datetime
from importlib.resources import files

import msgspec
import yaml
from django.http import HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils.http import http_date
from msgspec import Struct
from rest_framework.request import Request


class Deprecated(Struct, frozen=True, forbid_unknown_fields=True):
    """A parameter or address that works until a day and is unknown afterwards."""

    instead: str
    since: date
    until: date
    parameter: str = ""
    address: str = ""


class Change(Struct, frozen=True, forbid_unknown_fields=True):
    """A change of the API. ``since`` is the version of Veedor, ``kind`` is added, changed, deprecated or removed."""

    since: str
    day: date
    kind: str
    en: str
    es: str
    pt: str


class Changelog(Struct, frozen=True, forbid_unknown_fields=True):
    deprecated: tuple[Deprecated, ...]
    changes: tuple[Change, ...]


def read_changelog(text: str) -> Changelog:
    """Return the changelog; raises msgspec.ValidationError if the text has another form."""
    return msgspec.convert(yaml.safe_load(text), Changelog, strict=False)


CHANGELOG = read_changelog((files("contracts.api") / "texts" / "changelog.yaml").read_text(encoding="utf-8"))


def with_new_names(query: QueryDict, known: frozenset[str], today: date) -> tuple[QueryDict, list[Deprecated]]:
    """
    Return a query with deprecated parameter names replaced, and the deprecations that it uses.

    :param known: the parameters that the address knows
    """
    found = [
        entry
        for entry in CHANGELOG.deprecated
        if entry.parameter in query
        and entry.parameter not in known
        and entry.instead in known
        and today <= entry.until
    ]
    if not found:
        return query, []
    renamed = query.copy()
    for entry in found:
        for value in renamed.pop(entry.parameter):
            renamed.appendlist(entry.instead, value)
    return renamed, found


def of_address(path: str) -> list[Deprecated]:
    return [entry for entry in CHANGELOG.deprecated if entry.address and path.startswith(entry.address)]


def add_headers(request: Request, response: HttpResponseBase, found: list[Deprecated]) -> None:
    """Add the headers Deprecation, Sunset and Link to a response."""
    if not found:
        return
    since, until = (
        int(_midnight(day).timestamp()) for day in (min(e.since for e in found), min(e.until for e in found))
    )
    response["Deprecation"] = f"@{since}"
    response["Sunset"] = http_date(until)
    response["Link"] = (
        f'<{request.build_absolute_uri(reverse("changelog"))}>; rel="deprecation"; type="application/json"'
    )


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
