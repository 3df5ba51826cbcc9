"""Guards, where cameras are but what they watch with: people are hired, and no system is bought."""

import re
from collections.abc import Iterable

from audits.facts.public_space import PUBLIC_SPACE, is_of_town
from audits.facts.security_bodies import security_buyers, security_links
from audits.facts.told import is_called, tells
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
# Guards who watch from afar: "monitoreo de alarmas y videovigilancia de la agencia".
_ALARMS = re.compile(
    r"\b(?:monitore[oa]|monitorea[mn]i?ento|monitorament?o|monitorizac(?:ion|ao)|monitoring)(?: remot[oa])? "
    r"(?:de |of )?(?:(?:los |las |dos )?sistemas? de )?(?:alarmas?|alarmes?)(?! (?:comunitari|ciudadan|vecinal))\b"
    r"|\balarm monitoring\b"
)
# Where more than the staff of an office is watched, by the names of places and of buyers.
_HOUSES_OF_MANY = re.compile(
    r"\b(?:abrigos?|administracao dos? portos?|aeroportos?|aeropuertos?|airports?|albergues?|alcaidias?|"
    r"autobus(?:es)?|balnearios?|biblioteca\w*|buses|cadeias?|campus|canchas?|carcel(?:es)?|carreteras?|casa cuna|"
    r"ceips?|cem[ei]n?t[ei]rios?|cemeter(?:y|ies)|"
    r"centros? (?:comercia(?:l|les|is)|cultura(?:l|les|is)|d[eo] (?:convenciones|dia|proteccion|salud|saude)|"
    r"zonal(?:es)?)|"
    r"cesfam|churches|clinicas?|clinics?|colegios?|coliseos?|condomin\w+|cras|creches?|deport\w+|educacionais|"
    r"educacionales|educativ\w+|escolas?|escuelas?|esport(?:es|iv\w+)|"
    r"esta(?:cion(?:es)?|cao|coes)(?! (?:base|fij[ao]s?|fix[ao]s?|movil|moviles|repetidor\w*|total|de traba\w+))|"
    r"estabelecimentos? de saude|establecimientos? de salud|estacionamentos?|estacionamientos?|estadios?|"
    r"faculdade\w*|facultad\w*|feiras?|ferias?|ferro\w+|formac(?:ao|ion) profess?ional|funicular\w*|gares?|"
    r"gimnasios?|ginasios?|habitaciona\w+|highways?|hogar(?:es)?|hospita\w+|hostels?|housing|ies|iglesias?|igrejas?|"
    r"instituto (?:federal|politecnico|superior|tecnologico)|internac(?:ao|ion)|internados?|jails?|jardin(?:es)?|"
    r"jardins|kindergartens?|leisure|librar(?:y|ies)|liceos?|malecon|mataderos?|(?<!portal )mercados?|metro|"
    r"muse(?:o|u|um)s?|"
    r"onibus|orfan\w+|p(?:osto|uesto)s? de (?:salud|saude)|parking|parks?|pavilh(?:ao|oes)|peajes?|pedagios?|"
    r"penales|penitenci\w+|piscinas?|policlinic\w+|polideportivos?|pools?|ports?|portuari\w+|presidios?|prisi?on\w*|"
    r"puertos?|rail\w*|reabilitac\w+|recreativ\w+|refugios?|rehabilita\w+|residencias?|rodoviari\w+|schools?|"
    r"shelters?|sports?|stadiums?|teatros?|teleferic\w+|templos?|terminal(?:es)?|theatres?|toll|trams?|"
    r"transport\w*|tranvias?|trens|tren(?:es)?|ubs|universi\w+|viviendas|zonas? (?:arqueologicas?|francas?)|zoo\w*)\b"
)
# Bodies that look after a town; a commune behind the number of a house is part of an address.
_TOWNS = re.compile(
    r"\b(?:alcaldia|ayuntamiento|(?<!\d, )comunas?|council|gobernacion|intendencia|intermunicip\w+|municip\w+|"
    r"prefeitura)\b"
)
# The same by words of texts that are in the names of bodies with offices alone, too.
_PLACES_OF_MANY = re.compile(
    r"\b(?:bairros?|barrios?|calles?|cidad\w+|ciudad\w*|comunas?|estates?|fronteir\w*|frontera\w*|"
    r"migra\w+|parques?|playas?|plazas?|pracas?|praias?|vecin\w+|vias)\b"
)
_REGIONS = re.compile(r"\b(?:departament\w+|region|regional)\b")


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
    if not ends and not watches_many(dossier):
        ends = [found.end() for found in _ALARMS.finditer(before)]
    return bool(ends) and not _BESIDE.search(before, ends[-1])


@worked_out_once
def watches_many(dossier: Dossier) -> bool:
    """Tell whether a record tells of schools, hospitals, quarters of a town and the like, or a town buys."""
    return watches_town(dossier) or tells(dossier, _REGIONS) or watches_houses_of_many(dossier)


def watches_town(dossier: Dossier) -> bool:
    """Tell whether a record tells of towns, or one of them buys."""
    return tells(dossier, _TOWNS) or is_called(dossier, _TOWNS)


@worked_out_once
def watches_houses_of_many(dossier: Dossier) -> bool:
    """Tell whether a record tells of schools, hospitals, quarters of a town and the like, or one of them buys."""
    told = any(tells(dossier, words) for words in (_HOUSES_OF_MANY, _PLACES_OF_MANY))
    return told or is_called(dossier, _HOUSES_OF_MANY)


@worked_out_once
def _is_more_than_guarding(dossier: Dossier) -> bool:
    return bool(
        tells(dossier, PUBLIC_SPACE)
        or dossier.mentions_of("city_platform", "command_centre")
        or security_links(dossier)
        or security_buyers(dossier)
        or tells_of_people_in_care(dossier)
    )
