"""Telephones, internet, handsets and the network of offices that serve the staff of a body, and link nobody."""

import re

from audits.facts.core_networks import core_networks
from audits.facts.technology import surveillance
from audits.facts.told import tells
from audits.facts.watched_people import tells_of_people_in_care
from audits.judging.dossier import Dossier

# What staff speak by, and what may be bought beside it: a network, an emergency line, what is recorded or located.
_LINES = frozenset({"internet_access", "radio_communication", "telephony"})
_HANDSETS = re.compile(
    r"\b(?:handies|handys?|handsets?|hand ?held|porta(?:til(?:es)?|teis)|portable|walkie ?talkies?)\b"
)
# What is a duty of the body, and no line of an office: emergencies, their centres, what is recorded, hidden, found or
# joined ("interligar delegacias"), and what files are in.
_DUTY = (
    r"105|112|123|190|192|193|911|banco de dados|bases? de datos|between|bol 110|c[2345]i?|call monitoring|camaras?|"
    r"cameras?|centr(?:o|al|os) (?:\w+ )?de (?:comando|comunicac\w+|control|despacho|mando|monitore\w+)|cifrad\w+|"
    r"conect(?:ad[ao]s?|an?|ando|ar)|connect(?:ed|ing|s)?|consolas?|copom|covert|cript\w+|databases?|despacho|"
    r"dispatch|emergenc\w+|encript\w+|encrypt\w+|encubiert\w+|entre(?! otr)|escutas?|geolocal\w+|grabaci\w+|gravac\w+|"
    r"integra\w+|inteligencia|intelligence|intercept\w+|intercone\w+|interdicci\w+|interlig\w+|interoper\w+|linking|"
    r"localiza\w+|monitoreo de llamadas|p25|patrul[hl]\w+|plataformas?|platforms?|posicionamiento|"
    r"record(?:ed|ing)s?|repeaters?|repet\w+(?! (?:de )?wi ?fi)|salto de frecuencia|tactic\w+|tetra|tetrapol|"
    r"tronca\w+|trunk\w*|ubicac\w+|un(?:e|en|ir)|viaturas|video\w*|wan|wide area"
)
_IS_DUTY = re.compile(rf"\b(?:{_DUTY})\b")
_MORE_THAN_LINES = re.compile(
    rf"\b(?:{_DUTY}|conect(?!ivi)\w+|datos|dados|enlaces?(?! (?:de |a )?internet)|gps|redes?|red|networks?|"
    r"satelital\w*)\b"
)
# A title that opens with the service of such lines: "Contratación del servicio recurrente de telefonía fija".
_SERVICE = re.compile(
    r"\W{0,9}(?:(?:(?:acc?es+o|ad?quisi\w+|ano|anual|ao?|comunicac\w+|contrat\w+|dedicad[ao]|eletronico|gestao|gestion|pago|"
    r"pregao|prestac\w+|provision|recurrentes?|renovac\w+|servi[cz]?\w+|suscripcion|supply|of|d[aeo]s?|del|l[ao]s?|the)|\d{1,4})\W{1,9}){0,9}"
    r"(?:banda (?:ancha|larga)|broadband|internet|telefonia|telephon[ey]|mobile phones?)\b"
)
_OFFICE_NETWORK = frozenset({"cybersecurity", "internet_access", "network_equipment", "telephony"})
# Of which sectors nothing joins or watches anybody beside lines of an office.
_OF_OFFICES = frozenset({"telecoms", "software_platform", "cybersecurity"})
# What a network is right beside its words said to be for: an office.
_OFFICE = re.compile(
    r"\b(?:para|for|d[aeo]|del) (?:(?:el|los|las?|os?|as?|the|uso de|todas?) ){0,2}(?:edificios?|escritorios?|"
    r"equipos de (?:computacion|computo)|computador\w*|oficinas?|head office|office building|offices|predio|sede)\b"
)


def are_lines_of_staff(dossier: Dossier) -> bool:
    """
    Tell whether all that is bought are lines by which staff speak, or the network of their offices.

    A title that opens with the service of internet or telephony tells it, unless something else is in scope beside it,
    and what stands in scope alone does.
    """
    if core_networks(dossier) or tells_of_people_in_care(dossier):
        return False
    notes = {place.note for place in dossier.scope.evidence}
    if notes <= _LINES and not tells(dossier, _MORE_THAN_LINES):
        return "radio_communication" not in notes or tells(dossier, _HANDSETS)
    if tells(dossier, _IS_DUTY) or dossier.mentions_of("command_centre") or surveillance(dossier):
        return False
    opens = any(_SERVICE.match(dossier.reference.fold(text).text) for text in dossier.texts if text.part == "title")
    return (opens and _OF_OFFICES.issuperset(dossier.sectors)) or (
        notes <= _OFFICE_NETWORK and tells(dossier, _OFFICE)
    )
