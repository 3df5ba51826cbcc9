"""
What makes a network of fibre or radio: how far it reaches, or that it is built, in whatever order the words stand.

The lexicon knows "red troncalizada"; no list holds every "red digital de comunicación … TETRA" or "fibra óptica …
450 km". Here a word for the technology counts if a word for its reach or its sites stands beside it.
"""

import re
from functools import lru_cache

from audits.facts.technology import TOLD_PARTS
from audits.facts.told import tells
from audits.judging.dossier import Dossier
from audits.judging.known_facts import worked_out_once
from audits.matching.lexicon import STRONG, WEAK, Mention
from audits.matching.normalize import fold

# How near, in characters, the network must be named to the radio technology.
RADIO_REACH = 60
_BOTH = (STRONG, WEAK)

_RADIO_TECHNOLOGY = re.compile(r"tetra|tetrapol|p25|dmr|lmr|tronca|trunk|repet|repeater|radioco|vhf|uhf|digital")
_RADIO_NETWORK = re.compile(
    r"\b(?:red|redes|rede|network|networks|infraestructura|infraestrutura|infrastructure|sitios|sites|torres|towers|"
    r"backbone|nucleo|core|cobertura|coverage|sistema (?:estatal|nacional|estadual|provincial)|statewide|nationwide|"
    r"countywide|regional)\b"
)
# What is carried or spare, not built.
_HANDSETS = re.compile(
    r"\b(?:portati\w+|portable|handsets?|hand ?held|terminal\w*|handies|handys?|bateri\w+|batter\w+|antenas?|"
    r"antennas?|cargador\w*|carregador\w*|charger\w*|accesorios|acessorios|accessories|repuestos|compatib\w+|"
    r"wifi|wi fi|lan|emisora|radio spots?|internet)\b"
)
_FAR = re.compile(
    r"\b(?<!\d[.,])\d++(?:[.,]\d++)*+ ?(?:km|kms|kilometros?|quilometros?|kilometres?|kilometers?|miles)\b|"
    r"\b(?:municipios|localidades|distritos|comunas|departamental|departamentos|provincial|provincias|estatal|estadual|"
    r"regional|nacional|national|nationwide|interurban\w+|intercity|metropolitan\w+|troncal\w*|backbone|transmision|"
    r"transmissao|transmission|interligando|entre (?:ciudades|cidades|municipios|subestaciones|capitales|cantones)|"
    r"between (?:towns|cities|counties)|carretera|autopista|rodovia|highway|rural\w*|operadora?|planta externa|"
    r"red de acceso|unserved|underserved|zonas remotas|puntos de presencia|pontos de presenca|"
    r"dorsal|dwdm|sub ?marin\w+|last mile|statewide|countywide)\b"
)
# Such words are also part of what an office is called ("Gerencia Regional Oruro", or as the buyer "Caja Nacional -
# Regional La Paz"), unless they stand beside the network ("red nacional de telecomunicaciones").
_IN_NAMES = frozenset(["departamental", "estadual", "estatal", "nacional", "national", "provincial", "regional"])
_OFFICE = re.compile(
    r"\b(?:administracion|administracao|agencia|caja|coordinacion|coordenacao|delegacion|delegacao|direccion|direcao|"
    r"gerencia|jefatura|oficina|secretaria|sede|superintendencia|unidad|unidade) $"
)
_OFFICE_REACH = 20
_OF_NETWORK = re.compile(r"\b(?:redes|red|rede|networks?|anillos?|anel|backbone|nivel|alcance|cobertura|infra\w+) $")
# What parts the name of a body from that of its office.
_JOINT = re.compile(r"[-–—,;:/(]")
_NEXT_WORDS = re.compile(r" \w+(?: \w+)?")
# Poles carry fibre along streets, and through grounds: by the words so many characters from them, or where whoever has
# houses of its own tells of one.
_POLES = re.compile(r"\b(?:postes|postacion)\b")
_GROUNDS = re.compile(r"\b(?:campus|patios?|predios?|terrenos de|university grounds)\b")
_POLES_REACH = 60
_HOUSE = re.compile(r"\b(?:campus|edificios?|escola|escuela|hospital|predio|school)\b")
_OPERATED = re.compile(
    r"\b(?:telecom\w*|mobile|cellular|telephone|phone|wireless|communications|telefonia|movil|movel|celular) "
    r"(?:\w+ ){0,2}?(?:compan(?:y|ies)|operators?|carriers?|providers?|giant|firm|subscribers|networks?)\b|"
    # A loan tells of the makers from whom an operator buys, and not what it is.
    r"\boperador\w* (?:de|movil|movel|nacional)\b|\bradio ?bases\b|\btelefonia (?:movil|celular|movel)\b|"
    r"\b(?:fttx|ftth|red publica|middle mile|hogares)\b|\b(?:huawei|zte|ericsson|nokia) equipment\b"
)
# A network by its name. What only is a part of one ("torre autoportante", "multiplexores", "enlaces de microondas") is
# bought for offices and studios too.
_BY_NAME = re.compile(
    r"\b(?:[345]g|lte|gsm|ran|core|nucleo|movil\w*|move(?:l|is)|mobile|cellular|celular|red|redes|rede|networks?|anillos?|"
    r"aneis|anel|rings?|troncal\w*|trunk\w*|tetra|tetrapol|backbone|submarin\w+|sistemas?|systems?|infra\w+|expansion|"
    r"conmutacion|access|equipment)\b"
)
# Whose networks others depend on: operators, utilities and railways, ministries of communications, security bodies.
_OPERATOR = re.compile(
    r"\b(?:\w*tele(?:com|fon|phon|sys|mar|net)\w*|comunicac\w+|communications?|conectividad|conectividade|mobile|redes|"
    r"operador\w*|operators?|carriers?|electri\w*|eletri\w*|energ\w+|eskom|ferro\w+|railways?|metro|adif|dataprev|serpro|"
    r"prodepa|mintic|ministerio tic|policia\w*|polici\w+|police|seguridad|seguranca|militar\w*|military|defen[sc]\w+|"
    r"defesa|marinha|armada|exercito|ejercito|procuraduria|emergenc\w+|fire (?:and|&) rescue)\b"
)
# A body that has houses of its own and a network between them, which nobody else depends on.
_OF_HOUSES = re.compile(
    r"\b(?:banc[oa]|bank|biblioteca|caja|clinica|corte|facultad|faculdade|hospita(?:l|is|les)|institut[eo]|juzgados?|museo|museu|"
    r"servicio de salud|tribuna(?:l|is|les)|universi[dt]\w+|university)\b"
)
# Its houses, and what is more than they.
_HOUSES = re.compile(
    r"\b(?:agencias?|branches|campi|campus|campuses|dependencias|facultades|faculdades|foruns|juizados|juzgados|sedes?|"
    r"sucursales)\b"
)
_BEYOND_HOUSES = re.compile(r"\b(?:[345]g|barrios|bairros|cidades|cities|ciudades|organos|orgaos|valle)\b")
_PLAIN_NETWORK = re.compile(
    r"\b(?:red|redes|rede|networks?) (?:de |da |em |of )?(?:fibr|fiber|optic)|\bfib(?:er|re) (?:optic )?networks?\b"
)
_INDOORS = re.compile(
    r"\b(?:edificios?|campus|vertical|wlan|switche?s?|"
    r"oficinas?|sede central|cableado estructurado|cabeamento estruturado|structured cabling|"
    r"red lan|redes lan|lan|patch ?cords?|patch leads?|jumpers?|cordoes|predio|building|head office|internal|interno|"
    r"sala de servidores|server room|rack|hospital|escuela|escola|school|laboratorio)\b"
)
# Fibre that serves something else that is bought.
_SERVES = re.compile(
    r"\b(?:internet|camaras?|cameras?|cftv|cctv|video\w*|servidor\w*|enlaces? de datos|link|consult\w+|capacitacion|"
    r"training|licencias?|software|transmision de datos|transmissao de dados|data transmission)\b"
)
# Links that are rented, where no line is laid.
_LINKS = re.compile(r"\bservicios? de enlaces?\b")
_LAID = re.compile(r"\b(?:backbone|tendido|\d+ ?kms?)\b")
# A core or an exchange: every network has one, and so have an office and its telephones.
_CORE = re.compile(r"(?:core|nucleo)(?: d[ae])?(?: la)? red[es]?|redes? core|con?muta(?:cion|cao) telefonica")
_OF_OFFICE = re.compile(
    r"\b(?:switche?s?|lan|wlan|wi ?fi|predio|edificios?|sede|data ?cent(?:er|re)s?|centros? de d(?:atos|ados)|"
    r"firewalls?)\b"
)
_EXCHANGE = re.compile(
    r"\b(?:pabx|pbx|ramais|ramal|anexos telefonicos|extensiones telefonicas|"
    r"centra(?:l|is|les) (?:telefonica|privada)s?)\b"
)
# What splices or measures fibre, and how many characters before the fibre it is looked for.
_TOOLS = re.compile(
    r"\b(?:fusionadora|fusionador|fusora|empalmadora|maquina de fusao|splicer|otdr|reflectometro|refletometro|"
    r"medidor|certificador|certificadora)(?:e?s)?\b"
)
_TOOL_REACH = 30
# A "red de transmisión" of electric power.
_POWER = re.compile(
    r"\b(?:sistemas? (?:electricos?|eletricos?|de potencia)|energia electrica|energia eletrica|alta tension|"
    r"alta tensao|power systems?|subestacion(?:es)?|subestac(?:ao|oes)|\d+ ?kv)\b"
)
_TELECOMS = re.compile(r"\b(?:fibra|fibre|fiber|dwdm|sdh|radio|microondas|microwave|datos|dados|telecom\w*)\b")
_BUILT_OF_FIBRE = ("fibra", "fibre", "fiber", "optic", "optical")


def is_of_many(dossier: Dossier, mention: Mention) -> bool:
    """
    Tell whether others depend on a network: by its name or text it goes far, or an operator or the state runs it.

    What is but a part of a network is asked who buys it, or how far its text goes.
    """
    text = dossier.folded_text_of(mention)
    written = fold(mention.written).text
    is_between_houses = _PLAIN_NETWORK.search(written) and _has_houses(dossier) and _links_houses(text)
    return (
        bool(_BY_NAME.search(written) and not is_between_houses)
        or _goes_far(dossier, text)
        or _holds(_OPERATED, text)
        or any(_OPERATOR.search(fold(party.name).text) for party in dossier.public_parties if party.name)
    )


def _links_houses(text: str) -> bool:
    return _holds(_HOUSES, text) and not _holds(_BEYOND_HOUSES, text)


def is_indoors(dossier: Dossier, mention: Mention) -> bool:
    """Tell whether fibre, or the core of a network, is that of a building, and of nothing that goes far."""
    if mention.concept == "ran_core" and _CORE.fullmatch(fold(mention.written).text):
        text = dossier.folded_text_of(mention)
        is_far = _holds(_FAR, text) or _holds(_OPERATED, text)
        return _holds(_EXCHANGE, text) or (_holds(_OF_OFFICE, text) and not is_far)
    if mention.concept != "fibre_backbone" or not any(word in fold(mention.written).text for word in _BUILT_OF_FIBRE):
        return False
    text = dossier.folded_text_of(mention)
    return _holds(_INDOORS, text) and not _goes_far(dossier, text)


def carries_power(text: str) -> bool:
    """Tell whether a network for transmission is one of electric power, by the words around it, folded."""
    return _holds(_POWER, text) and not _holds(_TELECOMS, text)


def long_networks(dossier: Dossier) -> tuple[Mention, ...]:
    """Return words for radio that a network stands beside, and words for fibre beside how far it goes."""
    found = [
        mention
        for mention in dossier.mentions_of("radio_communication", parts=TOLD_PARTS)
        if _is_radio_network(dossier, mention)
    ]
    for mention in dossier.mentions_of("fibre_backbone", parts=TOLD_PARTS, strengths=_BOTH):
        text = dossier.folded_text_of(mention)
        if (
            _goes_far(dossier, text)
            and not any(_holds(other, text) for other in (_INDOORS, _SERVES))
            and not _are_links(text)
            and not _is_of_tool(dossier, mention)
        ):
            found.append(mention)
    return tuple(found)


def _are_links(text: str) -> bool:
    return _holds(_LINKS, text) and not _holds(_LAID, text)


def _is_of_tool(dossier: Dossier, mention: Mention) -> bool:
    before = dossier.text_of(mention)[max(0, mention.start - _TOOL_REACH) : mention.start]
    return bool(_TOOLS.search(fold(before).text))


def _is_radio_network(dossier: Dossier, mention: Mention) -> bool:
    if not _RADIO_TECHNOLOGY.search(fold(mention.written).text):
        return False
    value = dossier.text_of(mention)
    near = fold(value[max(0, mention.start - RADIO_REACH) : mention.end + RADIO_REACH]).text
    is_network = any(not _is_of_body(dossier, near, found) for found in _RADIO_NETWORK.finditer(near))
    return is_network and not _holds(_HANDSETS, dossier.folded_text_of(mention))


@worked_out_once
def _goes_far(dossier: Dossier, text: str) -> bool:
    """Tell whether a text tells that a network goes far; poles do where no text tells of a building or its grounds."""
    is_far = any(not _is_of_body(dossier, text, far) for far in _FAR.finditer(text))
    return is_far or (_holds(_POLES, text) and not _is_on_grounds(dossier, text))


def _is_of_body(dossier: Dossier, text: str, far: re.Match[str]) -> bool:
    """Tell whether a word for how far a network goes is part of what an office is called."""
    before = max(0, far.start() - _OFFICE_REACH)
    if far.group() not in _IN_NAMES or _OF_NETWORK.search(text, before, far.start()):
        return False
    if _OFFICE.search(text, before, far.start()):
        return True
    after = _NEXT_WORDS.match(text, far.end())
    called = far.group() + after.group() if after else ""
    return bool(called) and any(office.startswith(called) for office in _offices(dossier))


@worked_out_once
def _offices(dossier: Dossier) -> tuple[str, ...]:
    """Return the parts of the names of the buyers, folded."""
    return tuple(fold(part).text.strip() for party in dossier.public_parties for part in _JOINT.split(party.name))


@worked_out_once
def _is_on_grounds(dossier: Dossier, text: str) -> bool:
    return (_has_houses(dossier) and tells(dossier, _HOUSE)) or all(
        _GROUNDS.search(text, max(0, pole.start() - _POLES_REACH), pole.end() + _POLES_REACH)
        for pole in _POLES.finditer(text)
    )


@worked_out_once
def _has_houses(dossier: Dossier) -> bool:
    return any(_OF_HOUSES.search(fold(party.name).text) for party in dossier.public_parties if party.name)


@lru_cache(maxsize=64)
def _holds(pattern: re.Pattern[str], text: str) -> bool:
    """Say whether a text holds a pattern; one text is asked again for each of its mentions."""
    return bool(pattern.search(text))
