"""Telephones, internet and handsets by which the staff of a body speak, which link nobody."""

import re

from audits.facts.core_networks import core_networks
from audits.facts.told import tells
from audits.facts.watched_people import tells_of_people_in_care
from audits.judging.dossier import Dossier

# What staff speak by, and what may be bought beside it: a network, an emergency line, what is recorded or located.
_LINES = frozenset({"internet_access", "radio_communication", "telephony"})
_HANDSETS = re.compile(
    r"\b(?:handies|handys?|handsets?|hand ?held|porta(?:til(?:es)?|teis)|portable|walkie ?talkies?)\b"
)
_MORE_THAN_LINES = re.compile(
    r"\b(?:105|112|123|190|192|193|911|c[2345]i?|call monitoring|camaras?|cameras?|"
    r"centr(?:o|al) de (?:comando|comunicac\w+|despacho|mando|monitore\w+)|"
    r"cifrad\w+|conect(?!ivi)\w+|consolas?|copom|covert|"
    r"datos|dados|despacho|dispatch|emergenc\w+|encript\w+|encrypt\w+|encubiert\w+|cript\w+|"
    r"enlaces?(?! (?:de |a )?internet)|escutas?|geolocal\w+|gps|"
    r"grabaci\w+|gravac\w+|integra\w+|intercept\w+|intercone\w+|interoper\w+|localiza\w+|monitoreo de llamadas|p25|"
    r"posicionamiento|redes?|red|networks?|record(?:ed|ing)s?|repet\w+|repeaters?|salto de frecuencia|satelital\w*|"
    r"tactic\w+|ubicac\w+|tetra|tetrapol|tronca\w+|trunk\w*|video\w*)\b"
)


def are_lines_of_staff(dossier: Dossier) -> bool:
    """Tell whether all that is bought are telephones, internet or handsets by which staff speak to each other."""
    places = dossier.scope.evidence
    return (
        all(place.note in _LINES for place in places)
        and not tells(dossier, _MORE_THAN_LINES)
        and not core_networks(dossier)
        and not tells_of_people_in_care(dossier)
        and (all(place.note != "radio_communication" for place in places) or tells(dossier, _HANDSETS))
    )
