"""Guards, where cameras are but what they watch with: people are hired, and no system is bought."""

import re
from collections.abc import Iterable

from audits.facts.technology import is_of_town, security_buyers, security_links
from audits.facts.told import tells
from audits.facts.watched_people import tells_of_people_in_care
from audits.judging.dossier import Dossier
from audits.judging.known_facts import worked_out_once
from audits.matching.lexicon import Mention
from audits.matching.normalize import fold

# "Servicio de seguridad física y vigilancia", "vigilância patrimonial", "manned guarding".
_GUARDING = re.compile(
    r"\b(?:servicios?|servicos?|prestacion|prestacao|contratacion|contratacao|puntos?|puestos?|postos?) "
    r"(?:de(?: un| una| um| uma)? |d[ao]s? )?(?:servicios? de |servicos? de |puntos? de |puestos? de |postos? de )?"
    r"(?:seguridad|vigilancia|seguranca|proteccion)"
    r"(?:,? (?:y|e|o) (?:seguridad|vigilancia|seguranca|proteccion))? ?"
    r"(?:armada|desarmada|fisica|humana|patrimonial|presencial|privada)\b"
    r"|\b(?:guardias?|guardas|vigilantes|agentes) (?:de (?:seguridad|seguranca)|armad[ao]s)\b"
    r"|\b(?:guardiania|manned guarding|security guards?|guarding services?)\b"
)
# Cameras that a text tells of right after guards are theirs; what stands further off is bought beside them, and so is
# what another sentence tells of, or words for buying and building.
_REACH = 120
_BESIDE = re.compile(
    r"[.;]|\b(?:suministr|provision|adqui|aquisi|compra|fornecimento|instal|implement|implant|suppl|purchas)"
)
# Streets and squares: who guards a building watches none.
_PUBLIC_SPACE = re.compile(
    r"\b(?:(?:areas?|espacios?|espacos?|locais|lugares|parques?|plazas?|vias?|zonas?) public[ao]s?|avenidas|calles|"
    r"pracas|ruas|urban[ao]s?|public (?:areas?|highways?|roads?|spaces?|streets?)|streets|"
    r"(?:city|town) cent(?:er|re)s?)\b"
)


def beside_guards(dossier: Dossier, found: Iterable[Mention]) -> tuple[Mention, ...]:
    """
    Return the mentions that are more than the cameras of guards who are hired.

    All of them are where public space is watched, or people who are in a body's hands, and where a security body buys.
    """
    found = tuple(found)
    of_guards = [mention for mention in found if _is_of_guards(dossier, mention)]
    if not of_guards or _is_more_than_guarding(dossier) or is_of_town(dossier, of_guards):
        return found
    return tuple(mention for mention in found if mention not in of_guards)


def _is_of_guards(dossier: Dossier, mention: Mention) -> bool:
    if mention.concept != "video_surveillance":
        return False
    before = fold(dossier.text_of(mention)[max(0, mention.start - _REACH) : mention.start]).text
    ends = [found.end() for found in _GUARDING.finditer(before)]
    return bool(ends) and not _BESIDE.search(before, ends[-1])


@worked_out_once
def _is_more_than_guarding(dossier: Dossier) -> bool:
    return bool(
        tells(dossier, _PUBLIC_SPACE)
        or dossier.mentions_of("city_platform", "command_centre")
        or security_links(dossier)
        or security_buyers(dossier)
        or tells_of_people_in_care(dossier)
    )
