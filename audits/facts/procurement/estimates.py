"""Estimates with which awards can hardly be compared: copied from them, net of a tax, of lots awarded repeatedly."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

from audits.facts.procurement.contract_values import is_estimate, pairs_compared
from audits.facts.procurement.money import Money, money
from audits.facts.procurement.procedures import is_award_notice, require_competition
from audits.facts.procurement.taxes import taxed, with_tax
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import InsufficientDataError, NotApplicableError
from contracts.ocds.parsing.objects import Award

# An award is the estimate with its tax up to so much of it: prices of units are rounded.
_ROUNDING = Decimal("0.001")


def require_tax_held(awarded: Money, estimate: Money, margin: float) -> None:
    """
    Let pass estimates that hold their tax, awards that are net too, and those above the gross by more than a margin.

    :raises InsufficientDataError: if the estimate alone is net, and the award lies between it and its gross, or if the
        award is the estimate with its tax
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


def require_parts(awards: Sequence[Award], estimate: Money) -> None:
    """
    Let pass awards that can be added up, for each is of a part of what was estimated.

    :raises InsufficientDataError: if several are of one lot, or several that name neither lot nor items are of more
        than half of the estimate each: they may be parts, stand beside each other, or be listed twice
    """
    unplaced = (money(award.value) for award in awards if not award.related_lots and not award.items)
    large = sum(value is not None and 2 * value.amount > estimate.amount for value in unplaced)
    if large > 1:
        raise InsufficientDataError("/awards/relatedLots", "awarded_beside", count=large)
    times = Counter(lot for award in awards for lot in award.related_lots)
    repeated = sorted(lot for lot, number in times.items() if number > 1)
    if repeated:
        raise InsufficientDataError("/awards/relatedLots", "lot_awarded_repeatedly", lot=repeated[0])


def require_own_estimate(dossier: Dossier) -> None:
    """
    Let pass tenders whose estimate is likely to be their own, and not the award's.

    :raises NotApplicableError: if nobody competed, the contract is open, or the record tells of the award alone
    :raises InsufficientDataError: if the award is the estimate's
    """
    require_competition(dossier)
    estimate, minimum = money(dossier.process.tender.value), money(dossier.process.tender.min_value)
    if estimate and minimum and minimum.currency == estimate.currency and minimum.amount < estimate.amount:
        raise NotApplicableError("open_contract", minimum=str(minimum))
    if is_award_notice(dossier.process.tender):
        raise NotApplicableError("award_notice_only")
    if any(is_estimate(pair, estimate) for pair in pairs_compared(dossier.process)):
        raise InsufficientDataError("/awards/value/amount", "award_is_estimate")
