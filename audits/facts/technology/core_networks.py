"""
Core networks, which others depend on: networks of operators and of the state.

A word for a network ("red", "fibra óptica", "enlaces de microondas") is not enough, because buildings, schools and
towns have their own networks, and offices rent lines. It counts if the network is what is bought, and one of these
holds: the buyer is an operator; the buyer is a government that buys it for more than its buildings; the sentence gives
a long reach; or it is of a kind that no building has.
"""

import re

from audits.facts.technology.record_words import has_words, holds_any, is_called
from audits.facts.technology.security_bodies import security_buyers
from audits.judging.dossiers.catalogues import is_mentioned_in_passing
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import PROSE_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import WITHHELD_PASSING
from audits.matching.lexicon import STRONG, WEAK, Mention
from audits.matching.normalize import fold

CORE_NETWORK = ("5g", "ran_core", "fibre_backbone", "trunked_radio", "transport_network")
# Number of characters of the sentence that are read before and after a network.
_REACH = 160
# Maximum number of words between a mention and a word for a network before it.
_BESIDE_WORDS = 5
_ENDS = re.compile(r"[.;|](?=\s)")

# Operators: bodies whose task is to carry the traffic of others.
_OPERATOR = re.compile(
    r"\b(?:companhia|compan(?:ia|y)|corpora(?:cion|cao|tion)|empresa|enterprise|operador\w*|operators?|sociedad)\b"
    r"(?: \w+){0,4} (?:comunicaciones|comunicacoes|communications|telecom\w*)|"
    r"\b(?:administracion|agencia|autoridade?|consorci\w*|fondo|fundo|institut\w*|programa|proyecto|subsecretaria|"
    r"viceministerio)\b(?: \w+){0,3} (?:telecom\w+|conectividad\w*)|"
    # The names are listed because surnames and towns also end in "tel".
    r"\b(?:air|an|ana|co|cona|embra|en|fi|gua|hondu|indo|min|osip|prona|rein|sierra|vie|zam)tel\b|"
    r"\b(?:altan|altice|arsat|bharat (?:broadband|sanchar)|bsnl|cantv|cfe telecomunicaciones|copaco|"
    r"costarricense de electricidad|digicel|ecom|emcali|"
    r"empresas publicas de medellin|epm|etapa ep|etb|etecsa|infraco|internexa|movistar|mtnl|"
    r"openreach|safaricom|telkom|ttcl|"
    r"tele(?:bras|com|fonica|fonos?|mar|sur)|vodafone)\b|^claro\b"
)
# Descriptions of operators: by what they are, by their subscribers, or by what they offer.
_SERVES_OTHERS = re.compile(
    r"\b(?:telecom\w*|mobile|cellular|telephone|phone|wireless) (?:\w+ ){0,2}?"
    r"(?:carriers?|compan(?:y|ies)|firm|giant|operators?|providers?|subscribers)\b|"
    r"\b(?:abonados|assinantes|suscriptores)\b|"
    r"\b(?:brindar|ofrecer|oferecer|prestar) (?:(?:el|los|os?) )?servici?os? de tele\w+"
)
# Governments, and their ministries of communications.
_STATE = re.compile(
    r"\b(?:gobernacion|gobierno|governo|government|generalitat|xunta|mintic|mitic|province of|state of|"
    r"comunidad (?:autonoma|de madrid|foral|valenciana)|junta de (?:andalucia|castilla|comunidades|extremadura)|"
    r"(?:department|fondo|ministerio|ministry|secretaria)(?: \w+){1,6} "
    r"(?:telecom\w+|comunicaciones|comunicacoes|communications|infraestructura)|secretaria de infra\w+)\b|"
    r"^provincia de\b"
)
# Ministries that finance the backbone of a country.
_MINISTRY = re.compile(
    r"\b(?:ministerio|ministry)(?: \w+){1,4} "
    r"(?:cien\w+|econom\w+|finan\w+|hacienda|ict|infra\w+|plan\w+|scien\w+|tecnolog\w+|technology)\b"
)
_TOWN = re.compile(
    r"\b(?:alcaldia|ayuntamiento|city|council(?! of)|county|intendencia|prefeitura|town|"
    r"empresa municipal de informatica|"
    r"(?<!servicio )(?<!empresa )(?<!empresa publica )municip\w+)\b"
)
# Purchases of a government for its own buildings, or to repair what it has.
_OWN = re.compile(
    r"\b(?:alcaldia|corporativ\w+|dependencias|institucional|intern[ao]|offices|sedes)\b|"
    r"\bpara (?:(?:el|la) )?(?:implementacion|manten\w+|repara\w+)\b"
)
# Long reach: a long line, between towns, across a territory, or in sparsely populated areas.
_FAR = re.compile(
    r"\b(?:[2-9]\d|\d{3,6}|\d{1,3}[.,]\d{3})(?:[.,]\d{1,2})? ?(?:km|kms|kilomet\w+|quilomet\w+|miles)\b|"
    r"\b(?:ciudades|cidades|cities|towns|counties|comunas|localidades|municipios|provincias|cantones|"
    r"inter ?(?:city|municipal|provincial|urban)\w*|under ?served|unserved|hogares|households|"
    r"(?:areas?|centros poblados|comunidad\w*|zonas?) (?:aislad\w+|remot\w+|rura\w+)|"
    r"rural (?:areas|broadband|communities|connectivity))\b|"
    r"\b(?:anel|anillo|backbone|banda ancha|cobertura|dorsal|proyecto|projeto|radio|rede?|tetra|troncal) "
    r"(?:de fibra (?:optica |otica )?)?(?:\w+ )?(?:departamental|estadual|estatal|nacional|provincial|regional)\b|"
    r"\b(?:county ?wide|metropolitan|national|nation ?wide|provincial|regional|state ?wide) (?:\w+ ){0,3}"
    r"(?:backbone|broadband|core|fib(?:er|re)|network|radio|ring)\b|"
    r"\b(?:across|para|throughout|toda|todo)(?: the| toda| todo| la| el| o| a){0,2} "
    r"(?:county|departamento|estado|provincia|province|region|state)\b"
)
# Last-mile lines to a single subscriber: neither core, nor radio access, nor backbone.
_LAST_MILE = re.compile(
    r"\b(?:acometidas?|copper (?:cables?|network|pairs?)|customer premises|drop (?:cables?|wires?)|"
    r"(?:ftth|home)\W{0,2} connections|landlines?|ligacoes de assinantes|par(?:es)? de cobre|rede? de cobre)\b"
)
# Words for power lines, and the concepts whose lines may carry power instead.
_ELECTRIC = re.compile(r"\b(?:\d+ ?kv|hvdc)\b")
_LINES = frozenset({"fibre_backbone", "transport_network"})
# Not a network, whoever the buyer is: the telephone exchange of a building, measurements, guards of masts. A study or
# a survey without construction is no network either.
_NO_NETWORK = re.compile(
    r"\b(?:benchmarking|central privada|pabx|pbx|"
    r"vigilancia (?:fisica |y seguridad )?de (?:l[ao]s? )?(?:antenas?|torres?))\b"
)
_STUDY = re.compile(r"\b(?:consultancy|consultor\w+|estudios?|estudos?|study)\b")
_SURVEY = re.compile(r"\bsurveys?\b(?! (?:and|e|y)\b)")
_BUILDS = re.compile(r"\b(?:constru|ejecu|execu|implant|implement|instal|roll ?out|suminist|suppl|tendido)")
# A service over a network is bought, or a line is rented; and words by which a line is laid nevertheless.
_SERVICE = re.compile(
    r"\b(?:(?:servic\w+|svc) (?:(?:de|d[ao]s?) )?(?:acceso|acesso|banda|comunica\w+|conecti\w+|conexion|"
    r"conexao|datos|dados|enlaces?|links?|radio|red privada|telefonia|telecom\w+|transmis+\w+)|"
    r"(?:mobile|data|phone) services?|enlaces? dedicad\w+|links?|"
    r"alquiler|aluguel|arrend\w+|arriendo|locacao|leas(?:e|ing)|rental?|renta|"
    r"chips?|sim ?cards?|mobile (?:phones?|tariffs?)|plan(?:es)? de (?:datos|voz)|portabilidad[ae]|"
    r"servico movel pessoal|telefonia (?:do tipo )?fixa)\b"
)
_INTERNET = re.compile(r"\binternet\b")
_LAID = re.compile(r"\b(?:backbone|tendido|\d+ ?kms?)\b")
_WAY = re.compile(
    r"\b(?:a traves de|con|com|from|mediante|over|pel[ao]|por|sobre|through|using|via)"
    r"(?: (?:l[ao]s?|el|de|nacional|un[ao]?|os?|as?|the|our|tecnologia|redes|red|rede|[345]g|[yeo]|and))*$"
)
# Parts of a network, and tools to measure or repair it.
_PIECES = re.compile(
    r"\b(?:acces+ori\w+|antenas?|antennas?|bateri\w+|batter\w+|canaliza\w+ (?:para|de la)|ducts for|dutos para|"
    r"carga?dor\w*|carregador\w*|cell identif\w+|equip(?:amentos|os) de ?\Z|"
    r"certificador\w*|chargers?|compatib\w+|empalmadora\w*|for use|fusionador\w*|fusora\w*|gbic|hand ?held|handies|"
    r"handsets?|handys?|identifica\w+ de (?:celdas|celulas)|jand[iy]e?s|medidor\w*|modems?|otdr|partes|pecas?|"
    r"piezas|portable|portat\w+|\d+ radios|radios? (?:movil|moviles|vehicular\w*)|reflectomet\w+|refletomet\w+|"
    r"repuestos|roteadores|routers?|sfp|sobressalentes|spares?|splicer\w*|terminal\w*|transce\w+)\b"
)
# A mast alone does not show that it carries a core network.
_MAST = re.compile(r"(?:torres?|(?:telecom(?:munications?)?|communications?) (?:masts?|towers?))\b")
# A network named after parts is also bought if it is maintained or is a further list entry; else the parts are for it.
_KEPT_UP = re.compile(
    r"\b(?:man(?:ten|uten)\w+|maintenance|soporte|suporte|support) (?:del?|d[ao]|of)(?: (?:la|the))?$"
)
_LISTED = re.compile(r"(?:,|\b(?:y|e|and))$")
# The code of a class of goods directly before its name: "D316B: Telecommunications Network Services".
_CLASS = re.compile(r"\b[a-z]?\d{3,8}[a-z]{0,2}: ?$")
_FOR = re.compile(r"\b(?:d[aeo]|del|for|of|para)\b")
_MOBILE = frozenset({"5g", "ran_core"})
RADIO = frozenset({"trunked_radio", "radio_communication"})
# Networks that are part of a security body's duty: radio and links between its sites, but not fibre to its offices.
_OF_SECURITY = frozenset({*RADIO, "transport_network", "ran_core"})
_MICROWAVE = re.compile(r"microond|microwave")
_RADIO_TECHNOLOGY = re.compile(r"tetra|p25|dmr|lmr|tronca|trunk|repet|repeater")
# The line to a camera is part of the camera; a ring that connects many is a network.
_RING = re.compile(r"\b(?:anel|anillo|backbone|dorsal|ring|troncal)\b")
_NAMED = re.compile(r"\b(?:red|redes|rede|networks?|backbone|anillo|anel|ring|dorsal|troncal|infovia)\b")


@cached_fact
def core_networks(dossier: Dossier) -> tuple[Mention, ...]:
    """Return the mentions of networks that others depend on, if the network is what is bought."""
    found = (
        *dossier.mentions_of(*CORE_NETWORK, "radio_communication", parts=PROSE_PARTS),
        *dossier.mentions_of("fibre_backbone", parts=PROSE_PARTS, strengths=(WEAK,)),
    )
    return tuple(mention for mention in found if _counts(dossier, mention))


def _counts(dossier: Dossier, mention: Mention) -> bool:
    """
    Return whether a network counts.

    Two kinds are dropped without being recorded as exclusions: networks without a sign that others depend on them, and
    weak words, which alone do not show a network.
    """
    is_passing = is_mentioned_in_passing(dossier.text_of(mention), mention.start)
    why = WITHHELD_PASSING if is_passing else _why_not(dossier, mention)
    return why is None or (why != "" and mention.strength == STRONG and not dossier.leaves_out(mention, why))


def _why_not(dossier: Dossier, mention: Mention) -> str | None:
    """Return ``None`` if a network counts, else the exclusion that applies; ``""`` if it merely lacks a sign."""
    is_radio = mention.concept == "radio_communication"
    is_sure = mention.strength == STRONG and not is_radio
    # A signals company of an army is no operator, although its name matches.
    is_operator = is_called(dossier, _OPERATOR) and not security_buyers(dossier)
    before, after = _sentence(dossier.text_of(mention), mention)
    written = fold(mention.written).text
    whole = f"{before} {written} {after}"
    if _CLASS.search(before):
        return ""
    if _NO_NETWORK.search(whole) or holds_any(dossier, before, "beside_network") or _is_study(before):
        return "beside_network"
    if mention.concept == "fibre_backbone" and has_words(dossier, _LAST_MILE):
        return "last_mile"
    if mention.concept in _LINES and _ELECTRIC.search(whole):
        return "power_line"
    if is_sure and is_operator:
        return None
    has_houses = is_called(dossier, "house_owner")
    is_far = bool(_FAR.search(whole))
    is_served, is_way = _SERVICE.search(before), _WAY.search(before)
    is_piece = (
        _is_piece(mention, before, after)
        or _is_handset(dossier, mention, before, written, after)
        or (bool(_MAST.match(written)) and not is_far)
    )
    is_other = is_radio or is_served or is_way or is_piece or has_houses
    if is_far and not is_other and _is_named(before, written, after):
        return None
    if (is_served or _INTERNET.search(before) or (is_way and mention.concept in _MOBILE)) and not _LAID.search(whole):
        return "over_network"
    if is_operator and not is_radio:
        return None
    if is_piece:
        return "network_parts"
    if is_radio and not _RADIO_TECHNOLOGY.search(written):
        return ""
    if _has_duty(dossier, mention, whole):
        return None
    if holds_any(dossier, whole, "house"):
        return "own_network"
    if is_far:
        return None
    if has_houses:
        return "own_network"
    if not is_radio and has_words(dossier, _SERVES_OTHERS):
        return None
    if holds_any(dossier, written, "network_of_many") and (
        is_sure or (holds_any(dossier, whole, "network") and _is_of_government(dossier))
    ):
        return None
    if is_radio:
        return ""
    if _OWN.search(whole) and not holds_any(dossier, whole, "emergency"):
        return "own_network"
    return None if _is_for_all(dossier, mention, whole) else ""


def _is_study(before: str) -> bool:
    """Return whether a study or a survey of a network is bought, and nothing is built."""
    survey = _SURVEY.search(before)
    if survey and not _BUILDS.search(before, 0, survey.start()):
        return True
    return bool(_STUDY.search(before)) and not _BUILDS.search(before)


def _is_named(before: str, written: str, after: str) -> bool:
    """Return whether a word for a network is in a mention, or directly next to it."""
    return bool(_NAMED.search(" ".join((*before.split()[-_BESIDE_WORDS:], written, *after.split()[:1]))))


def _is_piece(mention: Mention, before: str, after: str) -> bool:
    """Return whether parts are bought, and not the network beside them."""
    piece = _PIECES.search(before)
    if not piece or mention.strength != STRONG:
        return bool(piece or _PIECES.match(after.lstrip(" ,(")))
    is_listed = _LISTED.search(before) and not _FOR.search(before, piece.end())
    return not (_KEPT_UP.search(before) or is_listed)


def _is_handset(dossier: Dossier, mention: Mention, before: str, written: str, after: str) -> bool:
    """Return whether handsets are bought with a radio, and no network is named: "radio base y 25 handies"."""
    return mention.concept not in _LINES and has_words(dossier, "handset") and not _is_named(before, written, after)


def _has_duty(dossier: Dossier, mention: Mention, whole: str) -> bool:
    """Return whether a radio or microwave network belongs to a security body or an emergency service."""
    if not (mention.concept in _OF_SECURITY or _MICROWAVE.search(whole)) or not holds_any(dossier, whole, "network"):
        return False
    is_radio = mention.concept in RADIO and holds_any(dossier, whole, "emergency")
    return bool(is_radio or security_buyers(dossier)) or is_called(dossier, "emergency")


def _is_for_all(dossier: Dossier, mention: Mention, whole: str) -> bool:
    """Return whether a government buys a telecommunications network that is not for its buildings or cameras."""
    if holds_any(dossier, whole, "camera") and not _RING.search(whole):
        return False
    if not _is_of_government(dossier):
        return mention.strength == STRONG and holds_any(dossier, whole, "laid_line") and is_called(dossier, _MINISTRY)
    if mention.strength != STRONG:
        return holds_any(dossier, whole, "laid_line")
    needed = "mobile_network" if mention.concept == "ran_core" else "transmission"
    return holds_any(dossier, whole, needed) or mention.concept in RADIO


def _is_of_government(dossier: Dossier) -> bool:
    return is_called(dossier, _STATE) or is_called(dossier, _TOWN)


def _sentence(value: str, mention: Mention) -> tuple[str, str]:
    """Return the folded text before and after a mention in its sentence, up to ``_REACH`` characters on each side."""
    before = _ENDS.split(value[max(0, mention.start - _REACH) : mention.start])[-1]
    after = _ENDS.split(value[mention.end : mention.end + _REACH], maxsplit=1)[0]
    return fold(before).text.strip(), fold(after).text.strip()
