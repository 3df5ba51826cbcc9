"""
Cameras of a body's own offices, cameras of hired guards, and signs that more than offices is watched.

Cameras are assumed to watch offices unless a sign says otherwise: a place for the public, people outside, analytics,
or the buyer. The words for these signs are lists in ``fixtures/reference/words.csv``.
"""

import re
from collections.abc import Iterable

from audits.facts.technology.prominence import reads_below
from audits.facts.technology.record_words import (
    but_for,
    has_named_buyer,
    has_words,
    has_words_beside_names,
    holds_any,
    is_called,
)
from audits.facts.technology.security_bodies import security_buyers, security_links
from audits.facts.technology.systems.public_space import PUBLIC_SPACE, is_of_public_space
from audits.facts.technology.systems.watched_people import mentions_people_in_care
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import Mention
from audits.matching.texts.normalize import fold

# Office buildings directly after cameras: "CCTV para el edificio sede". The seat of a town is the whole town ("sede do
# município"). A room named after cameras, or an office where papers are handed in, is not a place that is watched.
_BUILDING = re.compile(
    r"[^.;]{0,60}?\b(?:administraci(?:on|ones) (?:central|regional(?:es)?)|almacen(?:es)?|almoxarifados?|bodegas?|"
    r"buildings?|casa consistorial|dependencias|edificios?|instalaciones cuartel\w+|"
    r"instalaciones (?:de la|del) (?:dependencia|entidad|gobernacion|instituto|ministerio|organismo|secretaria)"
    r"(?! (?:(?:de|la|nacional|para) )*(?:aeroport|educa|ensenanza|federativa|menor|migra|portuari|protec|transport))|"
    r"(?<!de )escritorios?|head ?quarters|imoveis|"
    r"local (?:central|institucional)|locales del?|"
    r"(?:head|its|main|the) office|offices|oficinas?|palacio (?:de justicia|municipal)|predios?|"
    r"sedes?(?! (?:comunal|elec?tronica|electoral|municipal|social|"
    r"(?:de la|del?|d[ao]) (?:cidade|ciudad|comarca|concelho|distrito|municipio)))|sucursal(?:es)?|town hall|"
    r"warehouses?)\b"
    r"(?! (?:de |d[ao] |para )?(?:\w+ )?(?:adquisiciones|camaras|cameras|cctv|cftv|compras|contrataciones|guarda|"
    r"monitor\w*|partes|planeacion|seguridad|seguranca|sistemas|televig\w*|video\w*|vigilancia))"
)
# Prepositions of place. An "and" after one joins another place ("para el parque y las oficinas"); an "and" before one
# joins other goods ("y grabadores para las oficinas").
_AT = re.compile(r"\b(?:at|de|del|em|en|for|in|n[ao]s?|para)\b")
_JOINED = re.compile(r",| (?:and|e|y) ")
# "Servicio de seguridad física y vigilancia", "vigilância patrimonial", "manned guarding".
_GUARDS = re.compile(
    r"\b(?:servicios?|servicos?|prestacion|prestacao|contratacion|contratacao|puntos?|puestos?|postos?) "
    r"(?:de(?: un| una| um| uma)? |d[ao]s? )?(?:servicios? de |servicos? de |puntos? de |puestos? de |postos? de )?"
    r"(?:seguridad|vigilancia|seguranca|proteccion)"
    r"(?:(?:,? (?:y|e|o) | ?/ ?)(?:seguridad|vigilancia|seguranca|proteccion))? ?"
    r"(?:armada|desarmada|fisica|humana|patrimonial|presencial|privada)\b"
    r"|\b(?:guardias?|guardas|vigilantes|agentes) (?:de (?:seguridad|seguranca)|armad[ao]s)\b"
    r"|\b(?:guardiania|manned guarding|security guards?|guarding services?)\b"
)
# Every match of ``_GUARDS`` contains one of these. Few texts do, so checking these first takes a fraction of the time.
_GUARD_SIGNS = ("agentes", "armad", "fisica", "guard", "humana", "patrimonial", "presencial", "privada", "vigilantes")
# Maximum distances in characters: from cameras to a building after them, and to guards or alarms on either side.
_REACH = 120
_NEAR = 250
# The preposition before the owner of a building, and the number of characters after it that are searched for the
# owner's name: "dependencias del | hospital de clínicas".
_OF = re.compile(r" (?:del?|d[aeo]s?|of)(?: (?:el|l[ao]s?|the))? ")
_NAME_REACH = 30
# More cameras than an office building has; the number of a plan and a year do not count.
_MANY_CAMERAS = re.compile(
    r"(?<![\w/.,-])(?!(?:19|20)\d\d\b)\d{3,4} (?:(?!de |of |para )\w{1,12} ){0,2}(?:cameras|camaras)\b"
)
# Surveillance by security bodies at sea, in the air and at war: "airborne surveillance systems".
_AT_LARGE = re.compile(r"surveillance(?! (?:camera|cctv|equipment|video))")
# A record without a named buyer is assumed to be about offices if its probability of technology is below this.
_LIKELY = 0.9


def watches_own_offices(dossier: Dossier, found: tuple[Mention, ...]) -> bool:
    """
    Return whether no sign shows that cameras watch more than the offices of a body.

    The buyer is a sign if it has more than offices, or is not named. It is no sign for cameras of a named building.
    """
    return not beside_buildings(dossier, found) or (
        all(mention.concept == "video_surveillance" for mention in found)
        and not mentions_more_than_offices(dossier, found)
        and (has_named_buyer(dossier) or reads_below(dossier, _LIKELY))
        # "Ministério Público do Estado": courts and prosecutors have offices, although the name contains a territory.
        and (is_called(dossier, "court", "prosecution") or not is_called(dossier, "public_body", "public_place"))
        and not (security_buyers(dossier) and any(_AT_LARGE.match(fold(mention.written).text) for mention in found))
    )


def beside_buildings(dossier: Dossier, found: Iterable[Mention]) -> tuple[Mention, ...]:
    """Return the mentions without cameras that protect buildings: near a building, hired guards or alarms."""
    found = tuple(found)
    beside = tuple(
        mention
        for mention in found
        if mention.concept != "video_surveillance" or not _protects_building(dossier, mention)
    )
    if beside != found:
        # Guards watch a hospital or a library as they watch offices.
        of_guards = all(_follows_guards(dossier, mention) for mention in found)
        is_told = mentions_more_than_a_place if of_guards else mentions_more_than_offices
        if is_told(dossier, found):
            return found
    return but_for(dossier, found, beside, "of_building")


def hires_guards(dossier: Dossier) -> bool:
    """Return whether a record mentions hired guards."""
    return dossier.holds_any_of(_GUARD_SIGNS) and has_words(dossier, _GUARDS)


def mentions_more_than_offices(dossier: Dossier, found: tuple[Mention, ...]) -> bool:
    """
    Return whether a record says that more than offices is watched.

    It does if it names places for the public, or for ``mentions_more_than_a_place``.
    """
    return has_words_beside_names(dossier, "public_place") or mentions_more_than_a_place(dossier, found)


def mentions_more_than_a_place(dossier: Dossier, found: tuple[Mention, ...]) -> bool:
    """
    Return whether a record says that more than a building for the public is watched.

    It does if it names people outside, analytics, a control centre, at least a hundred cameras or a security body.
    """
    return bool(
        has_words_beside_names(dossier, "beyond_offices")
        or has_words(dossier, _MANY_CAMERAS)
        or has_words_beside_names(dossier, PUBLIC_SPACE)
        or is_of_public_space(dossier, found)
        or dossier.mentions_of("city_platform", "command_centre")
        or mentions_people_in_care(dossier)
        or (is_called(dossier, "public_place") if security_buyers(dossier) else security_links(dossier))
    )


@cached_fact  # asked by four rules
def _protects_building(dossier: Dossier, mention: Mention) -> bool:
    return _stands_beside_guards(dossier, mention) or _is_of_building(dossier, mention)


def _stands_beside_guards(dossier: Dossier, mention: Mention) -> bool:
    near = dossier.folded_around(mention, _NEAR)
    guards = any(sign in near for sign in _GUARD_SIGNS) and _GUARDS.search(near)
    return bool(guards) or holds_any(dossier, near, "alarm")


def _follows_guards(dossier: Dossier, mention: Mention) -> bool:
    """Return whether a service of guards that comes with cameras is bought."""
    before = dossier.folded_before(mention, _NEAR)
    return mention.concept == "video_surveillance" and bool(_GUARDS.search(before))


def _is_of_building(dossier: Dossier, mention: Mention) -> bool:
    """Return whether an office building is named directly after cameras."""
    after = dossier.folded_after(mention, _REACH)
    building = _BUILDING.match(after)
    if building is None or holds_any(dossier, building[0], "handed_in"):
        return False
    place = _AT.search(building[0])
    if _JOINED.search(building[0], place.start() if place else 0):
        return False
    owner = _OF.match(after, building.end())
    return owner is None or not holds_any(dossier, after[owner.end() :][:_NAME_REACH], "public_place")
