"""
Likely typing errors, shown by other values of the record: a wrong year, too many zeros in an amount.

Only if the other values agree. Such a value is neither used nor corrected, because the intended one is unknown.
"""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, TypeVar

from msgspec import structs

from contracts.ocds.corrections import MemberReader
from contracts.ocds.parsing.objects import Amendment, Award, Contract, Period, Process, Transaction, Value

_Entry = TypeVar("_Entry", Award, Transaction, Amendment)
# Dates of one purchase agree if they lie within a year.
_AGREEING = timedelta(days=366)
# A date this far from all others, which another year would put among them, has a wrong year.
_FAR = timedelta(days=5 * 365)
# So does a date out of order by this much relative to two others.
_OUT_OF_ORDER = timedelta(days=180)
# Maximum distance from the others of a date with the right year.
_MARGIN = timedelta(days=31)

# Amounts agree within one percent.
_SAME = Decimal("0.01")
_POWERS = tuple(Decimal(10) ** power for power in (1, 2, 3, 4, 5, 6, 9))


def drop_implausible(process: Process, reader: MemberReader) -> Process:
    """Return a process without implausible dates and amounts, which are reported as corrections."""
    return _drop_amounts(_drop_dates(process, reader), reader)


class _Dated(NamedTuple):
    """``stage`` numbers the stages in their order."""

    when: datetime
    stage: int
    path: str


def _drop_dates(process: Process, reader: MemberReader) -> Process:
    dates = sorted(_dates(process))
    wrong = {}
    if len(dates) >= 3 and dates[-1].when - dates[0].when > _OUT_OF_ORDER:  # At least two against one.
        wrong = {
            entry.path: entry.when
            for entry, others in ((dates[0], dates[1:]), (dates[-1], dates[:-1]))
            if _has_wrong_year(entry, others)
        }
    sound = [entry for entry in dates if entry.path not in wrong]
    wrong.update((entry.path, entry.when) for entry in _wrong_later(process, sound))
    if not wrong:
        return process
    for path, when in wrong.items():
        reader.note(path, when.isoformat(), None, "date_year_off")
    return _without_dates(process, wrong)


def _dates(process: Process) -> Iterator[_Dated]:
    period = process.tender.tender_period
    if period is not None:
        for stage, member, when in ((0, "startDate", period.start), (1, "endDate", period.end)):
            if when is not None:
                yield _Dated(when, stage, f"{period.path}/{member}")
    for award in process.awards:
        if award.date is not None:
            yield _Dated(award.date, 2, f"{award.path}/date")
    for contract in process.contracts:
        if contract.date_signed is not None:
            yield _Dated(contract.date_signed, 3, f"{contract.path}/dateSigned")


def _wrong_later(process: Process, sound: Sequence[_Dated]) -> Iterator[_Dated]:
    """
    Yield dates after the signature with a wrong year: terms, payments and amendments.

    They may be late, so being late proves nothing. Evidence is: a term that begins after its own end, or ends
    elsewhere than by its duration or the terms of tender and award; a payment or an amendment years away from its
    neighbours in the list.
    """
    for contract in process.contracts:
        period = contract.period
        if period and period.start and period.end:
            lasts = period.end - period.start
            # Sufficient for nearly all terms.
            if period.duration_days or not timedelta(0) <= lasts <= _FAR:
                yield from _wrong_ends(process, contract, period.start, period.end, sound)
        lists: tuple[Sequence[Transaction | Amendment], ...] = (contract.transactions, contract.amendments)
        for entries in lists:
            if len(entries) >= 3:
                yield from _wrong_between(entries)


def _wrong_ends(
    process: Process, contract: Contract, start: datetime, end: datetime, sound: Sequence[_Dated]
) -> Iterator[_Dated]:
    at = contract.period.path if contract.period else ""
    first, last = _Dated(start, 3, f"{at}/startDate"), _Dated(end, 4, f"{at}/endDate")
    if start - end > _OUT_OF_ORDER and _has_wrong_year(first, sorted((*sound, last))):
        yield first
    elif any(_ends_elsewhere(end, other) for other in _other_ends(process, contract)):
        yield last


def _wrong_between(entries: Sequence[Transaction | Amendment]) -> Iterator[_Dated]:
    dated = [_Dated(entry.date, place, f"{entry.path}/date") for place, entry in enumerate(entries) if entry.date]
    for before, entry, after in zip(dated, dated[1:], dated[2:], strict=False):
        if _has_wrong_year(entry, sorted((before, after))):
            yield entry


def _other_ends(process: Process, contract: Contract) -> Iterator[datetime]:
    """Yield the other ends of a contract in the record: by its duration, or by the terms of tender and award."""
    period = contract.period
    if period and period.start and period.duration:
        yield period.start + period.duration
    awards = [award.contract_period for award in process.awards if award.id and award.id == contract.award_id]
    ends = [term.end for term in (process.tender.contract_period, *awards) if term and term.end]
    if len(ends) == 2 and abs(ends[1] - ends[0]) <= _MARGIN:
        yield ends[0]


def _ends_elsewhere(end: datetime, other: datetime) -> bool:
    """Return whether a term ends years from its other ends, and would match one of them in another year."""
    return abs(end - other) > _FAR and any(
        abs(_in_year(end, year) - other) <= _MARGIN for year in range(other.year - 1, other.year + 2)
    )


def _agree_in_time(dates: Sequence[_Dated]) -> bool:
    return dates[-1].when - dates[0].when <= _AGREEING and len({entry.stage for entry in dates}) >= 2


def _has_wrong_year(entry: _Dated, others: Sequence[_Dated]) -> bool:
    first, last = others[0].when, others[-1].when
    if not _agree_in_time(others):
        return False
    if not any(
        first - _MARGIN <= moved <= last + _MARGIN
        for year in range(first.year - 1, last.year + 2)
        if (moved := _in_year(entry.when, year)) != entry.when
    ):
        return False
    distance = max(first - entry.when, entry.when - last)
    return distance > _FAR or (
        distance > _OUT_OF_ORDER and sum(_is_out_of_order(entry, other) for other in others) >= 2
    )


def _is_out_of_order(entry: _Dated, other: _Dated) -> bool:
    return (entry.when - other.when) * (other.stage - entry.stage) > timedelta(0)


def _in_year(when: datetime, year: int) -> datetime:
    try:
        return when.replace(year=year)
    except ValueError:  # 29 February
        return when.replace(year=year, day=28)


def _without_dates(process: Process, wrong: Iterable[str]) -> Process:
    paths = frozenset(wrong)
    return structs.replace(
        process,
        tender=structs.replace(process.tender, tender_period=_without_ends(process.tender.tender_period, paths)),
        awards=_undated(process.awards, paths),
        contracts=tuple(_contract_without(contract, paths) for contract in process.contracts),
    )


def _contract_without(contract: Contract, paths: frozenset[str]) -> Contract:
    return structs.replace(
        contract,
        date_signed=None if f"{contract.path}/dateSigned" in paths else contract.date_signed,
        period=_without_ends(contract.period, paths),
        transactions=_undated(contract.transactions, paths),
        amendments=_undated(contract.amendments, paths),
    )


def _undated(entries: tuple[_Entry, ...], paths: frozenset[str]) -> tuple[_Entry, ...]:
    """Return awards, payments or amendments without the dates at the given paths."""
    return tuple(structs.replace(entry, date=None) if f"{entry.path}/date" in paths else entry for entry in entries)


def _without_ends(period: Period | None, paths: frozenset[str]) -> Period | None:
    if period is None:
        return None
    return structs.replace(
        period,
        start=None if f"{period.path}/startDate" in paths else period.start,
        end=None if f"{period.path}/endDate" in paths else period.end,
    )


def _drop_amounts(process: Process, reader: MemberReader) -> Process:
    """
    Drop the amount of the tender, of an award or of its only contract, if it is a power of ten away from two others.

    With one award and contract, these are the other two; otherwise, or if one is missing, the supplier's bid and the
    sum of payments. The budget does not count: publishers copy it from the tender.
    """
    is_lone = len(process.awards) == len(process.contracts) == 1
    wrong: dict[str, Value] = {}
    for award, contract in _pairs(process):
        values = (process.tender.value if is_lone else None, award.value, contract.value)
        known = [value for value in values if value is not None and value.amount]
        amounts = [value.amount for value in known if value.amount]
        # Without a power of ten between them, as nearly always, no more is checked.
        if len(known) < 2 or max(amounts) < 9 * min(amounts):
            continue
        beside = (_offered(process, award) if is_lone else None, _paid(contract)) if len(known) == 2 else ()
        for value in known:
            if _is_shifted(value, [*(one for one in known if one is not value), *beside]):
                wrong[value.path] = value
                break
    for path, value in wrong.items():
        reader.note(f"{path}/amount", value.amount, None, "amount_power_of_ten")
    return _without_amounts(process, wrong) if wrong else process


def _pairs(process: Process) -> Iterator[tuple[Award, Contract]]:
    if len(process.awards) == len(process.contracts) == 1:
        yield process.awards[0], process.contracts[0]
        return
    contracts = Counter(contract.award_id for contract in process.contracts)
    awards = Counter(award.id for award in process.awards)
    by_id = {award.id: award for award in process.awards}
    for contract in process.contracts:
        of_award = contract.award_id
        if of_award and contracts[of_award] == awards[of_award] == 1:
            yield by_id[of_award], contract


def _offered(process: Process, award: Award) -> Value | None:
    """Return the bid of the supplier of the only award, if there is one."""
    suppliers = {supplier.key for supplier in award.suppliers}
    offers = [bid.value for bid in process.bids if suppliers & {tenderer.key for tenderer in bid.tenderers}]
    return offers[0] if len(offers) == 1 else None


def _paid(contract: Contract) -> Value | None:
    """Return the sum of payments, if all are in one currency."""
    values = [payment.value for payment in contract.transactions]
    known = [value for value in values if value is not None and value.amount is not None]
    if not known or len(known) < len(values) or len({value.currency for value in known}) > 1:
        return None
    return structs.replace(known[0], amount=sum((value.amount for value in known if value.amount), Decimal(0)))


def _is_shifted(value: Value, others: Sequence[Value | None]) -> bool:
    known = [other.amount for other in others if other is not None and other.currency == value.currency]
    amounts = [amount for amount in known if amount]
    if len(amounts) < 2 or not value.amount or min(*amounts, value.amount) <= 0:
        return False
    larger, smaller = max(value.amount, amounts[0]), min(value.amount, amounts[0])
    return _agree(min(amounts), max(amounts)) and any(_agree(larger, smaller * power) for power in _POWERS)


def _agree(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= _SAME * min(one, other)


def _without_amounts(process: Process, wrong: Container[str]) -> Process:
    def kept(value: Value | None) -> Value | None:
        return structs.replace(value, amount=None) if value is not None and value.path in wrong else value

    return structs.replace(
        process,
        tender=structs.replace(process.tender, value=kept(process.tender.value)),
        awards=tuple(structs.replace(award, value=kept(award.value)) for award in process.awards),
        contracts=tuple(structs.replace(contract, value=kept(contract.value)) for contract in process.contracts),
    )
