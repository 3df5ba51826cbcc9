"""
Products that no list holds, told by how they are written.

No list of products is ever whole. A name that follows "software", "licencias de" or "marca" is seen as one by its
letters: capitals inside a word ("TrustBroker"), letters with digits ("THR9i"), an abbreviation among small letters,
a mark (®), or, in a text that is all capitals, a spelling that no word of its language has ("SYSMAN"). The names of
the state's own systems ("sistema SIGEF") are left alone: an abbreviation after "sistema" is no product.
"""

import re
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from audits.matching.normalize import Folded, fold


class Sign(StrEnum):
    """What tells that a name is a product."""

    BRAND = "brand"
    MODEL = "model"
    NAME = "name"


class Product(Struct, frozen=True):
    """A product at its place in a text: ``start`` and ``end`` are offsets in the text as written."""

    sign: Sign
    start: int
    end: int


# Without article: "licencias del SAT" are those of an office, "licencias de GeneXus" those of a product.
_JOIN = r"(?: (?:de|of))?"
_JOINS = r"(?: (?:de|del|de la|de las|de los|da|do|das|dos|para|para el|para la|of|for|the|el|la))?"
# What a licence, a subscription or support is bought of.
_NAMED_KIND = (
    r"softwares?|aplicativos?|licencias?|licenciamientos?|licencas?|licenciamentos?|licen[cs]es?|licensing|"
    r"suscripcion(?:es)?|subscricao|subscricoes|assinaturas?|subscriptions?|herramientas?|ferramentas?|antivirus|"
    r"solucion(?:es)?|solucao|productos?|produtos?|programas? informaticos?|sistemas? informaticos?|"
    r"firewalls?|switch(?:es)?|routers?|storage|central(?:es)? telefonicas?|telefonia|radios"
)
# Heads that take the name of a product after "de": "licencias de GeneXus".
_BOUGHT_OF = ("licen", "susc", "subs", "assin", "prod")
_NAME_HEAD = re.compile(
    rf"\b(?P<kind>{_NAMED_KIND})"
    rf"(?:{_JOINS} (?:software|aplicativo|sistema|plataforma|productos?|herramienta|solucion|modulos?|uso|antivirus|"
    rf"soporte|mantenimiento|la suite|programa|informatico|estadistico|denominad[oa]|llamad[oa]))*"
    rf"(?P<join>{_JOIN}) [\"'(]*"
)
_MACHINE = re.compile(
    r"\b(?:switch(?:es)?|routers?|ruteador(?:es)?|servidor(?:es)?|servers?|radios?|firewalls?|"
    r"central(?:es)? telefonicas?|telefonia|storage|almacenamiento|armazenamento|camaras?|cameras?|antenas?|"
    r"repetidor(?:es|as?)?|"
    r"access points?|equipos?|equipamentos?|cluster|chasis|appliance|portatiles|moviles|controladora|grabador(?:es)?|"
    r"biometricos?|lector(?:es)?|drones?|dron|modelos?|model|plataforma)\b"
)
# How many characters may lie between a machine and its model.
_MODEL_REACH = 28
_MODEL = re.compile(r"\b(?=[\w-]*\d)(?=[\w-]*[^\W\d_])[^\W_](?:[\w]|-(?=\w))*")
# Letters with digits that are no model: units, standards, codes of processes, emergency numbers.
_NO_MODEL = re.compile(
    r"(?:\d+(?:[.,]\d+)?(?:x\d+)?(?:k|g|m|t|kb|mb|gb|tb|pb|mbps|gbps|kbps|mbit|gbit|gbe|mhz|ghz|khz|hz|kva|kw|kwh|w|v|vac|"
    r"vdc|va|a|ah|mah|mm|cm|m|km|mts?|pulg|in|u|ur|ru|p|fps|mp|x\d*|h|hrs?|hs|min|seg|d|dias|er|ro|do|da|to|mo|va|vo|"
    r"ra|th|st|nd|rd|ton|btu|gr|kg|ml|l|lts?|puertos|canales|ch|cores?|bits?|b)"
    r"|[345]g|[2-8]k|[1-4]d|c[2345]i?\d?|i[3579]|h26[45]|h[- ]?26[45]\w*|ip ?v?[46]|ipv[46]|ip\d\d|cat ?\d\w?|"
    r"rj\d+|iso\w*|ieee\w*|tier\d|t[1-4]|l[23]|p25|e1|e911|ng911|o365|m365|g20|b2b|g2g|p2p|usb\d?|hdmi\d?|sha\d+|"
    r"covid\w*|ecu911|bol110|ven911|item\d+|lote\d+|no\d+|nro\d+|num\d+|art\d+|fy\d+|q\d|rm\d{3,4}|n\d{1,2}|r\d{1,2}|"
    r"ddr\d\w*|raid\d*|pcie?\d*|om\d|lto\d?|lto-\d|hora\d*|[a-z]2[a-z]|\d+(?:ac|ax|be|n|a|g|b)|\d+base-?\w*|rs-?\d+|"
    r"i[3579]-\w+|q?sfp\d*|sata\d*|a[cx]\d{3,4}|tia-?\d+\w*|nfpa\d+|nema\d\w*|v\d+|\d*k?m[23]|\d+ge|"
    r"(?:lpn|lp|lpi|lic|cm|cd|sie|re|la|lo|ao|ia|aa|as|cp|pe|pp|dl|oc|os|cot|inv|exp|ref|cod|rfp|rfq|itb|ifb|pac)-?\d.*|"
    r"24x7|7x24|8x5|5x8|\d+x\d+(?:x\d+)?|\d+-\d+|\w*\d{5,}\w*|"
    r"[a-z]+-\d{1,4}-(?:19|20)\d\d.*|.*(?:19|20)\d\d.*-.*|\w+(?:-\w+){3,})"
)
_BRAND_HEAD = re.compile(r"\bmarcas?\b(?: comercial(?:es)?)? ?:? ?[\"']?")
_NO_BRAND = re.compile(
    r"(?:reconocid|registrad|propi|blanc|pais|comercia|internaciona|naciona|lider|origina|ofertad|ofrecid|corresp|"
    r"institucion|ciudad|cidade|persona|colectiv|regiona|requerid|exigid|de|del|do|da|dos|das|en|em|a|o|u|e|y|que|"
    r"por|para|pelo|pela|con|com|sin|sem|no|nao|ou|se|es|son|sera|al|ao|igual|similar|equivalente|superior|diversas|"
    r"diferentes|varias|varios|distintas|multiples|modelo|modelos|tipo|serie|referencia|referencial|cualquier|qualquer|"
    r"peru|colombia|mexico|chile|ecuador|brasil|argentina|uruguay|bolivia|alguna|ninguna|nueva|nova|turistica|territorial|vial|viales|indeleble|segun|conforme|y/o|o/y|existentes?|la|el|"
    r"los|las|indicada|cotizada|solicitada|proposta|ofrecida|compatible|minimo|maxima|y modelo)\w*"
)
_LONG_WORD = re.compile(r"[^\W\d_]{4,}")
_NO_LETTER = re.compile(r"[\W\d_]")
_WORD = re.compile(r"[^\W_][\w.+&/-]*[^\W_]|[^\W_]")
_INNER_CAPITAL = re.compile(r"[^\W\d_]*[a-zß-öø-ÿ]+[A-ZÀ-ÖØ-Þ]\w*|[A-ZÀ-ÖØ-Þ]{2,}[a-zß-öø-ÿ]{2,}\w*")
_PARTED_MODEL = re.compile(r"\b(?P<letters>[a-z]{2,5}) (?!(?:19|20)\d\d\b)\d{3,4}[a-z]{0,2}\b")
_MARK = re.compile(r"[\w-]{2,} ?(?:®|™|\(R\)|\(TM\))")
# How no Spanish, Portuguese or English word is spelt: without vowels, or with such clusters or ends.
_FOREIGN = re.compile(
    r"(?:[^aeiouy]{3,}|(?:s[ptkclm]|bd|pc|ts|tz|kh?|w|x[^aeiou]?)[a-z]+|[a-z]*(?:y[bcdfghjklmnpqrstvwxz]|kt|k[a-z]|ww|"
    r"zk|xx|jj|vv|hh|bs[fs]|[bcdfghjklmpqtvx](?:t|k|p|f|ck))[a-z]*|[a-z]{2,}(?:[bcfgkpqtvwx]|ft|nt|rt|st|ng|nk))"
)
# Abbreviations and words of the trade that follow "software" or "switch" and name no product.
_TRADE_WORDS = (
    "ac ad ai anpr antimalware antispam antivirus anual api app apps art as backup base basic bi bid bim birf "
    "blade bpm ca cad cctv cd center cftv chassis client cliente cloud cm cobit cod con core covid cp cpu crm cv "
    "data datacenter dc de del desk desktop dgrp dhcp digital dlp dms dns dos dvr ead ecm edge edr eirl elearning "
    "en end endpoint enterprise erp ethernet etl exp fase fast fast-ethernet fiber firewall firmware flash full "
    "gad gateway generation gigabit gis gprs gps gpu gsm hardware hdd help his host hot hsm http https ia iaas id "
    "iess ihss inss institucional iot ip iso it item itil ivr kva la lan las layer lcd led ley linux lis llamado "
    "lms los lote lp lpn lpr ltda lte managed mdg mesa mobile mpls n nas next nextgen nfc ngfw no noc nosql nro "
    "nube num nvr ocr office olap on online open paas pacs patch pbx pc pcs pedido perpetuas perpetuo pesv piso "
    "pki plus poe point por premise premises premium pro professional proxy ptz pv qr rack raid ram re req rfid "
    "ris rl rm router routing rpa rr.hh rrhh sa saas sac san sat sdwan seguridad server servers service sgsst sie "
    "siem sig site sm smart sms soc software source sql ssd ssl sst stack stand standard sunat swap switch "
    "switching test testing tetra ti tic tipo tls touch tower tres tv uhf una unix ups usb user users usuario utm "
    "vdi vhf voip vpn vps vsat waf wan web wi-fi wifi windows wireless wlan xdr"
)
_ABBREVIATIONS = frozenset(_TRADE_WORDS.split())


def unlisted_products(text: str, language: str) -> Iterator[Product]:
    """
    Yield products, models and brands of ``text`` by how they are written, in no order.

    In a text of capitals alone only foreign spelling, digits and the word "marca" tell a name.

    :param language: ``es``, ``pt`` or ``en``; to an English text no spelling is foreign
    """
    folded = fold(text)
    plain = folded.text

    def written(start: int, end: int) -> tuple[int, int]:
        return folded.written(start), folded.written(end - 1) + 1

    for mark in _MARK.finditer(text):
        yield Product(Sign.NAME, mark.start(), mark.end())
    if "marca" in plain:
        for head in _BRAND_HEAD.finditer(plain):
            word = _WORD.match(plain, head.end())
            if word and not _NO_BRAND.fullmatch(word.group()) and not word.group().isdigit():
                yield Product(Sign.BRAND, *written(head.start(), word.end()))
    case = _case(text)
    for head in _NAME_HEAD.finditer(plain):
        word = _WORD.match(plain, head.end())
        if word and word.group() not in _ABBREVIATIONS:
            first, last = written(word.start(), word.end())
            # "software Pergamum" is a name; "software de Gestión" says what it does.
            direct = not head["join"] or head["kind"].startswith(_BOUGHT_OF)
            # "sistema informático SIIF" may be of the state's own making: only a foreign spelling tells.
            own = head["kind"].startswith(("sistema", "programa"))
            if _is_name(text[first:last], _Case.CAPITALS if own else case, direct=direct, latin=language != "en"):
                yield Product(Sign.NAME, first, last)
    if any(letter.isdigit() for letter in plain):
        machines = [match.end() for match in _MACHINE.finditer(plain)]
        if machines:
            for start, end in _models(text, folded):
                if any(0 <= start - machine <= _MODEL_REACH for machine in machines):
                    yield Product(Sign.MODEL, *written(start, end))


def _models(text: str, folded: Folded) -> Iterator[tuple[int, int]]:
    for model in _MODEL.finditer(folded.text):
        if len(model.group()) > 2 and not _NO_MODEL.fullmatch(model.group()):
            yield model.span()
    for model in _PARTED_MODEL.finditer(folded.text):
        word = text[folded.written(model.start()) : folded.written(model.end("letters") - 1) + 1]
        if word.isupper() and model["letters"] not in _ABBREVIATIONS:
            yield model.span()


class _Case(StrEnum):
    SPOKEN = "small letters, capitals for names"
    TITLE = "a capital for every word"
    CAPITALS = "capitals alone"


def _case(text: str) -> _Case:
    """Tell how a text is written, by its longer words but the first."""
    words = _LONG_WORD.findall(text)
    if sum(word.isupper() for word in words) * 2 > len(words):
        return _Case.CAPITALS
    later = words[1:]
    if len(later) < 2 or sum(word[0].isupper() for word in later) * 2 > len(later):
        return _Case.TITLE
    return _Case.SPOKEN


def _is_name(word: str, case: _Case, *, direct: bool, latin: bool) -> bool:
    letters = _NO_LETTER.sub("", word)
    if len(letters) < 2:
        return False
    if _INNER_CAPITAL.fullmatch(word):
        return True
    if case is _Case.SPOKEN:
        return letters.isupper() or (direct and letters[0].isupper())
    if case is _Case.TITLE and letters.isupper():
        return True
    return latin and letters[0].isupper() and len(letters) > 2 and bool(_FOREIGN.fullmatch(fold(letters).text))
