"""
Values that the others of their record show to be slips of the pen: a year, the zeros of an amount.

Only where the others agree. Such a value is not used, and not mended: which one was meant is a guess.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from msgspec import structs

from contracts.ocds.corrections import Reader
from contracts.ocds.views import Award, Contract, Period, Process, Value

# The dates of one purchase agree if they lie within a year.
_AGREEING = timedelta(days=366)
# What lies so far from all others, and would lie among them in another year, has a wrong year.
_FAR = timedelta(days=5 * 365)
# So does what is out of order by so much against two others.
_OUT_OF_ORDER = timedelta(days=180)
# How far from the others a date of the right year may lie.
_MARGIN = timedelta(days=31)

# Amounts agree within one percent.
_SAME = Decimal("0.01")
_POWERS = tuple(Decimal(10) ** power for power in (1, 2, 3, 4, 5, 6, 9))


def drop_slips(process: Process, reader: Reader) -> Process:
    """Return a process without the dates and amounts that are slips, which are noted as corrections."""
    return _drop_amounts(_drop_dates(process, reader), reader)


class _Dated(NamedTuple):
    """``stage`` counts in the order in which things happen."""

    when: datetime
    stage: int
    path: str


def _drop_dates(process: Process, reader: Reader) -> Process:
    dates = sorted(_dates(process))
    if len(dates) < 3 or dates[-1].when - dates[0].when <= _OUT_OF_ORDER:  # one against two at least
        return process
    wrong = {
        entry.path: entry.when
        for entry, others in ((dates[0], dates[1:]), (dates[-1], dates[:-1]))
        if _has_wrong_year(entry, others)
    }
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


def _has_wrong_year(entry: _Dated, others: Sequence[_Dated]) -> bool:
    first, last = others[0].when, others[-1].when
    if last - first > _AGREEING or len({other.stage for other in others}) < 2:
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
        awards=tuple(
            structs.replace(award, date=None) if f"{award.path}/date" in paths else award for award in process.awards
        ),
        contracts=tuple(
            structs.replace(contract, date_signed=None) if f"{contract.path}/dateSigned" in paths else contract
            for contract in process.contracts
        ),
    )


def _without_ends(period: Period | None, paths: frozenset[str]) -> Period | None:
    if period is None:
        return None
    return structs.replace(
        period,
        start=None if f"{period.path}/startDate" in paths else period.start,
        end=None if f"{period.path}/endDate" in paths else period.end,
    )


def _drop_amounts(process: Process, reader: Reader) -> Process:
    """
    Drop the amount of the tender, of the only award or of the only contract, if it is a power of ten away from the
    other two. The budget has no voice: publishers copy it from the tender.
    """
    if len(process.awards) != 1 or len(process.contracts) != 1:
        return process
    award, contract = process.awards[0], process.contracts[0]
    values = (process.tender.value, award.value, contract.value)
    for place in range(3):
        value, others = values[place], (*values[:place], *values[place + 1 :])
        if value is not None and _is_shifted(value, others):
            reader.note(f"{value.path}/amount", value.amount, None, "amount_power_of_ten")
            return _without_amount(process, place, structs.replace(value, amount=None))
    return process


def _is_shifted(value: Value, others: Sequence[Value | None]) -> bool:
    known = [other.amount for other in others if other is not None and other.currency == value.currency]
    amounts = [amount for amount in known if amount]
    if len(amounts) < 2 or not value.amount or min(*amounts, value.amount) <= 0:
        return False
    larger, smaller = max(value.amount, amounts[0]), min(value.amount, amounts[0])
    if larger < 9 * smaller:  # no power of ten: of nearly all records this is all that is asked
        return False
    return _agree(*amounts) and any(_agree(larger, smaller * power) for power in _POWERS)


def _agree(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= _SAME * min(one, other)


def _without_amount(process: Process, place: int, value: Value) -> Process:
    if place == 0:
        return structs.replace(process, tender=structs.replace(process.tender, value=value))
    stages: tuple[tuple[Award, ...], tuple[Contract, ...]] = (process.awards, process.contracts)
    if place == 1:
        return structs.replace(process, awards=(structs.replace(stages[0][0], value=value),))
    return structs.replace(process, contracts=(structs.replace(stages[1][0], value=value),))
