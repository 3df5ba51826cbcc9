"""
A gift or free pilot came before the purchase.

Why it matters
--------------
Who lends a system for nothing writes the terms of the tender that follows: the data, the staff and the poles are his.

Method
------
Flag a purchase of technology in scope if the same buyer earlier received, from one of its suppliers and in the same
sector, something without price: a donation, a pilot, a loan for use, or a contract of value zero.

Exclusions
----------
The gift itself. Gifts after the purchase, and gifts of other suppliers or of other technology.

Sources
-------
OCP, Red flags for integrity. Press reports on pilots of facial recognition, in the table of known projects.
"""

from collections.abc import Iterator

from audits.dossier import Dossier
from audits.rules.base import Evidence, Finding, InsufficientDataError, NotApplicableError, Severity, Stage, rule
from audits.rules.readings import require_scope


@rule(
    code="T17",
    title={"en": "Gift, then purchase", "es": "Regalo y luego compra", "pt": "Doação e depois compra"},
    stage=Stage.AWARD,
    severity=Severity.MEDIUM,
    version=1,
    sentences={
        "default": {
            "en": "{supplier} gave something without price before this purchase ({ocid}).",
            "es": "{supplier} entregó algo sin precio antes de esta compra ({ocid}).",
            "pt": "{supplier} entregou algo sem preço antes desta compra ({ocid}).",
        }
    },
)
def gift_then_purchase(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    process = dossier.process
    suppliers = {supplier.id or supplier.name: supplier for supplier in process.suppliers()}
    if not suppliers:
        raise InsufficientDataError("/awards/suppliers", "no supplier is named")
    values = [*(award.value for award in process.awards), *(contract.value for contract in process.contracts)]
    amounts = [value.amount for value in values if value]
    if amounts and not any(amount for amount in amounts):
        raise NotApplicableError("this process itself has no price")
    for earlier in dossier.statistic("supplier_history"):
        supplier = suppliers.get(earlier["supplier"])
        if supplier and earlier.get("gift") and set(earlier.get("sectors", ())) & set(dossier.scope.sectors):
            yield Finding(
                evidence=(Evidence(supplier.path, {"id": supplier.id, "name": supplier.name}, supplier.name),),
                values={"supplier": supplier.name, "ocid": earlier["ocid"]},
                cites=(earlier["supplier"], earlier["ocid"]),
            )
