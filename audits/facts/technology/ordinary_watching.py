"""Why surveillance technology that is bought is only context."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from audits.facts.procurement.small_purchases import trifle
from audits.facts.technology.own_offices import hires_guards, watches_own_offices
from audits.facts.technology.own_use import locates_others, of_others
from audits.facts.technology.public_space import PUBLIC_SPACE, is_of_public_space
from audits.facts.technology.record_words import has_words_beside_names
from audits.facts.technology.security_bodies import security_buyers, security_links
from audits.facts.technology.watched_people import mentions_people_in_care
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import named
from audits.judging.rule.vocabulary import Context
from audits.matching.lexicon import BOTH, Mention
from audits.matching.scope import IDENTIFICATION, INTRUSION

# What identifies people or reaches into what they say; all but readers of fingers, of which doors and desks have one,
# is no trifle at any price, and neither is a plate reader.
GRAVE = frozenset({*IDENTIFICATION, *INTRUSION} - {"location_tracking"})
_AT_ANY_PRICE = GRAVE - {"biometric_id"} | {"lpr"}


def ordinary_watching(dossier: Dossier, found: Iterable[Mention], trifles: Mapping[str, Any]) -> Context | None:
    """
    Return why technology for surveillance is ordinary: of a body's own, of guards, of its offices or a trifle.

    Return ``None`` if it is not.
    """
    found = tuple(found)
    others = of_others(dossier, found)
    if not others:
        return Context("own_use", {"words": named(found)})
    if watches_own_offices(dossier, others):
        return Context("of_guards" if hires_guards(dossier) else "own_offices", {"words": named(others)})
    return trifle_that_watches_few(dossier, others, trifles)


def locates_things(dossier: Dossier, found: Collection[Mention]) -> Context | None:
    """Return that all that is found locates, and no text tells that others are located, or security is; or None."""
    if any(mention.concept != "location_tracking" for mention in found):
        return None
    is_of_people = locates_others(dossier) or security_buyers(dossier) or security_links(dossier)
    return None if is_of_people else Context("locates", {"words": named(found)})


def _watches_many(dossier: Dossier, found: tuple[Mention, ...]) -> bool:
    """Return whether more than a house is watched: from the air, by a security body, streets, people in its hands."""
    if dossier.mentions_of("drone", strengths=BOTH) or security_buyers(dossier):
        return True
    if all(mention.concept == "location_tracking" for mention in found):
        return False
    return bool(
        is_of_public_space(dossier, found)
        or has_words_beside_names(dossier, PUBLIC_SPACE)
        or dossier.mentions_of("city_platform", "command_centre")
        or mentions_people_in_care(dossier)
        or security_links(dossier)
    )


def trifle_that_watches_few(
    dossier: Dossier, found: tuple[Mention, ...], trifles: Mapping[str, Any]
) -> Context | None:
    """Return ``harmless_trifle``, but for one by the name of its method, which tells no price, that watches many."""
    small = harmless_trifle(dossier, found, trifles)
    is_by_name = small is not None and small.reason == "trifling_by_name"
    return None if is_by_name and _watches_many(dossier, found) else small


def harmless_trifle(dossier: Dossier, found: Iterable[Mention], trifles: Mapping[str, Any]) -> Context | None:
    """Return that the technology ``found`` is known to cost little; ``None`` if it is not, or ``is_sensitive``."""
    return None if is_sensitive(dossier, found) else trifle(dossier, trifles)


def is_sensitive(dossier: Dossier, found: Iterable[Mention]) -> bool:
    """
    Return whether the technology ``found`` is to be asked about at any price.

    It is if it knows faces, intercepts or reads plates, looks at those who are in a body's hands, stands beside a
    command centre, or a civil buyer buys it for a security body.
    """
    is_grave = any(mention.concept in _AT_ANY_PRICE for mention in found)
    is_for_security = bool(security_links(dossier)) and not security_buyers(dossier)
    return (
        is_grave or is_for_security or mentions_people_in_care(dossier) or bool(dossier.mentions_of("command_centre"))
    )
