"""
The financing may have decided who the supplier is.

## Why it matters

When a loan or gift brings its own supplier, no one else could offer a better price or another technology.

## Method

Flag technology in scope if a listed lender or donor and a supplier share a home country and competition was absent or
limited by one of these:

* a direct or limited method;
* a ground of exclusivity or special regime;
* terms that tie the purchase to the lender.

The supplier's country is that of its address, else that of the list of vendors.

## Exclusions

* Open competition.
* Nationality alone: without limited competition nothing is flagged.
* Purchases that were called off before anything was signed or paid.

## Sources

OECD, Tied aid disciplines in the Arrangement on export credits. AidData, project pages of China dataset 3.0.
"""

from collections.abc import Iterator

from audits.facts.sellers.financing import financing, lenders, tied_supply_pairs
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, InsufficientDataError, NotApplicableError, Severity, Stage, rule


@rule(
    code="T06",
    title="Tied supply",
    stage=Stage.AWARD,
    severity=Severity.HIGH,
    version=16,
    lists=("financiers", "vendors"),
    sentences={
        "default": "Lender {lender} and supplier {supplier} share a home country ({country:country}), and competition "
        "was limited.",
    },
    reasons={
        "no_lender": "no lender or donor is named",
        "lender_unknown": "the lender is not named, or not on the list",
    },
)
def tied_supply(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    if not lenders(dossier):
        if financing(dossier):
            raise InsufficientDataError("/parties/identifier", "lender_unknown")
        raise NotApplicableError("no_lender")
    if not dossier.process.suppliers():
        raise InsufficientDataError("/awards/suppliers", "no_supplier")
    seen: set[tuple[str, str]] = set()
    for pair in tied_supply_pairs(dossier):
        key = (pair.lender, pair.supplier)
        if key not in seen:
            seen.add(key)
            yield Finding(
                evidence=pair.evidence,
                values={"lender": pair.lender, "supplier": pair.supplier, "country": pair.country},
                cites=key,
            )
