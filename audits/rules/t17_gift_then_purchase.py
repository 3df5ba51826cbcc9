"""
A gift or free pilot came before the purchase.

## Why it matters

A supplier that lends a system for free shapes the tender that follows: it owns the data, trains the staff and has set
up the equipment.

## Method

Flag a purchase of technology in scope if the same buyer earlier received, from one of its suppliers and in the same
sector, something without price: a donation, a pilot, a loan for use, or a contract of value zero.

The record itself may mention it. A text is flagged without earlier processes if it says both of these:

* the object was given, lent or tried for free ("doado", "cedido en comodato", "free pilot");
* it is bought after that or from the same supplier ("aquisição definitiva", "tras el piloto", "del mismo proveedor").

The flag is **context** (needs no decision) if the buyer had already bought from that supplier without competition
after the gift: the question was asked then.

## Exclusions

* The gift itself.
* Gifts after the purchase, and gifts of other suppliers or of other technology.
* In texts, gifts of a government, an agency or a bank.
* Purchases that were called off before anything was signed or paid.

## Sources

OCP, Red flags for integrity. Press reports on pilots of facial recognition, in the table of known projects.
"""

from collections.abc import Iterator, Sequence

from audits.facts.sellers.gifts import gift_mentions
from audits.facts.stages import others_cited
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.process import Dossier
from audits.judging.figures.processes import EarlierPurchase
from audits.judging.rule.naming import named_evidence
from audits.judging.rule.vocabulary import (
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)


@rule(
    code="T17",
    title="Free supply, then purchase",
    stage=Stage.AWARD,
    severity=Severity.MEDIUM,
    version=15,
    reads=("supplier_history",),
    sentences={
        "default": "{supplier} gave something without price before this purchase ({ocid}).",
        "told": "The record itself says that this purchase follows a gift, a loan or a free pilot: {words}.",
        "later": "{supplier} gave something without price before this purchase ({ocid}), and sold without "
        "competition in between ({since}).",
    },
    reasons={
        "unpriced": "this process itself has no price",
    },
)
def gift_then_purchase(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    process = dossier.process
    values = [*(award.value for award in process.awards), *(contract.value for contract in process.contracts)]
    amounts = [value.amount for value in values if value]
    if amounts and not any(amount for amount in amounts):
        raise NotApplicableError("unpriced")
    gifts = gift_mentions(dossier)
    if gifts:
        yield Finding(
            evidence=gifts,
            values={"words": named_evidence(gifts)},
            sentence="told",
        )
        if dossier.statistics.supplier_history is None:
            return
    suppliers = {supplier.id or supplier.name: supplier for supplier in process.suppliers()}
    if not suppliers:
        if gifts:
            return
        raise InsufficientDataError("/awards/suppliers", "no_supplier")
    history: Sequence[EarlierPurchase] = dossier.statistic("supplier_history")
    for earlier in history:
        supplier = suppliers.get(earlier.supplier)
        if supplier and earlier.is_gift and set(earlier.sectors) & set(dossier.sectors):
            since = _bought_since(earlier, history)
            yield Finding(
                evidence=(
                    Evidence(supplier.path, {"id": supplier.id, "name": supplier.name}, supplier.name),
                    *others_cited(filter(None, (earlier.ocid, since))),
                ),
                values={"supplier": supplier.name, "ocid": earlier.ocid} | ({"since": since} if since else {}),
                sentence="later" if since else "default",
                severity=Severity.CONTEXT if since else None,
                cites=(earlier.supplier, earlier.ocid),
            )


def _bought_since(gift: EarlierPurchase, history: Sequence[EarlierPurchase]) -> str:
    """Return the ocid of the first purchase from the supplier between a gift and now, ``""`` if there is none."""
    later = sorted(
        (entry.date, entry.ocid)
        for entry in history
        if entry.supplier == gift.supplier and not entry.is_gift and entry.date > gift.date
    )
    return later[0][1] if later else ""
