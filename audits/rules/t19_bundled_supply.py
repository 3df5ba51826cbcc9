"""
Equipment, operation, maintenance, training and finance are one lot.

## Why it matters

Only few companies can offer everything at once, and nobody can later change one part without the others.

## Method

For technology in scope without lots, count which of these the object includes: equipment, operation, maintenance,
training, finance. "Turnkey" counts as one more part. Flag `parts` or more.

### Severity

* **medium**: finance is among them.
* **low**: everything else.
* **context** (needs no decision):
  * Purchases below one of the `trifles` (by currency). If no amount is given, a method reserved for small purchases
    shows it.
  * Goods with only maintenance and training, as most have: without finance, operation or "turnkey". Not for a core
    network (T07), nor for technology that is high in T01.
  * The lines and the network of an office, as in T02.

## Exclusions

* Tenders with two lots or more.
* Names of classes.
* Purchases of services, licences and software, which are not equipment.
* The purpose of the object ("software for operation and maintenance", "training systems").
* Parts that a text of 3000 characters and 30 sentences or more names after its first 600 characters.
* Purchases that were called off before anything was signed or paid.

## Sources

Directive 2014/24/EU, recital 78 and art. 46 (division into lots).
"""

from collections.abc import Iterator, Mapping

from audits.facts.methods.small_purchases import TRIFLES, trifle
from audits.facts.technology.control.linking import are_lines_of_staff
from audits.facts.technology.ordinary.ordinary_watching import GRAVE
from audits.facts.technology.scope import require_scope
from audits.facts.technology.supply.bundles import parts_of_supply
from audits.facts.technology.systems.core_networks import core_networks
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import named
from audits.judging.rule.vocabulary import Context, Finding, NotApplicableError, Severity, Stage, rule
from audits.matching.lexicon import Mention

# What is in no ordinary bundle.
_UNUSUAL = frozenset({"finance", "operation", "turnkey"})


@rule(
    code="T19",
    title="Bundled supply",
    stage=Stage.TENDER,
    severity=Severity.LOW,
    version=25,
    on_trial=True,
    sentences={
        "default": "{count} kinds of supply are one lot: {words}.",
    },
    reasons={
        "has_lots": "the tender is divided into lots",
        "ordinary_supply": "goods come with their upkeep and training, and the buyer operates and pays them",
    },
)
def bundled_supply(dossier: Dossier, *, parts: int = 3, trifles: Mapping[str, int] = TRIFLES) -> Iterator[Finding]:
    require_scope(dossier)
    if len(dossier.process.tender.lots) > 1:
        raise NotApplicableError("has_lots")
    found = parts_of_supply(dossier)
    if len(found) >= parts:
        yield Finding(
            evidence=tuple(dossier.evidence(mention, part) for part, mention in found.items()),
            values={"count": len(found), "words": named(found.values())},
            severity=Severity.MEDIUM if "finance" in found else Severity.LOW,
            context=trifle(dossier, trifles) or _ordinary(dossier, found),
        )


def _ordinary(dossier: Dossier, found: Mapping[str, Mention]) -> Context | None:
    """Return that goods come with upkeep and training alone, as most do, or that all are those of an office."""
    if are_lines_of_staff(dossier):
        return Context("office_goods", {})
    if found.keys() & _UNUSUAL or core_networks(dossier) or dossier.mentions_of(*GRAVE):
        return None
    return Context("ordinary_supply", {})
