"""Strict parser for batches of reconciliation queries: nothing is silently dropped."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.utils.translation import gettext as _
from msgspec import UNSET, Struct, UnsetType

from contracts.api.protocol.problems import ProblemError, nearest
from contracts.api.reconciliation.matching import Wanted
from contracts.api.reconciliation.properties import PROPERTIES, TYPES
from contracts.ocds.codelists.countries import country_code

MAX_QUERIES, MAX_CANDIDATES, MAX_EXTENDED = 50, 20, 200
MAX_NAME = 400
# Maximum number of values per query, because each number is looked up in every scheme.
MAX_VALUES = 20
_STRICT = ("any", "should", "all")


class _Entity(Struct):
    id: str
    name: str = ""


_Value = str | int | float | bool


class _Given(Struct):
    pid: str
    v: _Value | _Entity | list[_Value | _Entity]


class _Query(Struct, forbid_unknown_fields=True):
    query: str = ""
    type: str | list[str] | UnsetType = UNSET
    limit: float = 5
    properties: list[_Given] = []
    type_strict: str = "any"


class _Asked(Struct):
    id: str
    settings: dict[str, Any] = {}


class Extension(Struct):
    """A parsed `extend` request: organizations and names of properties."""

    ids: list[str]
    properties: list[_Asked]


def read_queries(text: str) -> dict[str, Wanted]:
    """
    Return the queries of a batch by their keys.

    :raises ProblemError: with the place of an invalid or unknown member
    """
    batch = _decoded("queries", text, dict[str, _Query])
    if not batch or len(batch) > MAX_QUERIES:
        raise _problem("queries", "", _("A batch has 1 to %(limit)d queries.") % {"limit": MAX_QUERIES})
    return {key: _wanted(key, query) for key, query in batch.items()}


def read_extension(text: str) -> Extension:
    """Return the rows and columns of an `extend` request; raises ProblemError as `read_queries`."""
    asked = _decoded("extend", text, Extension)
    if len(asked.ids) > MAX_EXTENDED:
        raise _problem("extend", "/ids", _("At most %(limit)d organizations at once.") % {"limit": MAX_EXTENDED})
    for place, entry in enumerate(asked.properties):
        _known("extend", f"/properties/{place}/id", entry.id, PROPERTIES)
    once = {entry.id: entry for entry in asked.properties}
    return Extension(asked.ids, list(once.values()))


def _wanted(key: str, query: _Query) -> Wanted:
    kinds = [] if query.type is UNSET else [query.type] if isinstance(query.type, str) else query.type
    for kind in kinds:
        _known("queries", f"/{key}/type", kind, TYPES)
    _known("queries", f"/{key}/type_strict", query.type_strict, dict.fromkeys(_STRICT))
    compared = {name: known for name, known in PROPERTIES.items() if known.is_compared}
    values: dict[str, list[str]] = {name: [] for name in compared}
    for place, given in enumerate(query.properties):
        pointer = f"/{key}/properties/{place}"
        _known("queries", f"{pointer}/pid", given.pid, compared)
        values[given.pid].extend(_text(value) for value in (given.v if isinstance(given.v, list) else [given.v]))
        if sum(map(len, values.values())) > MAX_VALUES:
            detail = _("The properties of a query have at most %(limit)d values.") % {"limit": MAX_VALUES}
            raise _problem("queries", f"/{key}/properties", detail)
    countries = []
    for country in filter(None, values["country"]):
        code = country_code(country)
        if not code:
            detail = _("%(text)s is not a country code: use an ISO 3166-1 code such as PE.") % {"text": country[:60]}
            raise _problem("queries", f"/{key}/properties", detail)
        countries.append(code)
    identifiers = tuple(text for text in (*values["identifier"], *values["key"]) if text)
    if not query.query.strip() and not identifiers:
        raise _problem("queries", f"/{key}/query", _("A query has a name, or an identifier among its properties."))
    if len(query.query) > MAX_NAME or any(len(text) > MAX_NAME for text in identifiers):
        detail = _("%(name)s is longer than %(limit)d characters.") % {"name": "query", "limit": MAX_NAME}
        raise _problem("queries", f"/{key}/query", detail)
    return Wanted(
        name=query.query.strip(),
        types=tuple(dict.fromkeys(kinds)),
        strict=query.type_strict,
        limit=max(1, min(int(query.limit), MAX_CANDIDATES)) if query.limit == query.limit else MAX_CANDIDATES,
        countries=tuple(countries),
        identifiers=identifiers,
    )


def _text(value: _Value | _Entity) -> str:
    return value.id if isinstance(value, _Entity) else str(value).strip()


def _decoded(parameter: str, text: str, kind: Any) -> Any:
    if "\\u0000" in text or "\x00" in text:
        raise ProblemError("encoding")
    try:
        return msgspec.json.decode(text.encode("utf-8", "surrogatepass"), type=kind)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        raise _problem(parameter, "", _("%(name)s is not read: %(why)s") % {"name": parameter, "why": error}) from None


def _known(parameter: str, pointer: str, word: str, known: Mapping[str, Any]) -> None:
    if word not in known:
        detail = _("%(name)s has no value %(text)s.") % {"name": pointer.rpartition("/")[2], "text": word[:40]}
        raise _problem(parameter, pointer, detail, hint=nearest(word, known), allowed=list(known))


def _problem(parameter: str, pointer: str, detail: str, **more: Any) -> ProblemError:
    error = {"parameter": parameter, "pointer": pointer, "code": "invalid_parameter", "detail": detail, **more}
    return ProblemError("invalid_parameter", detail, errors=[error])
