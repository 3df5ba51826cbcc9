"""Why surveillance technology that is found asks nothing by itself, though it is bought."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from audits.facts.guards import beside_guards
from audits.facts.own_use import of_others
from audits.facts.small_purchases import trifle
from audits.facts.technology import TOLD_PARTS, named, security_buyers
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Context
from audits.matching.lexicon import Mention
from audits.matching.normalize import fold

# People who are in a body's hands: to watch them is grave at any price.
_IN_CARE = re.compile(
    r"\b(?:(?:alumn|detainee|estudiant|estudant|imigrant|inmate|inmigrant|migrant|pacient|patient|prisoner|pupil|"
    r"recluso|refugee|refugiad|student)\w*|alun[ao]s?|children|criancas?|menores de (?:edad|idade)|nin[ao]s?|ppl|"
    r"presos|privad[ao]s (?:de|da) (?:la )?(?:libertad|liberdade))\b"
)


def ordinary_watching(dossier: Dossier, found: Iterable[Mention], trifles: Mapping[str, Any]) -> Context | None:
    """
    Return why technology for surveillance is ordinary: of a body's own, of guards, or a trifle; ``None`` if it is not.

    However little it costs, it is not where a security body buys it, nor where it looks at those who are in its
    hands.
    """
    found = tuple(found)
    others = of_others(dossier, found)
    if not others:
        return Context("own_use", {"words": named(found)})
    if not beside_guards(dossier, others):
        return Context("of_guards", {"words": named(others)})
    if _is_of_people_in_care(dossier) or security_buyers(dossier):
        return None
    return trifle(dossier, trifles)


def _is_of_people_in_care(dossier: Dossier) -> bool:
    return any(_IN_CARE.search(fold(text.value).text) for text in dossier.texts if text.part in TOLD_PARTS)
