"""Estimates that are hardly comparable with awards: copied from them, net of a tax, or of lots awarded repeatedly."""

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from audits.facts.competition.tenderers import count_tenderers
from audits.facts.contracts.contract_values import is_estimate, pairs_compared
from audits.facts.methods.procedures import is_award_notice, require_competition
from audits.facts.methods.small_purchases import bound_in
from audits.facts.money import Money, has_cents, money
from audits.facts.taxes import taxed, with_tax
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, InsufficientDataError, NotApplicableError
from audits.matching.texts.normalize import fold_phrase
from contracts.ocds.parsing.objects import Award, Process

# Maximum deviation of an award from the estimate with tax, because unit prices are rounded.
_ROUNDING = Decimal("0.001")
# Maximum deviation of awards that are the estimate: cents.
_SAME = Decimal("0.00001")
# An excess below this share of a trifle is not worth a question.
_LITTLE = Decimal("0.2")
# An award above the first share of the estimate covers all of it; others, above the second share, are beside it.
_WHOLE, _BESIDE = Decimal("0.9"), Decimal("0.5")
# A sum with fewer digits before its zeros may be a multiple of another one by chance.
_MIN_DIGITS = 5
_MONTHS = 12


def require_estimate_with_tax(awarded: Money, estimate: Money, margin: float) -> None:
    """
    Require an estimate with tax beside an award with tax.

    :raises InsufficientDataError: if only the estimate is net: the award is its gross value, or up to ``margin`` above
        it
    """
    plain, rounded = taxed(estimate), with_tax(estimate)
    if plain and abs(awarded.amount - plain.gross.amount) <= plain.gross.amount * _ROUNDING:
        net = plain
    elif (
        rounded
        and not with_tax(awarded)
        and estimate.amount <= awarded.amount <= rounded.gross.amount * (1 + Decimal(str(margin)))
    ):
        net = rounded
    else:
        return
    raise InsufficientDataError(
        "/tender/value/amount", "estimate_net_of_tax", percent=net.percent, gross=str(net.gross)
    )


def require_one_term(awarded: Money, estimate: Money) -> None:
    """
    Require an award that is not the estimate times a number of months over twelve: 15/12 are three months more.

    :raises InsufficientDataError: if it is, to a hundred-thousandth, unless it is a round sum, which may be chance
    """
    months = round(awarded.amount * _MONTHS / estimate.amount)
    is_multiple = abs(awarded.amount - estimate.amount * months / _MONTHS) <= _SAME * estimate.amount
    if months > _MONTHS and is_multiple and len(str(int(awarded.amount * 100)).rstrip("0")) >= _MIN_DIGITS:
        raise InsufficientDataError("/tender/value/amount", "other_term", months=months)


def require_parts(awards: Sequence[Award], estimate: Money) -> None:
    """
    Raise InsufficientDataError unless each award is for a part of the estimate. Awards may also be alternatives: those
    for one lot, several without lot that each exceed half of the estimate, several that each reach it, or one of
    nearly all of it beside others that together exceed half. If the others already add up to the estimate, an award
    may be listed twice, or be their sum.
    """
    values = [(money(award.value), bool(award.related_lots or award.items)) for award in awards]
    large = [
        value
        for value, is_placed in values
        if value and (value.amount >= estimate.amount if is_placed else 2 * value.amount > estimate.amount)
    ]
    if len(large) > 1:
        raise InsufficientDataError("/awards/relatedLots", "awarded_beside", count=len(large))
    same = estimate.amount * _SAME
    excess = sum(value.amount for value, _ in values if value) - estimate.amount
    twice = [value for value, _ in values if value and excess > same and abs(value.amount - excess) <= same]
    if twice:
        raise InsufficientDataError("/awards/value/amount", "award_counted_twice", amount=str(twice[0]))
    amounts = sorted(value.amount for value, _ in values if value)
    if amounts and amounts[-1] >= _WHOLE * estimate.amount and sum(amounts[:-1]) > _BESIDE * estimate.amount:
        whole = str(Money(amounts[-1], estimate.currency))
        raise InsufficientDataError("/awards/value/amount", "whole_beside_others", amount=whole)
    times = Counter(lot for award in awards for lot in award.related_lots)
    repeated = sorted(lot for lot, number in times.items() if number > 1)
    if repeated:
        raise InsufficientDataError("/awards/relatedLots", "lot_awarded_repeatedly", lot=repeated[0])


def copied(awarded: Money, estimate: Money) -> Context | None:
    """Return the context that an award equals an estimate to odd cents; or ``None``."""
    return Context("award_is_copied", {}) if awarded == estimate and has_cents(estimate) else None


def exceeds_little(process: Process, awarded: Money, estimate: Money, trifles: Mapping[str, int]) -> Context | None:
    """Return the context that an award exceeds an estimate by less than a fifth of a trifle; or ``None``."""
    excess, of_trifle = (
        Money(awarded.amount - estimate.amount, awarded.currency),
        bound_in(process, awarded.currency, trifles),
    )
    bound = Money(_LITTLE * of_trifle.amount, excess.currency) if of_trifle else None
    if bound is None or excess.amount >= bound.amount:
        return None
    return Context("little_more", {"excess": str(excess), "bound": str(bound)})


def rivals_bid(process: Process, awards: Sequence[Award]) -> Context | None:
    """Return the context that several bid for the only one of ``awards``; ``None`` also if this is unknown."""
    try:
        count, _ = count_tenderers(process)
    except InsufficientDataError:
        return None
    return Context("rivals_bid", {"count": count}) if len(awards) == 1 and count > 1 else None


def price_set(dossier: Dossier) -> Context | None:
    """Return the context that a law, or the call itself, sets the price of what is bought; or ``None``."""
    found = dossier.reference.words.pattern("set_price").search(fold_phrase(dossier.process.tender.title))
    return Context("price_set", {"words": found[0]}) if found else None


def require_expense(dossier: Dossier) -> None:
    """
    Raise NotApplicableError if the title says that the firm pays the body, as for the lease of a café or advertising
    space.
    """
    title, words = fold_phrase(dossier.process.tender.title), dossier.reference.words
    let, out = (words.pattern(kind).search(title) for kind in ("letting", "let_out"))
    if let and out:
        raise NotApplicableError("income", words=f"{let[0]} … {out[0]}")


def require_own_estimate(dossier: Dossier) -> None:
    """
    Require a competition for one price, with an estimate not copied from the award.

    :raises NotApplicableError: if there was no competition, the contract is open, or only the award is told
    :raises InsufficientDataError: if the award equals the estimate
    """
    require_competition(dossier)
    estimate, minimum = money(dossier.process.tender.value), money(dossier.process.tender.min_value)
    if estimate and minimum and minimum.currency == estimate.currency and minimum.amount < estimate.amount:
        raise NotApplicableError("open_contract", minimum=str(minimum))
    if is_award_notice(dossier.process.tender):
        raise NotApplicableError("award_notice_only")
    if any(is_estimate(pair, estimate) for pair in pairs_compared(dossier.process)):
        raise InsufficientDataError("/awards/value/amount", "award_is_estimate")
