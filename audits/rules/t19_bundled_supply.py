"""
Equipment, operation, upkeep, training and finance are one lot.

## Why it matters

Only few firms can offer everything at once, and nobody can later change one part without the others.

## Method

For technology in scope without lots, count which of these the object holds: equipment, operation, maintenance,
training, finance. "Turnkey" counts as one part more. Flag `parts` or more.

### Severity

* **medium**: finance is among them.
* **low**: all else.
* **context** (waits for no decision):
  * What costs less than one of the `trifles` (by currency). Where no amount is told, a method that is kept for such
    tells it.
  * Goods that come with upkeep and training alone, as most do: without finance, operation or "turnkey". Not for a
    core network (T07), nor for technology that T01 calls high.

## Exclusions

* Tenders with two lots or more.
* Names of classes.
* The acquisition of services, licences and software, which is no equipment.
* What the thing bought is for ("software for operation and maintenance", "training systems").
* What a text of 3000 characters and 30 sentences or more names behind its first 600 characters.
* Purchases that were called off before anything was signed or paid.

## Sources

Directive 2014/24/EU, recital 78 and art. 46 (division into lots).
"""

from collections.abc import Iterator, Mapping

from audits.facts.procurement.small_purchases import TRIFLES, trifle
from audits.facts.technology.bundles import parts_of_supply
from audits.facts.technology.core_networks import core_networks
from audits.facts.technology.ordinary_watching import GRAVE
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import named
from audits.judging.rule.vocabulary import Change, Context, Finding, NotApplicableError, Severity, Stage, rule
from audits.matching.lexicon import Mention

# What is in no ordinary bundle.
_UNUSUAL = frozenset({"finance", "operation", "turnkey"})


@rule(
    code="T19",
    title="Bundled supply",
    stage=Stage.TENDER,
    severity=Severity.LOW,
    version=12,
    changes={
        2: Change(
            "2026-11-25",
            "The thing bought must be technology too, else the finding is withheld; each text is read in its own "
            "language, each lot by itself.",
        ),
        3: Change(
            "2026-11-27",
            "Words with other meanings count only where the notice reads more clearly like technology, and "
            "words within the name of a buyer no longer tell what is bought; names of classes, acquired services, "
            "licences and software, and what the thing bought is for are no part; trifles are context.",
        ),
        4: Change("2026-11-28", "Not asked of what was called off before anything was signed or paid."),
        5: Change(
            "2026-11-28",
            "Goods that come with upkeep and training alone are context, unless they are a core network or "
            "technology that T01 calls high.",
        ),
        6: Change("2026-11-28", "Networks are core networks as in the newest version of T07."),
        7: Change("2026-11-28", "A network is one as in the newest version of T07."),
        8: Change(
            "2026-11-29",
            "A network is one as in the newest version of T07. What only a long list names, behind its "
            "first words, is not what is bought.",
        ),
        9: Change("2026-11-29", "“Delivery” alone is no supply: services are delivered too."),
        10: Change(
            "2026-11-29",
            "The words of a directive on why a supplier may not change (“difficulties in operation and "
            "maintenance”) are no supply.",
        ),
        11: Change(
            "2026-11-29",
            "What an exclusion sets aside, or a text denies, is withheld, with the exclusion and the passage.",
        ),
        12: Change(
            "2026-11-29",
            "Work that tells what a thing is for (“training systems”, “maintenance software”) is no supply.",
        ),
    },
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
    """Return that goods come with upkeep and training alone, as most do: each can be bought of another later."""
    if found.keys() & _UNUSUAL or core_networks(dossier) or dossier.mentions_of(*GRAVE):
        return None
    return Context("ordinary_supply", {})
