"""Reasons why a purchase of surveillance technology is reported as context and not as a flag."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from audits.facts.methods.small_purchases import modest, trifle
from audits.facts.technology.ordinary.own_offices import hires_guards, mentions_more_than_offices, watches_own_offices
from audits.facts.technology.ordinary.own_use import locates_others, of_others
from audits.facts.technology.prominence import mentioned_doubtfully, reads_otherwise
from audits.facts.technology.record_words import has_named_buyer, has_words_beside_names, is_called
from audits.facts.technology.security_bodies import security_buyers, security_links
from audits.facts.technology.systems.public_space import PUBLIC_SPACE, is_of_public_space
from audits.facts.technology.systems.watched_people import mentions_people_in_care
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import named
from audits.judging.rule.vocabulary import Context
from audits.matching.lexicon import BOTH, Mention
from audits.matching.purchases.scope import IDENTIFICATION, INTRUSION

# Technology that identifies people or intercepts what they say. It is never a small purchase, whatever the price, and
# neither is what reads plates or listens for shots. Biometric readers are the exception: doors and desks have them.
GRAVE = frozenset({*IDENTIFICATION, *INTRUSION} - {"gunshot_detection", "location_tracking"})
_AT_ANY_PRICE = GRAVE - {"biometric_id"} | {"gunshot_detection", "lpr"}
# The text classifier has seen little of these, and doubts them without reason.
_RARE = frozenset({*IDENTIFICATION, *INTRUSION})
# Below so many trifles 7 of 19 flags of T01 and T03 on cameras without such a sign were right, in eight readings.
_MODEST = 2
# The same for a single place for the public, such as an airport: below so many trifles 5 of 24 were right.
_MODEST_PLACE = 4


def ordinary_watching(dossier: Dossier, found: Iterable[Mention], trifles: Mapping[str, Any]) -> Context | None:
    """
    Return the context that makes surveillance technology ordinary; ``None`` if it is not ordinary.

    It is ordinary if it watches a body's own vehicles, staff or offices, is used by hired guards, or costs little.
    """
    found = tuple(found)
    others = of_others(dossier, found)
    if not others:
        return Context("own_use", {"words": named(found)})
    if watches_own_offices(dossier, others):
        return Context("of_guards" if hires_guards(dossier) else "own_offices", {"words": named(others)})
    return trifle_that_watches_few(dossier, others, trifles)


def locates_things(dossier: Dossier, found: Collection[Mention]) -> Context | None:
    """Return the context that all of ``found`` locates, but not other people and not for security; or ``None``."""
    if any(mention.concept != "location_tracking" for mention in found):
        return None
    is_of_people = locates_others(dossier) or security_buyers(dossier) or security_links(dossier)
    return None if is_of_people else Context("locates", {"words": named(found)})


def doubtful_watching(dossier: Dossier, found: Collection[Mention], trifles: Mapping[str, Any]) -> Context | None:
    """
    Return the context of ``mentioned_doubtfully`` or ``reads_otherwise``, or that cameras watch few; or ``None``.

    The second only for cameras, drones and plate readers, whose words have other meanings.
    """
    doubt = mentioned_doubtfully(dossier)
    if doubt or any(mention.concept in _RARE for mention in found):
        return doubt
    return reads_otherwise(dossier) or _few_cameras(dossier, found, trifles)


def _few_cameras(dossier: Dossier, found: Collection[Mention], trifles: Mapping[str, Any]) -> Context | None:
    """Return the context that cameras cost little and, as far as is told, watch offices or one place; or ``None``."""
    if any(mention.concept != "video_surveillance" for mention in found) or security_buyers(dossier):
        return None
    if is_sensitive(dossier, found):
        return None
    if not mentions_more_than_offices(dossier, tuple(found)):
        multiple = _MODEST
    elif not _watches_many(dossier, tuple(found)) and not is_called(dossier, "public_body"):
        multiple = _MODEST_PLACE
    else:
        return None
    small = modest(dossier.process, trifles, multiple)
    return Context("few_cameras", small.values) if small else None


def of_small_place(dossier: Dossier, found: Collection[Mention], trifles: Mapping[str, Any]) -> Context | None:
    """Return the context that nothing, or cameras alone, watch no street for less than a trifle; or ``None``."""
    is_place = all(mention.concept == "video_surveillance" for mention in found)
    return modest(dossier.process, trifles, 1) if is_place and not is_of_public_space(dossier, found) else None


def _watches_many(dossier: Dossier, found: tuple[Mention, ...]) -> bool:
    """Return whether more than a building is watched: from the air, by a security body, streets, people in custody."""
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
    """
    Return ``harmless_trifle``; ``None`` if only the name of the method says that it is small, and it watches many.

    The name of a method gives no price.
    """
    small = harmless_trifle(dossier, found, trifles)
    is_by_name = small is not None and small.reason == "trifling_by_name"
    return None if is_by_name and _watches_many(dossier, found) else small


def harmless_trifle(dossier: Dossier, found: Iterable[Mention], trifles: Mapping[str, Any]) -> Context | None:
    """Return the context that the technology ``found`` costs little; ``None`` if unknown, or if ``is_sensitive``."""
    return None if is_sensitive(dossier, found) else trifle(dossier, trifles)


def is_sensitive(dossier: Dossier, found: Iterable[Mention]) -> bool:
    """
    Return whether the technology ``found`` is too sensitive to be set aside as a small purchase.

    It is if it recognises faces, intercepts or reads plates, if the record mentions people in care or custody, if a
    civil buyer buys it for a security body, or beside a command centre. Cameras alone are watched from a "monitoring
    centre" in any building, so that the buyer has to govern a territory, serve the public or be unnamed.
    """
    found = tuple(found)
    if any(mention.concept in _AT_ANY_PRICE for mention in found) or mentions_people_in_care(dossier):
        return True
    if security_links(dossier) and not security_buyers(dossier):
        return True
    return bool(dossier.mentions_of("command_centre")) and (
        any(mention.concept != "video_surveillance" for mention in found)
        or is_called(dossier, "public_body", "public_place")
        or not has_named_buyer(dossier)
    )
