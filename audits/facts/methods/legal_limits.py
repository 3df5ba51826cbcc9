"""
Legal limits of procurement methods, as the parameter ``thresholds`` of a rule gives them.

A threshold is a mapping, as in ``fixtures/reference/thresholds.csv``::

    {"country": "UY", "kind": "direct", "method": "direct", "procedure": "Compra Directa", "category": "",
     "currency": "UYU", "amount": "200000", "valid_from": "2020-08-01", "valid_to": "2020-12-31", "source": "…"}

``amount`` is the highest value at which the method may be used. ``kind`` is ``direct`` for awards without competition
and ``competitive`` for lighter procedures with competition. ``procedure`` is the law's name of the method; where both
it and the record's ``procurementMethodDetails`` are given they must be the same, since other direct awards (by
exception) have no limit; else the OCDS ``method`` must be. ``procedure`` may give further names after a ``|``, since
publishers write one method in several ways, and so may ``category``. An empty category or country stands for all. Both
dates are inclusive, and empty ones are open.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from msgspec import structs

from audits.facts.methods.procedures import named_methods
from audits.facts.money import Money, money, percent, total
from audits.facts.stages import decided_awards, standing_tender, value_evidence
from audits.judging.dossiers.known_facts import fact_of_process
from audits.judging.dossiers.process import Dossier, buyers_of, groups_of
from audits.judging.rule.vocabulary import Evidence, InsufficientDataError, NotApplicableError
from audits.matching.laws.grounds import is_in_force
from audits.matching.texts.normalize import fold, fold_phrase
from contracts.ocds.caching import remembered
from contracts.ocds.parsing.objects import Award, Process, Tender

Thresholds = Sequence[Mapping[str, Any]]

DIRECT = "direct"
COMPETITIVE = "competitive"
WORKING = "working"
CALENDAR = "calendar"
_WORKING_WEEK = 5
# Countries whose listed law binds the national administration alone, while provinces and cities call their methods the
# same: words in names of national bodies. A buyer without such a word has no term and no limit on record.
_NATIONAL_BODIES = {
    "AR": re.compile(
        r"\b(?:nacion(?:al(?:es)?)?|argentin[ao]s?|federal(?:es)?|ejercito|armada|fuerza aerea|gendarmeria|"
        r"prefectura naval|anses|arca|afip|conicet|inta|inti|pami|senasa)\b"
    )
}
# "16 LICITACION PUBLICA NACIONAL LOPSRM": publishers number their methods.
_NUMBER = re.compile(r"^\d{1,3}[.)\s]\s*")


class LegalLimit(NamedTuple):
    money: Money
    procedure: str
    source: str
    category: str


def tender_under_limits(dossier: Dossier, thresholds: Thresholds) -> Tender:
    """
    Return the tender if it can be checked against a limit.

    :raises NotApplicableError: as ``standing_tender``, or if no law is on record
    :raises InsufficientDataError: as ``standing_tender``, or without a method
    """
    tender = standing_tender(dossier)
    if not thresholds:
        raise NotApplicableError("no_sourced_threshold")
    if not tender.method and not tender.method_details:
        raise InsufficientDataError("/tender/procurementMethod")
    return tender


def legal_limit(thresholds: Thresholds, process: Process, *, kind: str, currency: str, on: date) -> LegalLimit:
    """
    Return the limit for the method on a day: that of its category first, then the lowest.

    :raises NotApplicableError: if none on record applies
    """
    limits = [
        LegalLimit(
            Money(Decimal(str(entry["amount"])), entry["currency"]),
            next(iter(choices(entry, "procedure")), entry.get("method", "")),
            entry.get("source", ""),
            entry.get("category", ""),
        )
        for entry in limits_in_force(thresholds, process, kind=kind, currency=currency, on=on)
        if _is_method(entry, process.tender)
    ]
    if not limits:
        raise NotApplicableError("no_matching_threshold")
    return min(limits, key=lambda limit: (not limit.category, limit.money.amount))


def limits_in_force(
    thresholds: Thresholds, process: Process, *, kind: str, currency: str, on: date
) -> Iterator[Mapping[str, Any]]:
    """Yield the thresholds of a kind in force on a day for the category of a process, whatever its method."""
    for entry in thresholds if _is_bound(process) else ():
        if entry["kind"] == kind and entry["currency"] == currency and _is_law(entry, process, on):
            yield entry


def _is_law(entry: Mapping[str, Any], process: Process, on: date) -> bool:
    """Return whether a row was in force on a day, in the country of a process and for its category."""
    return (
        entry.get("country", "") in {"", process.country}
        and (not entry.get("category") or process.tender.category in choices(entry, "category"))
        and is_in_force(entry.get("valid_from") or "", entry.get("valid_to") or "", on)
    )


def _is_bound(process: Process) -> bool:
    """Return whether the laws on record bind the buyer, as far as its name and those of its group tell."""
    signs = _NATIONAL_BODIES.get(process.country)
    if signs is None:
        return True
    buyers = buyers_of(process)
    return any(signs.search(fold(party.name).text) for party in (*buyers, *groups_of(buyers)))


def choices(entry: Mapping[str, Any], name: str) -> tuple[str, ...]:
    """Return the values of a threshold's ``procedure`` or ``category``."""
    return _choices(entry.get(name, ""))


@remembered
def _choices(listed: str) -> tuple[str, ...]:
    return tuple(choice.strip() for choice in listed.split("|") if choice.strip())


def _is_method(entry: Mapping[str, Any], tender: Tender) -> bool:
    procedures, method = choices(entry, "procedure"), entry.get("method", "")
    if procedures and tender.method_details:
        details = fold_phrase(tender.method_details)
        return any(fold_phrase(procedure) == details for procedure in procedures)
    return bool(method) and method == tender.method


class LegalDays(NamedTuple):
    """The minimum days to bid by law, or with reasons (``cut_to``), with the article and the place of the method."""

    days: int
    source: str
    method: Evidence
    cut_to: int

    @property
    def cited(self) -> Evidence:
        """Return the place that names the method, with the article as its note."""
        return structs.replace(self.method, note=self.source)


def legal_days(terms: Thresholds, process: Process, *, on: date) -> LegalDays | None:
    """
    Return the minimum legal time to bid for the method of a process on a day; ``None`` if it is unknown.

    Names match as a whole, without a number before or a part after " / ": "01. Licitación Pública Nacional /
    Servicios".

    :param terms: mappings as in ``fixtures/reference/submission_days.csv``; if ``count`` is ``working``, weekends are
        added. Holidays are unknown.
    """
    if not _is_bound(process):
        return None
    named: dict[str, Evidence] = {}
    for place in named_methods(process.tender):
        name = _NUMBER.sub("", place.value)
        for part in (place.value, name, place.value.partition(" / ")[0], name.partition(" / ")[0]):
            named.setdefault(fold_phrase(part), place)
    found = [
        LegalDays(
            _calendar_days(int(entry["days"]), entry.get("count", "")),
            entry.get("source", ""),
            named[name],
            _calendar_days(int(entry.get("cut_to") or entry["days"]), entry.get("count", "")),
        )
        for entry in terms
        if _is_law(entry, process, on)
        for name in map(fold_phrase, choices(entry, "procedure"))
        if name in named
    ]
    return min(found, default=None, key=lambda law: law[:2])


def _calendar_days(days: int, count: str) -> int:
    """Return the minimum number of calendar days for this many days, which are working days if ``count`` says so."""
    return days + 2 * ((days - 1) // _WORKING_WEEK) if count == WORKING else days


def method_evidence(tender: Tender, note: str = "") -> Evidence:
    """Return the place of the method, its local name first; ``note`` is the article of a law."""
    if tender.method_details:
        return Evidence(f"{tender.path}/procurementMethodDetails", tender.method_details, note=note)
    return Evidence(f"{tender.path}/procurementMethod", tender.method, note=note)


class Operation(NamedTuple):
    """All that was awarded in a process: laws limit the whole operation."""

    money: Money
    on: date
    awards: tuple[Award, ...]

    def evidence(self) -> tuple[Evidence, ...]:
        return tuple(value_evidence(award) for award in self.awards)


@fact_of_process
def operation_of(process: Process) -> Operation:
    """
    Return the sum of the valid awards, and the date of the first.

    :raises InsufficientDataError: if awards, values or a date are missing
    :raises NotApplicableError: if no award is valid
    """
    awards = decided_awards(process)
    awarded = total(money(award.value) for award in awards)
    if awarded is None:
        raise InsufficientDataError("/awards/value/amount", "no_awarded_sum")
    return Operation(awarded, day_of(process, "/awards/date", *(award.date for award in awards)), awards)


class DirectAward(NamedTuple):
    """A direct award, and the legal limit for it."""

    tender: Tender
    operation: Operation
    limit: LegalLimit

    def evidence(self) -> tuple[Evidence, ...]:
        return (*self.operation.evidence(), method_evidence(self.tender, self.limit.source))

    def values(self) -> dict[str, str]:
        """Return the values of the sentence about it."""
        return {
            "value": str(self.operation.money),
            "percent": percent(self.operation.money.amount, self.limit.money.amount),
            "limit": str(self.limit.money),
            "source": self.limit.source,
        }

    def cites(self) -> tuple[str, ...]:
        return tuple(sorted(award.id for award in self.operation.awards))


def direct_award(dossier: Dossier, thresholds: Thresholds) -> DirectAward:
    """
    Return what was awarded in a process, and the limit for direct awards.

    :raises NotApplicableError, InsufficientDataError: as ``tender_under_limits``, ``operation_of`` and ``legal_limit``
    """
    tender = tender_under_limits(dossier, thresholds)
    operation = operation_of(dossier.process)
    currency = operation.money.currency
    limit = legal_limit(thresholds, dossier.process, kind=DIRECT, currency=currency, on=operation.on)
    return DirectAward(tender, operation, limit)


def day_of(process: Process, field: str, *instants: datetime | None) -> date:
    """Return the first known date, else that of the record; raises InsufficientDataError for ``field`` without any."""
    known = sorted(instant for instant in instants if instant is not None)
    if not known and process.date is not None:
        known = [process.date]
    if not known:
        raise InsufficientDataError(field)
    return known[0].date()


def has_limit(process: Process, thresholds: Thresholds) -> bool:
    """Return whether the legal limit for what was awarded, or for the estimate, is on record."""
    operation = total(money(award.value) for award in process.awards) or money(process.tender.value)
    if operation is None or not thresholds:
        return False
    on = day_of(process, "/awards/date", *(award.date for award in process.awards))
    try:
        legal_limit(thresholds, process, kind=DIRECT, currency=operation.currency, on=on)
    except NotApplicableError:
        return False
    return True
