"""Public places: cameras that watch streets and squares, and records of schools, hospitals and similar places."""

import re
from collections.abc import Iterable

from audits.facts.technology.record_words import (
    has_words,
    has_words_beside_names,
    holds_any,
    is_called,
    stand_beside_names,
)
from audits.judging.dossiers.parts import PROSE_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context
from audits.matching.lexicon import Mention
from audits.matching.purchases.scope import WATCHING
from audits.matching.texts.normalize import fold

# Words directly after cameras that make them the cameras of a town, and the maximum distance in characters.
_OF_TOWN = re.compile(
    r"(?:[ ,()]{0,3}+(?:cctv|camaras?|cameras?|de seguridad|de seguranca|de vigilancia|de television|"
    r"urban[ao]s?|y monitoreo)\b){0,4}+"
    r"[ ,()-]{0,3}+"
    r"(?:ciudad de|del municipio|de la ciudad|da cidade|do municipio|de la (?:galeria|plaza) municipal|"
    r"(?:de|en|para) (?:la |las )?comunas?|comunal(?:es)?|en (?:la )?vias? publicas?)\b"
)
_TOWN_REACH = 60
# A chamber or camera that cools or measures a body: "cámara corporal para crioterapia".
_OF_BODY = re.compile(r" (?:de |para )?(?:crio|hiperbar|temperatur)")
# Words for streets and squares, and their maximum distance from cameras, in characters.
PUBLIC_SPACE = re.compile(
    r"\b(?:(?:areas?|espacios?|espacos?|locais|lugares|parques?|plazas?|vias?|zonas?) public[ao]s?|(?<!entre )calles|"
    # Not "sita en Avenidas Brasil y Perú", nor "en calle Brasil 12".
    r"(?<!ubicad[ao] en )(?<!ubicad[ao]s en )(?<!sit[ao] en )avenidas|"
    r"(?<!ubicad[ao] )(?<!ubicad[ao]s )(?<!sit[ao] )en (?:la )?(?:calle|plaza)(?! [^,;.]{0,30}\d)|"
    r"em (?:ruas?|pracas?)(?! [^,;.]{0,30}\d)|pracas|ruas|semaforos?|"
    r"(?<!desarrollo )(?<!desenvolvimento )(?<!obras )(?<!planificacion )(?<!planejamento )urban[ao]s?|"
    r"public (?:areas?|highways?|roads?|spaces?|streets?)|streets(?! (?:avenue|lane|road))|traffic lights|"
    r"(?:city|town) cent(?:er|re)s?)\b"
)
_SPACE_REACH = 100
# Public security as the purpose: "para mejorar la seguridad ciudadana", "reforço da segurança pública".
_SECURITY = re.compile(
    r"\b(?:(?:convivencia|prevencion|seguranca|seguridad) (?:y (?:convivencia|defensa|proteccion|tranquilidad) )?"
    r"(?:cidada|ciudadana|comunitaria|municipal|publica|urbana)|"
    r"(?:convivencia|prevencion) social|prevencion del delito|public safety)\b"
)
# Words for schools, hospitals, transport and their providers that the lexicon does not list as purposes.
_CIVIL = re.compile(
    r"\b(?:(?:autobus|clinic|colegio|crech|educac|energ|escol|guarder|hospita|liceo|mobilidade|movilidad|museo|museu|"
    r"omnibus|onibus|rodoviari|salud|saude|school|touris|transport|turis)\w*|"
    r"bus(?:es)?|education|health|trains?|tren(?:es)?|trens)\b"
)


def mentions_public_places(dossier: Dossier) -> bool:
    """Return whether a record mentions schools, hospitals, parks or similar places, or one of them is the buyer."""
    return has_words(dossier, "public_place") or is_called(dossier, "public_place")


def openly_security(dossier: Dossier) -> Context | None:
    """Return the context that a record names public security, and no civil purpose; else ``None``."""
    is_civil = (
        dossier.mentions_of("civil_purpose", parts=PROSE_PARTS)
        or has_words(dossier, _CIVIL)
        or is_called(dossier, _CIVIL)
        or is_called(dossier, "public_place")
    )
    return Context("openly_security", {}) if not is_civil and has_words_beside_names(dossier, _SECURITY) else None


def stands_in_public_space(dossier: Dossier, mention: Mention) -> bool:
    """Return whether words for streets and squares stand near a mention."""
    return stand_beside_names(dossier, PUBLIC_SPACE, dossier.folded_around(mention, _SPACE_REACH))


def is_of_public_space(dossier: Dossier, mentions: Iterable[Mention]) -> bool:
    """Return whether cameras are near words for streets and squares, are body-worn, or belong to a town."""
    mentions = tuple(mention for mention in mentions if mention.concept in WATCHING)
    return _is_of_town(dossier, mentions) or any(
        (
            holds_any(dossier, fold(mention.written).text, "worn_camera")
            and not _OF_BODY.match(dossier.folded_after(mention, _TOWN_REACH))
        )
        or stands_in_public_space(dossier, mention)
        for mention in mentions
    )


def _is_of_town(dossier: Dossier, mentions: Iterable[Mention]) -> bool:
    """Return whether cameras belong to a town and not to a building: "CCTV del municipio de X"."""
    return any(_OF_TOWN.match(dossier.folded_after(mention, _TOWN_REACH)) for mention in mentions)
