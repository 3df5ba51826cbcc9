"""Warnings for filter values that do not exist, so that an empty list is not mistaken for an answer."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from contracts.api.protocol.problems import nearest
from contracts.api.protocol.query.filters import OrganizationFilter, PublisherFilter
from contracts.api.protocol.query.one_of import OneOf
from contracts.api.protocol.query.warnings import warning
from contracts.models import Publisher
from contracts.names.finding import parts_of, withholds_number
from contracts.postgres.statements import Key, Together, count, filled
from contracts.postgres.time_limits import in_time

# Maximum number of values looked up, and seconds allowed; further values get no warning.
MAX_LOOKED_FOR, LOOKUP_TIMEOUT = 5, 1
_MAX_SHOWN = 60
# Digits of an id; numbers of persons with no more are looked for as ids too.
_MAX_ID = 9


def unknown_organizations(
    filters: Mapping[str, Any], values: Mapping[str, str], reader: Any
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """
    Look up the organizations that a request names.

    :param filters: name of a parameter → its filter
    :param values: name of a parameter → its value as sent
    :returns: a warning for each value that names no organization visible to the reader, or several, and its candidates
    """
    warnings: list[dict[str, Any]] = []
    candidates: list[dict[str, Any]] = []
    for name, value, may_mean in unnamed(filters, values, reader):
        text = (
            _(
                "%(name)s is not the id, key or whole name of an organization; `candidates` lists those that it may "
                "mean."
            )
            if may_mean
            else _(
                "%(name)s is not the id, key or whole name of an organization, and no organization on record has a "
                "similar name."
            )
        )
        warnings.append(warning("unknown_name", [name], text % {"name": value[:_MAX_SHOWN]}))
        candidates += [{"parameter": name, **row} for row in may_mean]
    for name, value, namesakes in _shared(filters, values, reader):
        text = _("%(number)d organizations are called %(name)s; the rows are those of all. `candidates` lists them.")
        said = {"number": len(namesakes), "name": value[:_MAX_SHOWN]}
        warnings.append(warning("shared_name", [name], text % said))
        candidates += [{"parameter": name, **row} for row in namesakes]
    return warnings, candidates


def withheld_numbers(filters: Mapping[str, Any], values: Mapping[str, str], reader: Any) -> list[dict[str, Any]]:
    """Return the warning of a list without rows that was asked for by a number by which the reader finds no person."""
    names = [
        name
        for name, value in values.items()
        if any(_takes_number(filters.get(name), part) and withholds_number(part, reader) for part in parts_of(value))
    ]
    text = _("Nobody finds natural persons by their tax or identity numbers here, except auditors: search by name.")
    return [warning("numbers_withheld", names, text)] if names else []


def _takes_number(entry: Any, value: str) -> bool:
    """Return whether a filter looks for a number of a register: short ones are the ids of organizations here."""
    is_id = isinstance(entry, OrganizationFilter) and value.isdecimal() and len(value) <= _MAX_ID
    return getattr(entry, "takes_number", False) and not is_id


def unnamed(
    filters: Mapping[str, Any], values: Mapping[str, str], reader: Any
) -> Iterator[tuple[str, str, Sequence[dict[str, Any]]]]:
    """Yield (parameter, text, candidates) for each text that names no organization visible to the reader."""
    for name in values:
        entry = filters.get(name)
        if isinstance(entry, OrganizationFilter):
            yield from ((name, text, entry.candidates(text, reader)) for text in entry.unknown(values[name], reader))


def _shared(
    filters: Mapping[str, Any], values: Mapping[str, str], reader: Any
) -> Iterator[tuple[str, str, Sequence[dict[str, Any]]]]:
    """Yield (parameter, text, organizations) for each text that names several organizations visible to the reader."""
    for name in values:
        entry = filters.get(name)
        if isinstance(entry, OrganizationFilter):
            yield from ((name, text, found) for text, found in entry.namesakes(values[name], reader))


class Named:
    """
    The values of a request that possibly no row of a list has. Filters with choices refuse unknown values themselves.

    :param values: name of a parameter → its value as the filter takes it, or slots
    :param rows: rows visible to the reader
    """

    def __init__(self, filters: Mapping[str, Any], values: Mapping[str, Any], rows: models.QuerySet) -> None:
        named = [
            (name, filters[name], value)
            for name, found in values.items()
            if isinstance(filters[name], OneOf) and not filters[name].field.choices
            for value in found or ()
            if value
        ]
        self._looked_for = named[:MAX_LOOKED_FOR]
        self._asked = Together(count(entry.filter(rows, [value]), 1) for _name, entry, value in self._looked_for)

    def unknown(self, facets: Mapping[str, str], given: Mapping[Key, Any]) -> list[dict[str, Any]]:
        """
        Return a warning for each value that no row has.

        :param facets: name of a facet → column
        :param given: the values for the slots
        """
        if not self._looked_for:
            return []
        unsaid: Sequence[int] = [1] * len(self._looked_for)
        numbers = in_time(LOOKUP_TIMEOUT, partial(self._asked.values, given), unsaid)
        return [
            warning("unknown_value", [name], _text(name, entry, filled(value, given), facets))
            for (name, entry, value), number in zip(self._looked_for, numbers, strict=True)
            # Several values are also tried as one, which may contain commas; no warning for that one.
            if not number and "," not in filled(value, given)
        ]


def _text(name: str, entry: OneOf, value: str, facets: Mapping[str, str]) -> str:
    detail = _("No row of this list has %(value)s as its %(name)s.") % {"value": value[:_MAX_SHOWN], "name": name}
    hint = ""
    if isinstance(entry, PublisherFilter):
        known = list(Publisher.objects.values_list("slug", flat=True))
        hint = "" if value in known else nearest(value, known)
    elif name in facets:
        hint = _("`facets=%(name)s` lists the existing values.") % {"name": name}
    return f"{detail} {hint}".strip()
