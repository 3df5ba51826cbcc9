"""Networks that are not what is bought: the way of a service, what radios must fit, what a device looks at."""

import re

from audits.facts.networks import carries_power
from audits.judging.dossier import Dossier
from audits.matching.lexicon import Mention
from audits.matching.normalize import fold

# "por redes 3G y 4G", "via LTE", "through the 4G network": the network is the way, not the object. The reach is how
# many characters before the network such words are looked for.
_WAY = re.compile(
    r"\b(?:por|mediante|a traves de|via|por medio de|por meio de|sobre|pel[ao]|usando|com tecnologia|con tecnologia|"
    r"through|over|using)(?: (?:la|las|el|los|una|un|a|o|the|our|fibra|optica|tecnologia|red|redes|rede|de|3g|4g|y|e|"
    r"o|and))*[ (/,]*$"
)
_WAY_REACH = 60
# "radios compatibles con el sistema TETRA", "handsets for use on the network", "rádios portáteis para a rede SIRESP".
_FITS = re.compile(
    r"\b(?:compatib\w+ (?:con|com|with)|for use (?:on|with|in)|para (?:su )?uso (?:en|no|na)|operar (?:en|no|na))"
    r"(?: (?:el|la|los|las|o|a|the|su|nuestra|nossa|our|sistema|system|red|rede|network|de|do|da|of))*$"
    r"|\b(?:radios?|terminal\w*) (?:portat\w+|portable|movil\w*|movei?s|movel) (?:para|for)"
    r"(?: (?:el|la|los|las|o|a|the|sistema|system|red|rede|network))*$"
)
# A plan of an operator: its network is not what is bought.
_SUBSCRIPTION = re.compile(
    r"\b(?:servico movel pessoal|telefonia (?:do tipo )?fix[ao]|portabilidad[ae] (?:de|das) lin\w+|"
    r"internet mov\w+|planes? de (?:datos|voz|telefonia)|chips?|sim ?cards?|"
    r"mobile (?:phones?|tariffs?))\b"
)
# A device that finds cells ("identificación de celdas y BTS") looks at a network of others, as T01 asks.
_FINDS_CELLS = re.compile(r"\bidentificaca?o?r?(?:ion|es)? de (?:celdas|celulas)\b|\bcell identif\w+")
# Parts of what is there: "repuestos y accesorios para los sitios de repetición".
_PARTS = re.compile(
    r"\b(?:partes|piezas|repuestos|accesorios|acessorios|pecas|sobressalentes|spare parts|spares|accessories)"
    r"(?: \w+){0,3}? (?:para|for|de|of)\b[^;.]*$"
)
_HOME_NETWORKS = frozenset({"ftth", "gpon", "fttx", "fttp", "fibra al hogar"})


def only_carries(dossier: Dossier, mention: Mention) -> bool:
    """Tell whether a network is only the way in which a service comes, or what a radio must fit."""
    value = dossier.text_of(mention)
    before = fold(value[max(0, mention.start - _WAY_REACH) : mention.start]).text.rstrip()
    if mention.concept == "trunked_radio":
        return bool(_FITS.search(before) or _PARTS.search(before))
    if mention.concept in {"ran_core", "5g"} and _FINDS_CELLS.search(dossier.folded_text_of(mention)):
        return True
    if mention.concept == "transport_network" and carries_power(dossier.folded_text_of(mention)):
        return True
    if mention.concept not in {"ran_core", "5g"} and mention.written.lower() not in _HOME_NETWORKS:
        return False
    return bool(_WAY.search(before) or _SUBSCRIPTION.search(fold(value).text))
