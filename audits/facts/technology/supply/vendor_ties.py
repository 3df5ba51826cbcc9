"""Grounds that tie a buyer to one vendor: exclusivity, compatibility, upkeep by the maker, and extensions."""

import re

from audits.facts.beside import Beside, exclusion_beside
from audits.facts.methods.extensions import extensions
from audits.facts.methods.grounds import cited_grounds
from audits.judging.dossiers.parts import GROUND_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each
from audits.judging.rule.vocabulary import Evidence
from audits.matching.lexicon import WEAK
from audits.matching.purchases.scope import OBJECT_PARTS
from contracts.ocds.codelists.codes import NON_COMPETITIVE

_CITED = ("exclusive_rights", "technical_reasons", "continuity")
_CONCEPTS = ("exclusivity", "compatibility_only", "proprietary_licence", "maintenance_by_vendor")
# All that this purchase itself installs: "garantia de 36 meses para toda a solução instalada".
_BESIDE = (Beside("bought_itself", 12, before=re.compile(r"\btod[ao] (?:a|la|el|o) $")),)


def vendor_ties(dossier: Dossier) -> tuple[Evidence, ...]:
    """
    Return the grounds, by the article of a law or in words, and the extensions of a contract.

    Strong words speak for themselves anywhere, weak ones only where the method is justified.
    """
    words = (
        *dossier.mentions_of(*_CONCEPTS, parts=OBJECT_PARTS | GROUND_PARTS),
        *dossier.mentions_of(*_CONCEPTS, parts=GROUND_PARTS, strengths=(WEAK,)),
    )
    ties = (word for word in words if not dossier.leaves_out(word, exclusion_beside(dossier, word, _BESIDE)))
    return (
        *cited_grounds(dossier, _CITED),
        *(dossier.evidence(mention) for mention in first_of_each((*ties, *extensions(dossier)))),
    )


def earlier_direct_purchases(dossier: Dossier) -> list[str]:
    """Return the ocids of earlier purchases without competition from a supplier of this process."""
    suppliers = {supplier.id or supplier.name for supplier in dossier.process.suppliers()}
    return [
        earlier.ocid
        for earlier in dossier.statistics.supplier_history or ()
        if earlier.supplier in suppliers and earlier.method in NON_COMPETITIVE
    ]
