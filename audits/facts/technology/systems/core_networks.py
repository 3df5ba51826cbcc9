"""
Core networks, which others depend on: networks of operators and of the state.

A word for a network ("red", "fibra óptica", "enlaces de microondas") is not enough, because buildings, schools and
towns have their own networks, and offices rent lines. It counts if the network is what is bought, and one of these
holds: the buyer is an operator; the buyer is a government that buys it for more than its buildings; the sentence gives
a long reach; or it is of a kind that no building has.
"""

import re
from collections.abc import Callable
from functools import cached_property

from audits.facts.technology.record_words import has_words, holds_any, is_called
from audits.facts.technology.security_bodies import security_buyers
from audits.judging.dossiers.catalogues import is_mentioned_in_passing
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import PROSE_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import WITHHELD_PASSING
from audits.matching.lexicon import STRONG, WEAK, Mention
from audits.matching.texts.normalize import fold

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
# Upkeep of what a town has: that it serves the inhabitants is no more told than that it serves the town's houses.
_UPKEEP = re.compile(r"\b(?:actualiza\w+|atualiza\w+|maintenance|man(?:ten|uten)\w+|repair\w*|repara\w+|upgrad\w+)\b")
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
# Access that is bought for people: "broadband access for households". Who builds it builds a network.
_ACCESS = re.compile(r"\b(?:broadband|internet) access\b(?! networks?)")
_INTERNET = re.compile(r"\binternet\b")
_LAID = re.compile(r"\b(?:backbone|tendido|\d+ ?kms?)\b")
_WAY = re.compile(
    r"\b(?:a traves de|con|com|from|mediante|over|pel[ao]|por|sobre|through|using|via)"
    r"(?: (?:l[ao]s?|el|de|nacional|un[ao]?|os?|as?|the|our|tecnologia|redes|red|rede|[345]g|[yeo]|and))*$"
)
# Parts of a network, and tools to measure or repair it.
_PIECES = re.compile(
    r"\b(?:acces+ori\w+|anal[iy][sz]\w*|antenas?|antennas?|bateri\w+|batter\w+|bobinas?|canaliza\w+ (?:para|de la)|"
    r"carretes?|drums?|ducts for|dutos para|"
    r"carga?dor\w*|carregador\w*|cell identif\w+|equip(?:amentos|os) de ?\Z|"
    r"certificador\w*|chargers?|compatib\w+|empalmadora\w*|for use|fusionador\w*|fusora\w*|gbic|hand ?held|handies|"
    r"handsets?|handys?|identifica\w+ de (?:celdas|celulas)|jand[iy]e?s|medidor\w*|modems?|otdr|partes|pecas?|"
    r"piezas|portable|portat\w+|\d+ radios|radios? (?:movil|moviles|vehicular\w*)|reflectomet\w+|refletomet\w+|"
    r"repuestos|roteadores|routers?|sfp|sobressalentes|spares?|splicer\w*|(?:wound )?spools?|terminal\w*|testers?|"
    r"transce\w+)\b"
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
# How the names of a family of classes begin in the Product and Service Codes of the United States.
_CLASS_NAME = re.compile(r"\bit and telecom (?:- )?[a-z]+ ?: ")
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


def are_local_lines(dossier: Dossier, found: tuple[Mention, ...]) -> bool:
    """Return whether all networks are lines of an operator that neither reach far nor join many places."""
    return all(_Network(dossier, mention).is_local_line() for mention in found)


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
    network = _Network(dossier, mention)
    return next((answer for holds, answer in _QUESTIONS if holds(network)), "")


class _Network:
    """A mention of a network in its sentence: ``before``, ``written``, ``after`` and ``whole`` are folded text."""

    def __init__(self, dossier: Dossier, mention: Mention) -> None:
        self.dossier, self.mention, self.concept = dossier, mention, mention.concept
        self.before, self.after = _sentence(dossier.text_of(mention), mention)
        self.written = fold(mention.written).text
        self.whole = f"{self.before} {self.written} {self.after}"
        self.is_strong = mention.strength == STRONG
        self.is_radio = self.concept == "radio_communication"
        self.is_sure = self.is_strong and not self.is_radio

    @cached_property
    def is_operators(self) -> bool:
        # A signals company of an army is no operator, although its name matches.
        return is_called(self.dossier, _OPERATOR) and not security_buyers(self.dossier)

    @cached_property
    def is_far(self) -> bool:
        return bool(_FAR.search(self.whole))

    @cached_property
    def is_served(self) -> bool:
        has_access = _ACCESS.search(f"{self.written} {self.after}") and not _BUILDS.search(self.before)
        return bool(_SERVICE.search(self.before) or has_access)

    @cached_property
    def is_way(self) -> bool:
        return bool(_WAY.search(self.before))

    @cached_property
    def is_in_parts(self) -> bool:
        """Whether parts, handsets or a mast are bought, and not the network beside them."""
        return self._has_piece() or self._has_handset() or (bool(_MAST.match(self.written)) and not self.is_far)

    @property
    def has_houses(self) -> bool:
        return is_called(self.dossier, "house_owner")

    def holds(self, words: str) -> bool:
        """Return whether its sentence contains a word of a word list."""
        return holds_any(self.dossier, self.whole, words)

    def is_beside(self) -> bool:
        """Return whether another thing is bought, or a study or survey of a network, and nothing is built."""
        if _NO_NETWORK.search(self.whole) or holds_any(self.dossier, self.before, "beside_network"):
            return True
        survey = _SURVEY.search(self.before)
        if survey and not _BUILDS.search(self.before, 0, survey.start()):
            return True
        return bool(_STUDY.search(self.before)) and not _BUILDS.search(self.before)

    def is_far_by_name(self) -> bool:
        """Return whether it has a long reach and is called a network, and is nothing else."""
        if not self.is_far or self.is_radio or self.is_served or self.is_way or self.is_in_parts or self.has_houses:
            return False
        return self._is_named()

    def is_over_another(self) -> bool:
        """Return whether a service over a network is bought, and no line is laid."""
        is_over = self.is_served or _INTERNET.search(self.before) or (self.is_way and self.concept in _MOBILE)
        return bool(is_over) and not _LAID.search(self.whole)

    def has_duty(self) -> bool:
        """Return whether a radio or microwave network belongs to a security body or an emergency service."""
        if not (self.concept in _OF_SECURITY or _MICROWAVE.search(self.whole)) or not self.holds("network"):
            return False
        is_for_emergencies = self.concept in RADIO and self.holds("emergency")
        return bool(is_for_emergencies or security_buyers(self.dossier)) or is_called(self.dossier, "emergency")

    def is_of_many(self) -> bool:
        """Return whether it is of a kind that no building has."""
        if not holds_any(self.dossier, self.written, "network_of_many"):
            return False
        # One repeater is called a system too.
        is_network = self._is_named() if self.is_radio else self.holds("network")
        return self.is_sure or (is_network and self._is_of_government())

    def is_local_line(self) -> bool:
        """Return whether an operator's line neither has a long reach nor joins many places."""
        if self.concept != "fibre_backbone" or not self.is_operators or self.is_far:
            return False
        return not _RING.search(self.whole) and not self.holds("network_of_many")

    def is_for_all(self) -> bool:
        """Return whether a government buys a telecommunications network that is not for its buildings or cameras."""
        if self.holds("camera") and not _RING.search(self.whole):
            return False
        if not self._is_of_government():
            return self.is_strong and self.holds("laid_line") and is_called(self.dossier, _MINISTRY)
        if not self.is_strong:
            return self.holds("laid_line")
        return self.holds("mobile_network" if self.concept == "ran_core" else "transmission") or self.concept in RADIO

    def is_kept_up_by_town(self) -> bool:
        """Return whether a town maintains or renews fibre that it has."""
        return (
            self.concept == "fibre_backbone"
            and bool(_UPKEEP.search(self.before))
            and is_called(self.dossier, _TOWN)
            and not self.holds("emergency")
        )

    def _is_named(self) -> bool:
        """Return whether a word for a network is in the mention, or directly next to it."""
        beside = (*self.before.split()[-_BESIDE_WORDS:], self.written, *self.after.split()[:1])
        return bool(_NAMED.search(" ".join(beside)))

    def _has_piece(self) -> bool:
        piece = _PIECES.search(self.before)
        if not piece or not self.is_strong:
            return bool(piece or _PIECES.match(self.after.lstrip(" ,(")))
        is_listed = _LISTED.search(self.before) and not _FOR.search(self.before, piece.end())
        return not (_KEPT_UP.search(self.before) or is_listed)

    def _has_handset(self) -> bool:
        """Return whether handsets are bought with a radio, and no network is named: "radio base y 25 handies"."""
        return self.concept not in _LINES and has_words(self.dossier, "handset") and not self._is_named()

    def _is_of_government(self) -> bool:
        return is_called(self.dossier, _STATE) or is_called(self.dossier, _TOWN)


# The first one that holds answers, as ``_why_not`` returns it.
_QUESTIONS: tuple[tuple[Callable[[_Network], object], str | None], ...] = (
    # It is no network, whoever the buyer is.
    (lambda network: _CLASS.search(network.before) or _CLASS_NAME.search(network.whole), ""),
    (_Network.is_beside, "beside_network"),
    (lambda network: network.concept == "fibre_backbone" and has_words(network.dossier, _LAST_MILE), "last_mile"),
    (lambda network: network.concept in _LINES and _ELECTRIC.search(network.whole), "power_line"),
    # It is one, or a service over one, or parts of one.
    (lambda network: network.is_sure and network.is_operators, None),
    (_Network.is_far_by_name, None),
    (_Network.is_over_another, "over_network"),
    (lambda network: network.is_operators and not network.is_radio, None),
    (lambda network: network.is_in_parts, "network_parts"),
    (lambda network: network.is_radio and not _RADIO_TECHNOLOGY.search(network.written), ""),
    # It is for the buildings of its buyer, or others depend on it.
    (_Network.has_duty, None),
    (lambda network: network.holds("house"), "own_network"),
    (lambda network: network.is_far, None),
    (lambda network: network.has_houses, "own_network"),
    (lambda network: not network.is_radio and has_words(network.dossier, _SERVES_OTHERS), None),
    (_Network.is_of_many, None),
    (lambda network: network.is_radio, ""),
    (lambda network: _OWN.search(network.whole) and not network.holds("emergency"), "own_network"),
    (_Network.is_kept_up_by_town, "own_network"),
    (_Network.is_for_all, None),
)


def _sentence(value: str, mention: Mention) -> tuple[str, str]:
    """Return the folded text before and after a mention in its sentence, up to ``_REACH`` characters on each side."""
    before = _ENDS.split(value[max(0, mention.start - _REACH) : mention.start])[-1]
    after = _ENDS.split(value[mention.end : mention.end + _REACH], maxsplit=1)[0]
    return fold(before).text.strip(), fold(after).text.strip()
