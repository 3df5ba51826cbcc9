"""Awards compared with their contracts and estimates, where that is possible."""

import re
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from audits.facts.money import Money, money, total
from audits.facts.stages import contracts_by_award
from audits.facts.taxes import general_tax
from audits.judging.rule.vocabulary import Context, InsufficientDataError, NotApplicableError
from audits.matching.texts.normalize import fold
from contracts.ocds.parsing.objects import Award, Contract, Period, Process, Tender

# A year, or twelve months of thirty days; and more than any year.
YEAR, _MORE_THAN_A_YEAR = timedelta(days=360), timedelta(days=367)
_LATER_TERM = timedelta(days=90)
_OTHER_SCALE = 100
# A term of a year, possibly somewhat shortened by calls and budgets.
_FIRST_TERM = 300
# "Inclusive of VAT and an optional extension", "IVA incluido", "com as prorrogações".
_HOLDS_MORE = re.compile(
    r"(?<!\bno )(?<!\bno se )(?<!\bnao )(?<!\bnao se )(?<!\bnot )"
    r"\b(?:(?:inclusive of|including|includes) (?:(?:vat|all taxes)(?: and (?:an |the |all )?(?:optional )?"
    r"extensions?)?|(?:an |the |all )?(?:optional )?extensions?)|"
    r"(?:vat|iva|impuestos|impostos) (?:inclusive|included|incluid[ao]s?)|"
    r"(?:incluye|inclui|com|con) (?:el |o |as |la |las )?(?:iva|impuestos|impostos|prorrogas?|prorrogac(?:ao|oes)))\b"
)
_EXTENSION = re.compile(r"extension|prorrog")
# The estimate is the most that may be offered. ES: Ley 9/2017, artículo 100, and Real Decreto 1098/2001, artículo 84;
# PT: Código dos Contratos Públicos, artigos 47 and 70.
_ESTIMATE_BINDS = frozenset({"ES", "PT"})
# Maximum factor of all taxes on a purchase.
_MAX_TAXES = Decimal("1.3")


class Pair(NamedTuple):
    """``signed`` is the sum of the contracts, in the currency of the award."""

    award: Award
    contracts: tuple[Contract, ...]
    awarded: Money
    signed: Money

    @property
    def is_signed_less(self) -> bool:
        """Return whether less was signed than awarded."""
        return self.signed.amount < self.awarded.amount

    @property
    def is_of_one_scale(self) -> bool:
        """Return whether they are comparable: not tenfold or more apart, which would be an error, or other units."""
        less, more = sorted((self.awarded.amount, self.signed.amount))
        return more < _OTHER_SCALE * less and abs(more - 10 * less) > less / 10


def compared(pairs: Sequence[tuple[Award, tuple[Contract, ...]]]) -> list[Pair]:
    """
    Return the awards comparable with their contracts.

    :raises InsufficientDataError: if values are missing
    :raises NotApplicableError: if they are in other currencies
    """
    known = [(award, contracts, money(award.value)) for award, contracts in pairs]
    awarded = [(award, contracts, value) for award, contracts, value in known if value is not None]
    if not awarded:
        raise InsufficientDataError("/awards/value/amount", "no_award_value")
    found, other_currency = [], False
    for award, contracts, value in awarded:
        signed = total(money(contract.value) for contract in contracts)
        if signed is not None and signed.currency == value.currency:
            found.append(Pair(award, contracts, value, signed))
        elif signed is not None:
            other_currency = True
    if not found and other_currency:
        raise NotApplicableError("currencies_differ")
    if not found:
        raise InsufficientDataError("/contracts/value/amount", "no_contract_value")
    return found


def pairs_compared(process: Process) -> list[Pair]:
    """Return the awards whose value can be compared with that of their contracts; empty if there are none."""
    try:
        return compared(contracts_by_award(process))
    except (InsufficientDataError, NotApplicableError):
        return []


def is_estimate(pair: Pair, estimate: Money | None) -> bool:
    """Return whether an award equals the estimate while less was signed: publishers copy the budget into both."""
    return pair.awarded == estimate and pair.is_signed_less


def ordinary_difference(process: Process, pair: Pair) -> Context | None:
    """Return why a contract that differs from its award is only context; ``None`` if nothing shows it."""
    if pair.is_signed_less:
        return Context("signed_less", {})
    estimate = money(process.tender.value)
    # A table of contracts may have one award for a tender with several.
    if len(process.awards) == 1 and estimate and estimate.currency == pair.signed.currency:
        is_part = 2 * pair.awarded.amount < estimate.amount
        if is_part and pair.signed.amount <= estimate.amount:
            return Context("award_of_part", {"estimate": str(estimate)})
    return None


def signed_less(process: Process, contract: Contract) -> Context | None:
    """Return the context that a contract is below its award: the differences do not add up to more."""
    pair = _pair_of(process, contract)
    return Context("signed_less", {}) if pair and pair.is_signed_less else None


def signed_more(process: Process, contract: Contract) -> bool:
    """Return whether a contract is above its award by more than rounding."""
    pair = _pair_of(process, contract)
    return bool(pair and pair.signed.amount >= pair.awarded.amount + 1)


def _pair_of(process: Process, contract: Contract) -> Pair | None:
    """Return the award with only one contract, and that contract; ``None`` if they cannot be compared."""
    return next((pair for pair in pairs_compared(process) if pair.contracts == (contract,)), None)


def lasts_years(process: Process, pair: Pair) -> bool:
    """Return whether an award covers more than a year, so that a contract may be for one year of it."""
    periods = (pair.award.contract_period, process.tender.contract_period, *(entry.period for entry in pair.contracts))
    return any(_lasts(period, _MORE_THAN_A_YEAR) for period in periods)


def is_of_a_term(contract: Contract) -> bool:
    """
    Return whether the value of a contract may be that of its last term.

    Some buyers renew a contract by amendments, and publish period and value of the last renewal as those of the
    contract; its payments include earlier terms.
    """
    signed, period = contract.date_signed, contract.period
    return bool(contract.amendments and signed and period and period.start and period.start - signed > _LATER_TERM)


def renewed(process: Process, pair: Pair, most: Decimal) -> Context | None:
    """
    Return the context that a contract was renewed, at most at ``most`` times the previous daily cost.

    Yearly purchases cost more in total over more years. Works are bought once, however long they take.
    """
    if len(pair.contracts) != 1 or process.tender.category == "works":
        return None
    contract = pair.contracts[0]
    dates = [change.date for change in contract.amendments]
    period, known = contract.period, [date for date in dates if date]
    if len(known) < max(len(dates), 1) or not period or not period.start or not period.length:
        return None
    first, whole = (min(known) - period.start).days, period.length.days
    if first < _FIRST_TERM or whole <= first or pair.signed.amount * first > pair.awarded.amount * whole * most:
        return None
    return Context("renewed", {"days": first, "whole": whole})


def contract_days(tender: Tender, contract: Contract) -> int:
    """Return the duration of the purchase in days: the longer of the periods of tender and contract; 0 if unknown."""
    periods = (tender.contract_period, contract.period)
    return max([0, *(period.length.days for period in periods if period and period.length)])


def _lasts(period: Period | None, least: timedelta) -> bool:
    return bool(period and period.length and period.length >= least)


def require_like_amounts(process: Process, awarded: Money, estimate: Money) -> None:
    """
    Raise InsufficientDataError if awards include extensions or taxes, and the tender does not say so.

    Where no award may exceed the estimate by law, an excess of no more than the tax is taken for the tax, unless the
    tender says that the estimate holds it.
    """
    said = _HOLDS_MORE.findall(fold(f"{process.tender.title} {process.tender.description}").text)
    tax = general_tax(process.country, estimate.currency) if process.country in _ESTIMATE_BINDS else None
    if tax and awarded.amount <= estimate.amount * (1 + tax) and all(map(_EXTENSION.search, said)):
        raise InsufficientDataError("/awards/value/amount", "may_hold_tax", percent=f"{(100 * tax).normalize():f}")
    if said:
        return
    taxes_may_do = awarded.amount <= estimate.amount * _MAX_TAXES
    for award in process.awards:
        for text in (award.title, award.description, award.rationale):
            for found in _HOLDS_MORE.finditer(fold(text).text):
                if taxes_may_do or _EXTENSION.search(found[0]):
                    raise InsufficientDataError(f"{award.path}/value/amount", "holds_more", words=found[0])
