"""Figures that stay as they are, as far as rules can tell, whatever the buyer of a process buys from others."""

import sys
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import structs

from audits.judging.figures.processes import BuyerShare, ProcessFigures, SupplierShare
from audits.judging.rule_set import RuleSet

# More than there is of anything.
_MANY = sys.maxsize


def settled_in(figures: ProcessFigures, sectors: Collection[str], rule_set: RuleSet) -> str:
    """
    Return the currency in which other suppliers may sell the buyer more, and no rule is told anything else.

    With each such purchase the shares of the suppliers of the process fall, purchases and suppliers get more, and the
    buyer may be on record for longer. What rules are told of all that moves with it one way only (``bounds``), so that
    they are told the same of whatever lies between two ends of which they are told the same. Shares are those in the
    main currency, which what is bought in it leaves as it is.

    :param figures: as they were computed
    :param sectors: those of the process
    :returns: ``""`` if there is no such currency, or not one for all shares
    """
    of_buyer = [share for share in figures.supplier_shares or () if share.awards is not None]
    shares: Sequence[BuyerShare | SupplierShare] = [*(figures.buyer_shares or ()), *of_buyer]
    currencies = {share.currency for share in shares}
    if len(currencies) != 1 or not figures.buyer_shares or {share.sector for share in of_buyer} != set(sectors):
        return ""
    told = rule_set.asked(figures)
    ends = _with(figures, {"processes": _MANY}, {"suppliers": _MANY}), _with(figures, {"share": 0.0})
    return currencies.pop() if all(rule_set.asked(end) == told for end in ends) else ""


def _with(figures: ProcessFigures, values: Mapping[str, Any], of_all: Mapping[str, Any] = {}) -> ProcessFigures:
    """
    Return figures of a buyer that is on record for longer.

    :param values: members of each share in what it spent
    :param of_all: further ones of the shares in all that it spent
    """
    coverage = figures.source_coverage
    return structs.replace(
        figures,
        buyer_shares=[structs.replace(share, **values, **of_all) for share in figures.buyer_shares or ()],
        supplier_shares=figures.supplier_shares
        and [share if share.awards is None else structs.replace(share, **values) for share in figures.supplier_shares],
        source_coverage=coverage and structs.replace(coverage, own_since="", own_months=_MANY),
    )
