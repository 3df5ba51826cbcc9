"""Shares of a supplier in the spending of a buyer, and whether a question about one was asked before."""

from collections.abc import Mapping
from decimal import Decimal

from audits.facts.methods.procedures import require_choice_of_supplier
from audits.facts.money import Money, bound_above
from audits.facts.stages import standing_tender, suppliers_by_key
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.processes import ShareBefore
from audits.judging.rule.vocabulary import Context

# If one purchase is more than half of the spend, the share only says that it is large.
HALF = 0.5


def require_supplier_of_choice(dossier: Dossier) -> None:
    """
    Require a valid tender whose supplier was chosen on a market.

    :raises NotApplicableError, InsufficientDataError: as ``standing_tender``, or if it was not
    """
    standing_tender(dossier)
    require_choice_of_supplier(dossier)
    suppliers_by_key(dossier.process)


def asked_before(before: ShareBefore | None, least: Mapping[str, float]) -> Context | None:
    """Return the context that the previous purchase raises the same question, by the ``least`` of each member."""
    if before is None or before.largest > HALF or any(getattr(before, name) < value for name, value in least.items()):
        return None
    return Context("asked_before", {"ocid": before.ocid})


def small_sum(amount: int, currency: str, bounds: Mapping[str, int]) -> Context | None:
    """Return the context that an amount, in whole units, is below the bound of its currency, if that has one."""
    spent = Money(Decimal(amount), currency)
    bound = bound_above(spent, bounds)
    return Context("small_sum", {"spent": str(spent), "bound": str(bound)}) if bound else None
