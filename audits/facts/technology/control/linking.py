"""
Links of a security body to people or other bodies: cameras, networks, recordings, analysis, or files.

A body that buys an ordinary system (servers, licences, lines, a door, its own vehicles) is linked to nobody. Neither
is one that buys telephones, internet, handsets or an office network for its staff.
"""

import re

from audits.facts.technology.ordinary.own_use import of_mentioned_others
from audits.facts.technology.record_words import has_words
from audits.facts.technology.systems.core_networks import RADIO, core_networks
from audits.facts.technology.systems.surveillance import surveillance
from audits.facts.technology.systems.watched_people import mentions_people_in_care
from audits.judging.dossiers.process import Dossier
from audits.matching.purchases.scope import ScopeEvidence
from audits.matching.texts.normalize import fold

# Sectors of technology that watches or reaches others. A body's own servers and licences link nobody.
LINKING_SECTORS = frozenset({"ai", "command_centre", "digital_identity", "surveillance", "telecoms"})
# Sectors that link if a civil body buys for a security body: also where its files are, and who protects its networks.
_FOR_BODY = LINKING_SECTORS | {"cloud", "cybersecurity"}
# Concepts that link only if the record mentions the people who are identified or located, because doors and a body's
# own vehicles have such technology too.
_OF_PEOPLE = frozenset({"biometric_id", "location_tracking"})
# Certificates with which office staff sign, and robots that fill in forms and answer questions for them.
_OFFICE_WORK = re.compile(r"\b(?:certific|chat ?bots?\b|robotic process|rpa\b|tokens?\b|virtual assistants?\b)")
# Devices of an office, which makers sell "with AI".
_OFFICE_DEVICES = re.compile(
    r"\b(?:all in one pcs?|computador\w*|desktops?|galaxy tabs?|i ?pads?|laptops?|macbooks?|notebooks?|ordenadores|"
    r"smart ?phones?|tablets?)\b"
)
# A body that has its own figures analysed is linked to nobody by that.
_OWN_FIGURES = "data_analytics"
# Means of communication of staff; handsets are also called communication equipment.
_MEANS = frozenset({"internet_access", "network_equipment", "radio_communication", "telephony"})
# Signs of a duty of the body outside its offices: emergencies (but "emergencial" means urgent) and their centres,
# recording, secrecy, location, links between sites ("interligar delegacias"), databases.
_BEYOND_SETS = (
    r"105|112|123|190|192|193|911|banco de dados|bases? de datos|between|bol 110|c[2345]i?|call monitoring|camaras?|"
    r"cameras?|centr(?:o|al|os) (?:\w+ )?de (?:comando|comunicac\w+|control|despacho|mando|monitore\w+)|cifrad\w+|"
    r"conect(?:ad[ao]s?|an?|ando|ar)|connect(?:ed|ing|s)?|consolas?|copom|covert|cript\w+|databases?|despacho|"
    r"dispatch|emergenc(?!ial)\w+|encript\w+|encrypt\w+|encubiert\w+|entre(?! otr)|escutas?|geolocal\w+|"
    r"grabaci\w+|gravac\w+|"
    r"inteligencia(?! (?:artificial|de negocios?))|intelligence|intercept\w+|intercone\w+|interdicci\w+|"
    r"interlig\w+|interoper\w+|linking|localiza\w+|monitoreo de llamadas|plataformas?|platforms?|"
    r"record(?:ed|ing)s?|repeaters?|repet\w+(?! (?:de )?wi ?fi)|salto de frecuencias?|video\w*|wan|wide area"
)
# Further words for units in the field, which also occur with plain radio sets.
_IN_THE_FIELD = (
    r"p25|patrul[hl]\w+|posicionamiento|tactic\w+|tetra|tetrapol|tronca(?!l(?:es)? de fibra)\w+|trunk\w*|ubicac\w+|"
    r"un(?:e|en|ir)|viaturas"
)
_DUTY = rf"{_BEYOND_SETS}|{_IN_THE_FIELD}"
# A radio system that is bought, and not one for which sets are bought ("radios para el sistema troncalizado").
_RADIO_SYSTEM = (
    r"(?<!\bal )(?<!\bao )(?<!\bel )(?<!\bno )(?<!\bo )(?<!radios del )(?<!portatiles del )(?<!terminales del )"
    r"sistemas? (?:digital )?(?:de )?(?:p25|radio\w*|tetra|tetrapol|tronca\w+)|"
    r"(?<!for the )(?<!with the )(?:digital|p25|tetra|trunk\w+) (?:radio )?systems?"
)
_HAS_DUTY = re.compile(rf"\b(?:{_DUTY})\b")
_MORE_THAN_LINES = re.compile(
    rf"\b(?:{_DUTY}|{_RADIO_SYSTEM}|conect(?!ivi)\w+|datos|dados|enlaces?(?! (?:de |a )?internet)|gps|integra\w+|"
    r"redes?|red|networks?|satelital\w*)\b"
)
# Spare parts, and minutes and data of satellite telephones, which are for patrols what lines are for offices.
_AIRTIME_OR_PARTS = re.compile(
    r"\b(?:refacciones|repuestos|sobressalentes|spare parts|"
    r"air ?time|franquias?|(?:minutos|plan(?:es|os?)?|recargas?) (?:de )?(?:da[dt]os|voz)|tiempo aire)\b"
)
# Concepts of an office network, and concepts of what is bought with it.
_OFFICE_NETWORK = frozenset(
    {
        *("cybersecurity", "fibre_backbone", "internet_access", "network_equipment", "network_product", "ran_core"),
        *("security_product", "telephony"),
    }
)
_BESIDE_NETWORK = frozenset({"data_centre", "server_product", "server_storage"})
# Signs of more than an office network: duties, equipment of units in the field, links, a body's own fibre.
_BEYOND_OFFICE = re.compile(
    rf"\b(?:{_DUTY}|"
    r"(?:accesorios|dispositivos|equip\w*|material\w*|red|rede|sistemas?|systems?) "
    r"(?:(?:y|e) \w+ )?(?:(?:de|das?|para) )?(?:las? )?(?:comunicac\w+|communications?)|"
    r"(?:sistemas?|tendido|transmision)\b[^.;]{0,40} fib(?:er|ra|re)|"
    r"enlaces?(?! (?:de |a )?internet)|gps|puestos? de (?:comando|mando)|radio(?!difus|fonic)\w*|"
    r"(?:comunicac\w+|enlaces?|sistemas?|transmis\w+|vpn) satel\w+|satellite (?:comm\w+|links?|terminals?)|"
    r"integra\w+ (?:ao?|al|con|com|into|to|with)|"
    r"segur\w+ d(?:e|as?) (?:las? )?(?:comunicac\w+|redes?|red)|"
    r"(?:batallon|equip\w+|equip\w+ tecnologicos (?:y|e)|infraestruc?turas?|peloton|priority|redes?|red|"
    r"sistemas?|torres?) (?:de )?telecom\w+(?! (?:y|e) comput)|vsat)\b"
)

# Radio sets of staff and their parts, and signs that more is bought: what carries, records or encrypts the calls,
# links bodies or serves intelligence.
_RADIO_SETS = re.compile(
    r"\b(?:(?:accesorios?|accessories|acessorios?|antenas?|auriculares|baterias?|batteries|cargadores|carregadores|fundas|"
    r"kits?|partes|parts|pecas|piezas|refacciones|repuestos|sobressalentes|spares?)\b"
    r"[^.;]{0,60}\b(?:radio|radiocomunicac\w+|radios|radiotransmisor\w*|terminales)|"
    r"(?:equip\w+ (?:de )?)?(?:handheld radios|radio ?transmisor\w*|radios|radios? (?:(?:de comunicac\w+|digita\w+) )?"
    r"(?:base|bidirec\w+|digita\w+|handheld|hf|mobile|movil\w*|move\w+|portatil\w*|portatei\w*|portable|tactic\w+|"
    r"uhf|vehicular\w*|veicular\w*|vhf)|terminales? (?:(?:de radio|moviles|p25|portatiles|tetra) ?){1,3}|"
    r"walkies?(?: talkies?)?))\b"
)
_MORE_THAN_SETS = re.compile(
    rf"\b(?:{_BEYOND_SETS}|{_RADIO_SYSTEM}|base stations?|enlaces?|estaciones (?:base|repetidoras)|gps|"
    r"infrae?struc?tu\w+|integra\w+|networks?|redes?|red|satel\w+|sitios?|torres?|"
    r"(?:provision|prestacion|prestacao|servicios?|servicos?) (?:de |del )?(?:radios? )?tronca\w+)\b"
)


def links_others(dossier: Dossier, *, is_for_body: bool = False) -> bool:
    """Return whether technology links a security body with others; ``is_for_body``: a civil body buys it."""
    sectors = _FOR_BODY if is_for_body else LINKING_SECTORS
    places = [place for place in dossier.scope.evidence if place.sector in sectors]
    return any(_knows_or_joins(dossier, place) for place in places) and not are_lines_of_staff(dossier)


def _knows_or_joins(dossier: Dossier, place: ScopeEvidence) -> bool:
    if place.note == _OWN_FIGURES or _OFFICE_WORK.search(fold(place.value).text):
        return False
    if place.note == "artificial_intelligence" and has_words(dossier, _OFFICE_DEVICES):
        return False
    return place.note not in _OF_PEOPLE or any(
        found.concept == place.note for found in of_mentioned_others(dossier, surveillance(dossier))
    )


def are_lines_of_staff(dossier: Dossier) -> bool:
    """
    Return whether only handsets of staff, or the lines and the network of their offices, are bought.

    A network is assumed to be an office network unless a sign says that it is more.
    """
    if core_networks(dossier) or mentions_people_in_care(dossier):
        return False
    notes = {place.note for place in dossier.scope.evidence}
    if notes <= _MEANS and has_words(dossier, "handset") and not has_words(dossier, _MORE_THAN_LINES):
        return True
    if "satellite_link" in notes:
        return (
            notes <= _MEANS | {"satellite_link"}
            and has_words(dossier, _AIRTIME_OR_PARTS)
            and not has_words(dossier, _HAS_DUTY)
        )
    if notes & RADIO:
        return (
            notes <= RADIO | _MEANS | {"network_product"}
            and has_words(dossier, _RADIO_SETS)
            and not has_words(dossier, _MORE_THAN_SETS)
        )
    is_network = notes <= _OFFICE_NETWORK | _BESIDE_NETWORK and not notes <= _BESIDE_NETWORK
    return is_network and not has_words(dossier, _BEYOND_OFFICE)
