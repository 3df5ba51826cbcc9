"""Ordinary cameras of one building of offices: nobody but who works or calls there is watched."""

import re
from collections.abc import Mapping
from typing import Any

from audits.facts.guards import watches_houses_of_many
from audits.facts.public_space import is_of_public_space
from audits.facts.security_bodies import security_buyers, security_links
from audits.facts.small_purchases import costs_less_than
from audits.facts.told import tells
from audits.facts.watched_people import tells_of_people_in_care
from audits.judging.dossier import Dossier
from audits.matching.lexicon import Mention
from audits.matching.normalize import fold

# A building of offices, right after cameras: "CCTV para el edificio sede". The seat of a town is all of it ("sede do
# município"); what is named after cameras, or where papers are handed in, is no place that is watched.
_BUILDING = re.compile(
    r"[^.;]{0,60}?\b(?:almacen|almoxarifado|bodega|casa consistorial|edificio|(?<!de )escritorio|head ?quarters|"
    r"local (?:central|institucional)|office building|(?:head|its|main|the) office|oficina|"
    r"palacio (?:de justicia|municipal)|predio|sede(?! (?:comunal|elec?tronica|electoral|municipal|social|"
    r"(?:de la|del?|d[ao]) (?:cidade|ciudad|comarca|concelho|distrito|municipio)))|sucursal|town hall|warehouse)\b"
    r"(?! (?:de |d[ao] |para )?(?:\w+ )?(?:adquisiciones|camaras|cameras|cctv|cftv|compras|contrataciones|guarda|"
    r"monitor\w*|partes|planeacion|seguridad|seguranca|sistemas|televig\w*|video\w*|vigilancia))"
)
_REACH = 120
# What stands between them tells of another place, or of what is handed in: "con entrega no almoxarifado".
_ELSEWHERE = re.compile(
    r",| (?:and|e|y) |\b(?:abertura|apertura|bids?|deliver\w*|entreg\w*|ofert\w*|present\w*|procurement|propostas?|"
    r"propuestas?|receb\w*|recib\w*|supervis\w*|tenders?)\b"
)
# More than one of them, more than offices, or more than cameras and what records them.
_MORE = re.compile(
    r"\b(?:agencias|almacenes|analitic\w+|analytics?|branches|buildings|centros? de (?:control|mando|monitore\w+)|"
    r"control (?:cent(?:er|re)|room)|sala de monitor\w+|video ?walls?|edificios|(?<!edificio de )(?:dependencias|"
    r"escritorios|oficinas|offices)|locations|inteligen\w+|intelligent|ai|anpr|ia|lpr|ocr|facia(?:l|les|is)|rost(?:o|ro)s?|"
    r"matriculas|placas|contagem|conteo|people counting|(?:deteccao|deteccion) de (?:personas|pessoas)|ssp|"
    r"comarcas|consulados|distritos|foruns|fronte[ir]\w+|juzgados|locales de votacion|municipios|postos|puestos|"
    r"(?:pontos|puntos) (?:criticos|estrategicos)|central \d{3}|"
    r"borough|centro historico|colonias?|comunitari\w+|corregimientos?|de menores|detenc\w+|detention|infanti(?:l|s)|"
    r"modulos|socioeducativ\w+|victimas|vitimas|votac\w+|"
    r"(?:a nivel|de ambito|de cobertura) (?:departamental|nacional|provincial|regional)|interconect\w+|"
    r"nation ?wide|predios|sedes|sites|sucursales|en todo el pais|em todo o (?:estado|pais)|unidades|"
    r"\d{3,} (?:\w+ ){0,2}(?:cameras|camaras))\b"
)
# So many times what a trifle costs, some hundred thousand euros: for that a hundred cameras are bought, more than a
# building of offices has.
_MANY_TRIFLES = 10


def watches_own_offices(dossier: Dossier, found: tuple[Mention, ...], trifles: Mapping[str, Any]) -> bool:
    """
    Tell whether cameras are those of one building of offices, which is named right after them.

    They are not where streets, schools, hospitals or people in a body's hands are watched, several buildings are, a
    security body has to do with it, or they may cost ten times one of ``trifles`` or more.
    """
    return (
        all(mention.concept == "video_surveillance" for mention in found)
        and any(_is_of_building(dossier, mention) for mention in found)
        and not tells(dossier, _MORE)
        and not watches_houses_of_many(dossier)
        and not is_of_public_space(dossier, found)
        and not dossier.mentions_of("city_platform", "command_centre")
        and not tells_of_people_in_care(dossier)
        and not security_links(dossier)
        and not security_buyers(dossier)
        and costs_less_than(dossier.process, trifles, _MANY_TRIFLES)
    )


def _is_of_building(dossier: Dossier, mention: Mention) -> bool:
    after = fold(dossier.text_of(mention)[mention.end : mention.end + _REACH]).text
    building = _BUILDING.match(after)
    return building is not None and not _ELSEWHERE.search(building[0])
