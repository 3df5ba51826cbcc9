"""Why surveillance technology that is found asks nothing by itself, though it is bought."""

from collections.abc import Iterable, Mapping
from typing import Any

from audits.facts.guards import beside_guards
from audits.facts.own_use import of_others
from audits.facts.small_purchases import trifle
from audits.facts.technology import IDENTIFICATION, INTRUSION, named, security_buyers
from audits.facts.watched_people import tells_of_people_in_care
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Context
from audits.matching.lexicon import Mention

# What identifies people or reaches into what they say; all but readers of fingers, of which doors and desks have one,
# is grave at any price.
GRAVE = frozenset({*IDENTIFICATION, *INTRUSION} - {"location_tracking"})
_AT_ANY_PRICE = GRAVE - {"biometric_id"}


def ordinary_watching(dossier: Dossier, found: Iterable[Mention], trifles: Mapping[str, Any]) -> Context | None:
    """
    Return why technology for surveillance is ordinary: of a body's own, of guards, or a trifle; ``None`` if it is not.

    However little it costs, it is not where a security body buys it, where it looks at those who are in its hands, nor
    where it is grave.
    """
    found = tuple(found)
    others = of_others(dossier, found)
    if not others:
        return Context("own_use", {"words": named(found)})
    if not beside_guards(dossier, others):
        return Context("of_guards", {"words": named(others)})
    if any(mention.concept in _AT_ANY_PRICE for mention in others):
        return None
    return harmless_trifle(dossier, trifles)


def harmless_trifle(dossier: Dossier, trifles: Mapping[str, Any]) -> Context | None:
    """
    Return that sensitive technology is known to cost little; ``None`` if it is not.

    ``None`` too where a security body buys it, or it looks at those who are in a body's hands.
    """
    if tells_of_people_in_care(dossier) or security_buyers(dossier):
        return None
    return trifle(dossier, trifles)
