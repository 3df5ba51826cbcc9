"""
How a record fills its fields: what a source does in most of its records says little about one of them.

Each habit is a question to one record: whether a field is missing, equals another or has a placeholder, or which value
it has. ``audits.cohorts`` counts the answers by source. A rule names the habits that would make its question
pointless, ``@rule(reads=("source_habits.signed_before_award",))``; it then does not flag records that do the same as
most of their source, or only as context (see ``audits.judging.rule_set``).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from msgspec import Struct

from contracts.ocds.codelists.codes import COMPETITIVE, NON_COMPETITIVE, UNDECIDED
from contracts.ocds.corrections import Correction
from contracts.ocds.parsing.objects import Award, Contract, Period, Process, Value

# From this many records on, what over half of them do is a habit; below, what all of them do.
MIN_RECORDS = 10
MIN_RECORDS_ALIKE = 5
# The reason why a question is not asked, or only as context, because of a habit of the source.
AS_MOST = "source_habit"
# The answers "yes" and "no" of a habit; others are values.
YES, NO = "yes", "no"
# From the margin of R031 on, awards are above their estimate. The other bound is ours: taxes and other omissions of
# estimates make up to 30 percent, but not half.
ABOVE, FAR_ABOVE = Decimal("1.03"), Decimal("1.5")
NO_OPEN_PROCEDURE = "no_open_procedure"
_BETWEEN = ":"
_MAX_VALUE_LENGTH = 40

Answer = bool | str | None


class Record(Protocol):
    """The input of habits; a dossier provides it."""

    process: Process
    corrections: Sequence[Correction]

    @property
    def has_planning_documents(self) -> bool: ...


class Habit(Struct, frozen=True):
    """
    A question to one record: ``answer`` returns whether the record does this, or its value, or None if unknown.

    ``field`` is the JSON Pointer of the field, without array indexes; ``text`` describes what the record does, in
    English. ``may_be_of_buyers``: it may be what buyers do, not how the source fills the field.
    """

    field: str
    text: str
    answer: Callable[[Record], Answer]
    may_be_of_buyers: bool = False


HABITS: dict[str, Habit] = {}


def _(text: str) -> str:
    """Mark a text for translation; catalogs of the app have its translations."""
    return text


def _habit(
    field: str, text: str, *, may_be_of_buyers: bool = False
) -> Callable[[Callable[[Record], Answer]], Callable[[Record], Answer]]:
    """Make a function the ``answer`` of the habit that has its name."""

    def keep(answer: Callable[[Record], Answer]) -> Callable[[Record], Answer]:
        HABITS[answer.__name__] = Habit(field, text, answer, may_be_of_buyers)
        return answer

    return keep


def read_habits(record: Record) -> tuple[str, ...]:
    """Return the answers of a record, each as ``name:answer``, by name; habits that do not apply are left out."""
    return tuple(f"{name}{_BETWEEN}{answer}" for name in sorted(HABITS) if (answer := _answer(name, record)))


def _answer(name: str, record: Record) -> str:
    answer = HABITS[name].answer(record)
    if isinstance(answer, bool):
        return YES if answer else NO
    return (answer or "")[:_MAX_VALUE_LENGTH]


def is_habit(same: int, n: int) -> bool:
    """Return whether ``same`` of ``n`` records make a habit of their source."""
    return 2 * same > n if n >= MIN_RECORDS else same == n >= MIN_RECORDS_ALIKE


def split_answer(entry: str) -> tuple[str, str]:
    """Return the name and answer in an entry of ``read_habits``."""
    name, _between, answer = entry.partition(_BETWEEN)
    return name, answer


@_habit("/tender/value/amount", _("the award is above the estimate, by up to half of it"), may_be_of_buyers=True)
def award_above_estimate(record: Record) -> Answer:
    """An amount far above is not a habit of a source."""
    value = record.process.tender.value
    decided = [award for award in record.process.awards if award.status not in UNDECIDED]
    if value is None or not value.amount or (total := _sum(decided, value.currency)) is None:
        return None
    return None if total > value.amount * FAR_ABOVE else total > value.amount * ABOVE


@_habit("/awards/date", _("the date of the award is the start of the time to bid"))
def award_at_start_of_tender(record: Record) -> Answer:
    period = record.process.tender.tender_period
    start = period.start if period else None
    return _all_equal((award.date, start) for award in record.process.awards)


@_habit("/tender/awardCriteria", _("the award criteria are the same"))
def award_criteria(record: Record) -> Answer:
    return record.process.tender.award_criteria


@_habit("/tender/awardPeriod", _("the award period is the term of the contract"))
def award_period_is_contract_period(record: Record) -> Answer:
    return _is_one_period(record.process.tender.award_period, record.process.tender.contract_period)


@_habit("/tender/awardPeriod", _("the award period is the time to bid"))
def award_period_is_tender_period(record: Record) -> Answer:
    return _is_one_period(record.process.tender.award_period, record.process.tender.tender_period)


def _is_one_period(one: Period | None, two: Period | None) -> Answer:
    if one is None or two is None or one.start is None or two.start is None:
        return None
    return (one.start, one.end) == (two.start, two.end)


@_habit("/contracts/value/amount", _("the contract has the value of the award"))
def contract_equals_award(record: Record) -> Answer:
    awards = record.process.awards
    return _same_sum(awards[0].value, record.process.contracts) if len(awards) == 1 else None


@_habit("/tender/tenderPeriod", _("the days to bid are as many"))
def days_to_bid(record: Record) -> Answer:
    moments = _time_to_bid(record)
    return str((moments[1] - moments[0]).days) if moments else None


@_habit(
    "/bids/details/status",
    _("the bids that were disqualified are below all valid ones, as where a minimum price excludes bids"),
    may_be_of_buyers=True,
)
def disqualified_bids_lowest(record: Record) -> Answer:
    """Prices are compared for one lot and currency."""
    process = record.process
    values = [
        (bid.status, bid.value) for bid in process.bids if bid.value and bid.value.amount and bid.value.amount > 0
    ]
    if len(process.tender.lots) > 1 or len({value.currency for _status, value in values}) != 1:
        return None
    disqualified = [value.amount for status, value in values if status == "disqualified" and value.amount]
    valid = [value.amount for status, value in values if status == "valid" and value.amount]
    return max(disqualified) < min(valid) if disqualified and valid else None


@_habit("/tender/value/amount", _("the estimate is the sum awarded"))
def estimate_equals_award(record: Record) -> Answer:
    return _same_sum(record.process.tender.value, record.process.awards)


@_habit("/tender/value/amount", _("the estimate is the amount of the budget"))
def estimate_equals_budget(record: Record) -> Answer:
    estimate, budget = record.process.tender.value, record.process.planning.budget_value
    if estimate is None or budget is None or not estimate.amount or not budget.amount:
        return None
    return (estimate.amount, estimate.currency) == (budget.amount, budget.currency)


@_habit("", _("a date is impossible, or off by years"))
def impossible_dates(record: Record) -> Answer:
    return _corrected(record, ["date_impossible", "date_year_off"])


@_habit("/contracts/amendments", _("no contract lists amendments"))
def no_amendments(record: Record) -> Answer:
    return _gives_no(record.process.contracts, "amendments")


@_habit("/awards/date", _("no award has a date"))
def no_award_date(record: Record) -> Answer:
    return _gives_no(record.process.awards, "date")


@_habit("/contracts/documents", _("no contract has documents"))
def no_contract_documents(record: Record) -> Answer:
    return _gives_no(record.process.contracts, "documents")


@_habit("/tender/value/amount", _("the tender has no estimate above 0"))
def no_estimate(record: Record) -> Answer:
    value = record.process.tender.value
    return not (value and value.amount)


@_habit("/tender/tenderPeriod/endDate", _("the time to bid has no end"))
def no_end_of_tender(record: Record) -> Answer:
    period = record.process.tender.tender_period
    return not (period and period.end)


@_habit("/tender/procurementMethod", _("the procurement method is not given"))
def no_method(record: Record) -> Answer:
    return not record.process.tender.method


@_habit("/tender/numberOfTenderers", _("a competitive procedure counts one tenderer"), may_be_of_buyers=True)
def one_tenderer(record: Record) -> Answer:
    """Most often, that is how a source fills the field."""
    number = record.process.tender.number_of_tenderers
    return None if number is None or record.process.tender.method not in COMPETITIVE else number == 1


@_habit("/tender/procurementMethod", _("the procedure is direct or limited"), may_be_of_buyers=True)
def no_open_procedure(record: Record) -> Answer:
    """If nearly all records of a source do this, R013 does not apply."""
    method = record.process.tender.method
    return method in NON_COMPETITIVE if method in {*COMPETITIVE, *NON_COMPETITIVE} else None


@_habit("/planning/documents", _("no document is of the planning"))
def no_planning_documents(record: Record) -> Answer:
    return not record.has_planning_documents


@_habit("/tender/procurementMethodRationale", _("a procedure without competition has no rationale"))
def no_rationale(record: Record) -> Answer:
    tender = record.process.tender
    return not tender.method_rationale if tender.method in NON_COMPETITIVE else None


@_habit("/contracts/dateSigned", _("no contract has a day of signature"))
def no_signature_date(record: Record) -> Answer:
    return _gives_no(record.process.contracts, "date_signed")


@_habit("/tender/tenderers", _("what was awarded lists no tenderers"))
def no_tenderers(record: Record) -> Answer:
    return not _has_tenderers(record) if record.process.awards else None


@_habit("/tender/numberOfTenderers", _("the number of tenderers is the same"))
def number_of_tenderers(record: Record) -> Answer:
    number = record.process.tender.number_of_tenderers
    return None if number is None else str(number)


@_habit("/parties/id", _("the id of an organization is a placeholder"))
def organization_without_id(record: Record) -> Answer:
    return _corrected(record, ["placeholder"], "/id") if record.process.parties else None


@_habit("/tender/procurementMethodRationale", _("the rationale is the same"))
def rationale(record: Record) -> Answer:
    text = record.process.tender.method_rationale
    return text if len(text) <= _MAX_VALUE_LENGTH else NO  # A long one is written for the record.


@_habit("/contracts/dateSigned", _("the day of signature is the end of the contract's term"))
def signed_at_end_of_term(record: Record) -> Answer:
    contracts = record.process.contracts
    return _all_equal((contract.date_signed, contract.period and contract.period.end) for contract in contracts)


@_habit("/contracts/dateSigned", _("the day of signature is the start of the contract's term"))
def signed_at_start_of_term(record: Record) -> Answer:
    contracts = record.process.contracts
    return _all_equal((contract.date_signed, contract.period and contract.period.start) for contract in contracts)


@_habit("/awards/date", _("the day of signature is before that of the award"))
def signed_before_award(record: Record) -> Answer:
    both = [(signed, awarded) for signed, awarded in _award_and_signature(record.process) if signed and awarded]
    return any(signed.date() < awarded.date() for signed, awarded in both) if both else None


@_habit("/contracts/dateSigned", _("the day of signature is that of the award"))
def signed_when_awarded(record: Record) -> Answer:
    return _all_equal(_award_and_signature(record.process))


@_habit("/tender/tenderPeriod", _("the time to bid starts and ends in one moment"))
def tender_in_one_moment(record: Record) -> Answer:
    moments = _time_to_bid(record)
    return moments[0] == moments[1] if moments else None


@_habit("/tender/tenderers/name", _("a tenderer has no name"))
def tenderer_without_name(record: Record) -> Answer:
    return _corrected(record, ["party_without_name"]) if _has_tenderers(record) else None


def _all_equal(pairs: Iterator[tuple[object, object]]) -> Answer:
    known = [one == other for one, other in pairs if one is not None and other is not None]
    return all(known) if known else None


def _gives_no(stages: Sequence[Award | Contract], member: str) -> Answer:
    return not any(getattr(stage, member) for stage in stages) if stages else None


def _corrected(record: Record, codes: Sequence[str], ending: str = "") -> bool:
    return any(entry.reason in codes and entry.path.endswith(ending) for entry in record.corrections)


def _time_to_bid(record: Record) -> tuple[datetime, datetime] | None:
    period = record.process.tender.tender_period
    return (period.start, period.end) if period and period.start and period.end else None


def _award_and_signature(process: Process) -> Iterator[tuple[datetime | None, datetime | None]]:
    awards = {award.id: award.date for award in process.awards}
    for contract in process.contracts:
        yield contract.date_signed, awards.get(contract.award_id)


def _sum(stages: Sequence[Award | Contract], currency: str) -> Decimal | None:
    """Return the sum of stages; None if there are none, or one has no amount in this currency."""
    amounts = [stage.value.amount if stage.value and stage.value.currency == currency else None for stage in stages]
    known = [amount for amount in amounts if amount is not None]
    return sum(known, Decimal(0)) if known and len(known) == len(amounts) else None


def _same_sum(value: Value | None, stages: Sequence[Award | Contract]) -> Answer:
    if value is None or not value.amount or (total := _sum(stages, value.currency)) is None:
        return None
    return total == value.amount


def _has_tenderers(record: Record) -> bool:
    process = record.process
    return bool(process.tender.tenderers or process.bids) or _corrected(record, ["party_without_name"])
