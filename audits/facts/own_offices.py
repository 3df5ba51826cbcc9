"""
Ordinary cameras of a body's offices: nobody but who works or calls there is watched.

A sign is asked for that more is watched. Whose task is a territory, or people, has more than offices.
"""

import re
from collections.abc import Mapping
from typing import Any

from audits.facts.guards import watches_houses_of_many, watches_town
from audits.facts.public_space import PUBLIC_SPACE, is_of_public_space
from audits.facts.security_bodies import security_buyers, security_links
from audits.facts.small_purchases import costs_less_than
from audits.facts.told import is_called, tells
from audits.facts.watched_people import tells_of_people_in_care
from audits.judging.dossier import Dossier
from audits.judging.known_facts import worked_out_once
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
# More than offices, or more than cameras and what records them.
_MORE = re.compile(
    r"\b(?:aere[ao]s?|drones?|dron|globos?|radar(?:es)?|satelit\w+|totem\w*|vants?|"
    r"analitic\w+|analytics?|centros? de (?:control|mando|monitore\w+)|control (?:cent(?:er|re)|room)|"
    r"sala de monitor\w+|video ?walls?|inteligen\w+|intelligent|ai|anpr|ia|lpr|ocr|facia(?:l|les|is)|rost(?:o|ro)s?|"
    r"matriculas|placas|contagem|conteo|people counting|(?:deteccao|deteccion) de (?:personas|pessoas)|ssp|"
    r"largo alcance|long range|termic[ao]s?|thermal|compart\w+|shar(?:e|ed|ing)|"
    r"huelg\w+|jornalist\w+|manifesta\w+|multitud\w*|periodist\w+|protest\w*|sindica\w+|"
    r"vehicul\w+|veicul\w+|vehicles?|viaturas?|ciudadan\w+|cidada(?:o|os|s)?|citizens?|"
    r"comarcas|consulados|distritos|foruns|fronte[ir]\w+|juzgados|locales de votacion|municipios|postos|puestos|"
    r"(?:pontos|puntos) (?:criticos|estrategicos)|central \d{3}|"
    r"borough|centro historico|colonias?|comunitari\w+|corregimientos?|de menores|detenc\w+|detention|embarcad[ao]s?|"
    r"indigenas?|infanti(?:l|s)|"
    r"modulos|socioeducativ\w+|victimas|vitimas|votac\w+|votantes?|"
    r"(?:a nivel|de ambito|de cobertura) (?:departamental|nacional|provincial|regional)|interconect\w+|"
    r"nation ?wide|en todo el pais|em todo o (?:estado|pais)|"
    r"\d{3,} (?:\w+ ){0,2}(?:cameras|camaras))\b"
)
# More than one building of offices.
_SEVERAL = re.compile(
    r"\b(?:agencias|almacenes|branches|buildings|edificios|(?<!edificio de )(?:dependencias|escritorios|oficinas|"
    r"offices)|locations|predios|sedes|sites|sucursales|unidades)\b"
)
_OFFICES = re.compile(rf"{_SEVERAL.pattern}|\b(?:edificio|oficina|predio|sede)\b")
# What cameras are said to be for, or in, right after them; what they are made of ("de seguridad") is no place.
_PLACE = re.compile(
    r"[^.;]{0,60}?\b(?:aos?|at|d[ao]s?|del|de l[ao]s?|em|en|for|in|n[ao]s?|of|para|pel[ao]s?) "
    r"(?:(?:a|as|el|la|las|los|nov[ao]s?|nuev[ao]s?|o|os|primer|primeira|su|sua|suas|sus|the|tod[ao]s?) )*+(\w+)"
)
# Places of offices, and what is no place: "para su monitoreo", "para la gestión 2024".
_OF_OFFICES = re.compile(
    r"(?:accesos?|administra\w+|agenc\w+|almacen\w*|almoxarifado\w*|alta|ambientes?|ampliac\w+|ano|apertura\w*|"
    r"archivos?|areas?|arquivos?|bodegas?|building|buildings|cabildo|cajas?|camaras?|campamentos?|casa|central|"
    r"comis\w+|computo|control|corte|court\w*|cumplim\w+|data|datos|defensoria|departamento\w*|dependencias|deposito\w*|"
    r"despacho\w*|dire[ct]\w+|edificios?|empresa|entidade?s?|escritorios?|fases?|filia(?:l|les|is)|fines|fundac\w+|"
    r"funcionam\w+|garantizar|gerencia\w*|gesti?(?:on|ao)|grabac\w+|gravac\w+|head\w*|instala\w+|instituc\w+|"
    r"institut\w+|interior\w*|intern[ao]s?|jefatura\w*|locales|local|main|manten\w+|manuten\w+|mejor\w+|"
    r"minist\w+|monitor\w+|oficinas?|offices?|opera\w+|organo|orgao|palacio|periodo|planta\w*|plataformas?|predios?|"
    r"premises|presa\w*|presidencia|proteger|proyecto|recintos?|rectorado|red|regional\w*|resguard(?:ar|o)|sala\w*|"
    r"secretaria\w*|sedes?|seguran\w+|seguridad|senado\w*|serv\w+|sites?|sistemas?|subsede\w*|sucursal\w*|"
    r"superintendencia\w*|supervis\w+|talleres|televi\w+|tribunal\w*|ucp|uep|unidade?s?|uso|ventanilla\w*|vice\w+|video\w*|"
    r"vigilancia|visualiz\w+|warehouses?|\d\w*)"
)
_LONG_ENOUGH = 3
# Kinds of bodies that have offices, by their names. What a name without one is, nobody can tell.
_WITH_OFFICES = re.compile(
    r"\b(?:administrac(?:ao|ion)|aduana|agenc(?:ia|y)|alfandega|asamblea|assembleia|auditoria|autori(?:dad|dade|ty)|"
    r"banco|bank|camara de (?:diputados|senadores)|commission|comis(?:ion|sao)|compan(?:hia|ia|y)|congress?o|"
    r"consej(?:eria|o)|conselho|contraloria|controladoria|corporac(?:ao|ion)|corte|court|customs|defensoria|department|"
    r"depositos|direc(?:ao|cao|cion|torate)|empresa|fondo|fund|fundac(?:ao|ion)|fundo|gerencia|gestora|institut[eo]|"
    r"judicial|junta|jurado|minist(?:erio|ry)|notariado|office|oficina|organ(?:ismo|o)|orgao|parlamento|parliament|"
    r"presidencia|procurad(?:oria|uria)|program(?:a|me)|projeto|proyecto|registr[oy]|secretaria|senado|"
    r"serv(?:ice|icio|ico)s?|sociedade?|superintendencia|tesou?reria|treasury|tribunal|unidade?|viceministerio|"
    r"yacimientos)\b"
)
# Who has more than offices, by its name: governments of territories, and who looks after people.
_OF_MORE = re.compile(
    r"\b(?:autopistas?|borough|cabildo|caja (?:\w+ ){0,2}salud|caminos|city|communit\w+|comunidad\w*|concelho|condado|"
    r"counties|county|departament(?:o|al) (?:autonomo )?de|diputacion|district|distrito\w*|estado (?:d[aeo]|libre)|"
    r"estradas|freguesia|generalitat|gobierno\w*|governo|government|guard\w*|health (?:board|service|trust)|"
    r"instituto (?:\w+ ){0,3}(?:prevision|previdencia|seguridad|seguro)(?: social)?|isla\w*|mancomunidad\w*|"
    r"metropolitan[ao]s?|migra\w+|mo[vb]ili[dt]\w+|nhs|parroquia\w*|province|provincia\w*|"
    r"region (?:de|del|metropolitana)|roads?|seguro social|(?:serv\w+|unidade?) (?:\w+ ){0,2}(?:salud|saude)|state of|"
    r"town|traf(?:fic|ico|ego)|transi[td]\w*|urban[ao]s?|vecin\w+|vi(?:al|as|alidad)|xunta|zona\w*)\b"
)
# So many times what a trifle costs, some hundred thousand euros: for that a hundred cameras are bought, more than a
# building of offices has.
_MANY_TRIFLES = 10


def watches_own_offices(dossier: Dossier, found: tuple[Mention, ...], trifles: Mapping[str, Any]) -> bool:
    """
    Tell whether cameras watch the offices of a body alone, and nobody but who works or calls there.

    They do where the body has offices alone, or one building of offices is named right after them. They do not where
    a sign tells of more: streets, schools, hospitals or people in a body's hands are watched, a security body has to
    do with it, technology stands beside cameras, or they may cost ten times one of ``trifles`` or more.
    """
    return (
        all(mention.concept == "video_surveillance" for mention in found)
        and (
            (_has_offices_alone(dossier) and all(_may_be_of_offices(dossier, mention) for mention in found))
            or (any(_is_of_building(dossier, mention) for mention in found) and not tells(dossier, _SEVERAL))
        )
        and not tells(dossier, _MORE)
        and not watches_houses_of_many(dossier)
        and not is_of_public_space(dossier, found)
        and not tells(dossier, PUBLIC_SPACE)
        and not dossier.mentions_of("city_platform", "command_centre")
        and not tells_of_people_in_care(dossier)
        and not security_links(dossier)
        and not security_buyers(dossier)
        and costs_less_than(dossier.process, trifles, _MANY_TRIFLES)
    )


@worked_out_once
def _has_offices_alone(dossier: Dossier) -> bool:
    """
    Tell whether who buys is of a kind that has offices, and neither governs a territory nor looks after people.

    Where nobody is named, offices that the texts tell of are all there is to go by.
    """
    is_named = any(party.name for party in dossier.public_parties)
    has_offices = is_called(dossier, _WITH_OFFICES) if is_named else tells(dossier, _OFFICES)
    return has_offices and not watches_town(dossier) and not is_called(dossier, _OF_MORE)


def _may_be_of_offices(dossier: Dossier, mention: Mention) -> bool:
    """Tell whether no place stands right after cameras, one of offices does, or a word of the buyer's name."""
    place = _PLACE.match(fold(dossier.text_of(mention)[mention.end : mention.end + _REACH]).text)
    if place is None or _OF_OFFICES.fullmatch(place[1]):
        return True
    names = {word for party in dossier.public_parties for word in fold(party.name or "").text.split()}
    return len(place[1]) >= _LONG_ENOUGH and place[1] in names


def _is_of_building(dossier: Dossier, mention: Mention) -> bool:
    after = fold(dossier.text_of(mention)[mention.end : mention.end + _REACH]).text
    building = _BUILDING.match(after)
    return building is not None and not _ELSEWHERE.search(building[0])
