"""
A sender's mapping for a table that no file of ``fixtures/tables`` covers: which column holds which fact.

As JSON: ``{"columns": {"Lo que se compra": "title", "Precio base": "tender/value/amount"}, "country": "PE"}``.
"""

import hashlib
from collections.abc import Mapping as Columns
from collections.abc import Sequence
from typing import Any

from msgspec import Struct, ValidationError, convert, structs

from contracts.ocds.codelists.countries import country_code
from contracts.ocds.codelists.currencies import currency_or_none
from contracts.ocds.members import READ
from contracts.ocds.pointers import escape
from contracts.ocds.problems import Problem, RefusedError
from contracts.tables.headers.mappings import Mapping
from contracts.tables.headers.names import GIVEN, exact_key, key
from contracts.tables.headers.recognition import DECISIVE, MIN_FACTS
from contracts.tables.release_paths import path_of

# Facts that a column may hold, in the order in which people describe a contract; anything else is a path.
FACTS = (
    *("title", "description", "buyer", "supplier", "amount", "currency", "date_signed", "start_date", "end_date"),
    "period",
    *("date", "method", "method_details", "category", "country", "id", "item", "contract_id", "ocid", "buyer_id"),
    *("supplier_id", "financing", "language", "source_url", "document"),
)
MAX_HEADERS = 200
MAX_HEADER = 500
DECIMAL_MARKS = frozenset({"", ".", ","})


class GivenMapping(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """
    Header → fact or path into the OCDS release, and defaults for values that rows do not state.

    ``country`` and ``currency`` may be names; they are converted to codes. ``decimal_mark`` applies where the amounts
    do not show it.
    """

    columns: dict[str, str]
    country: str = ""
    currency: str = ""
    decimal_mark: str = ""

    @property
    def digest(self) -> str:
        """SHA-256 of its headers, regardless of order: a sender has one mapping for each set of headers."""
        return hashlib.sha256("\n".join(sorted({exact_key(header) for header in self.columns})).encode()).hexdigest()

    def fits(self, header: Sequence[str]) -> bool:
        """Return whether a table has all of its columns."""
        return {key(name) for name in self.columns} <= {key(name) for name in header}

    def as_mapping(self) -> Mapping:
        """Return it in the form of publishers' mappings: fact → headers."""
        columns: dict[str, tuple[str, ...]] = {}
        for header, fact in self.columns.items():
            columns[fact] = (*columns.get(fact, ()), header)
        return Mapping(
            name=GIVEN,
            title="",
            columns=columns,
            country=self.country,
            currency=self.currency,
            decimal_mark=self.decimal_mark,
        )


def read_given(value: Any) -> GivenMapping:
    """
    Read a mapping from JSON.

    :raises RefusedError: with a problem for each member that cannot be used
    """
    try:
        given = convert(value, GivenMapping)
    except ValidationError as error:
        raise RefusedError(Problem("mapping_refused", "shape", {"message": str(error)})) from error
    problems = _of_columns(given.columns)
    country = country_code(given.country)
    if given.country and not country:
        problems.append(Problem("mapping_refused", "country", {"text": given.country[:60]}, "/country"))
    currency = currency_or_none(given.currency, country)
    if given.currency and not currency:
        problems.append(Problem("mapping_refused", "currency", {"text": given.currency[:60]}, "/currency"))
    if given.decimal_mark not in DECIMAL_MARKS:
        problems.append(Problem("mapping_refused", "decimal_mark", pointer="/decimal_mark"))
    if problems:
        raise RefusedError(*problems)
    return structs.replace(given, country=country, currency=currency)


def _of_columns(columns: Columns[str, str]) -> list[Problem]:
    if len(columns) > MAX_HEADERS or any(not key(name) or len(name) > MAX_HEADER or _is_odd(name) for name in columns):
        values = {"number": MAX_HEADERS, "limit": MAX_HEADER}
        return [Problem("mapping_refused", "headers", values, "/columns")]
    unknown = [header for header, fact in columns.items() if fact not in FACTS and not _leads_into_release(fact)]
    if unknown:
        return [
            Problem("mapping_refused", "fact", {"text": columns[header][:60]}, f"/columns/{escape(header)}")
            for header in unknown
        ]
    facts = set(columns.values())
    if len(facts) < MIN_FACTS or not DECISIVE & facts:
        return [Problem("mapping_refused", "few", {}, "/columns")]
    return []


def _leads_into_release(fact: str) -> bool:
    """Return whether a column's target is a path to a member that is read."""
    path = path_of(fact)
    members = [segment for segment in path.split("/") if not segment.isdigit()]
    return path == fact and "/" in path and READ.issuperset(members)


def _is_odd(name: str) -> bool:
    """Return whether PostgreSQL cannot store a text: it has a NUL or a lone surrogate."""
    return "\0" in name or any("\ud800" <= letter <= "\udfff" for letter in name)
