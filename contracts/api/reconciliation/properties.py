"""Types and properties of organizations in the reconciliation service."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from msgspec import Struct

from contracts.api.organizations import with_counts
from contracts.models import Organization
from contracts.names.finding import as_seen

TYPES: Mapping[str, Any] = {"organization": _("organization"), "buyer": _("buyer"), "supplier": _("supplier")}


class Property(Struct, frozen=True):
    """
    A property of organizations.

    :param value: returns its values from a row of `rows_with_values`, as cells of the protocol
    :param is_compared: whether queries may give it
    """

    name: Any
    value: Callable[[Mapping[str, Any]], list[dict[str, Any]]]
    is_compared: bool = False


def _text(column: str) -> Callable[[Mapping[str, Any]], list[dict[str, Any]]]:
    return lambda row: [{"str": row[column]}] if row[column] else []


def _number(column: str) -> Callable[[Mapping[str, Any]], list[dict[str, Any]]]:
    return lambda row: [{"int": row[column]}]


PROPERTIES: Mapping[str, Property] = {
    "name": Property(_("name"), _text("name")),
    "country": Property(_("country"), _text("country"), is_compared=True),
    "identifier": Property(_("identifier"), _text("identifier"), is_compared=True),
    "scheme": Property(_("identifier scheme"), _text("scheme")),
    "key": Property(_("key"), _text("key"), is_compared=True),
    "roles": Property(_("roles"), lambda row: [{"str": role} for role in row["roles"]]),
    "processes_bought": Property(_("processes bought"), _number("processes_bought")),
    "contracts_supplied": Property(_("contracts supplied"), _number("contracts_supplied")),
}
_COLUMNS = ("pk", "name", "country", "identifier", "scheme", "key", "roles", "masked")
_COUNTED = ("processes_bought", "contracts_supplied")


def types_of(roles: list[str], has_type: Callable[[list[str], str], bool]) -> list[dict[str, str]]:
    """Return the types of an organization by its OCDS roles, the most specific first."""
    return [
        {"id": kind, "name": str(TYPES[kind])}
        for kind in ("buyer", "supplier", "organization")
        if has_type(roles, kind)
    ]


def rows_with_values(reader: Any, keys: list[int], names: list[str]) -> dict[int, dict[str, Any]]:
    """Return the columns behind properties of organizations visible to a reader, by primary key."""
    rows: QuerySet[Organization] = Organization.objects.visible_to(reader).filter(pk__in=keys)
    counted = [name for name in _COUNTED if name in names]
    if counted:
        rows = with_counts(rows)
    return {row["pk"]: as_seen(row, reader) for row in rows.values(*_COLUMNS, *counted)}
