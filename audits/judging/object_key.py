"""The second key of the T-rules: what tells that the thing bought is what a text speaks of."""

import re

from audits.matching.scope import CONCEPT_SECTORS, ScopeEvidence

# How many characters after another object technology is told beside it, and what joins the two.
BESIDE_REACH = 60
_BESIDE = re.compile(
    # A dash begins another part of a title: "Consultoría - Técnico de cámaras, EDR".
    r"^(?! ?(?:de|del|para|sobre|en|do|da|for|of|on)\b)(?!.* [-–] )[^.;:]*?(?:[,/+&]|\b(?:y|e|and)\b) *"
    r"(?:\w+ (?:de |del |do |da )?(?:\w+ (?:con|com|with) )?)?$",
    re.IGNORECASE,
)
# What is bought as well as a person is hired: "un técnico y la compra de cámaras". All else that is joined are duties.
_BOUGHT = re.compile(
    r"\b(?:ad?quisi[cs]\w+|aquisi[cç]\w+|compras?|fornecimento|purchase|suministro|supply)\b", re.IGNORECASE
)
# How many characters of what is bought, before the name of a centre, tell what is bought for it.
_HEAD_REACH = 80
_BESIDE_NAME_REACH = 45
# What is technology, or runs a centre, before its name; a system that the name of the centre begins with is none.
_TECHNOLOGY = re.compile(
    r"\b(?:actualiza\w+|alarm\w*|almacenamiento|alquiler|amplia\w+|analitic\w*|antenas?|aplica\w+|apps?|arrend\w+|"
    r"atualiza\w+|botone\w*|cad|cam[ae]ras?|cctv|comput\w+|comunica\w+|conect\w+|connect\w+|consol\w+|conveni\w+|"
    r"dados|data|datos|desarroll\w+|desenvolv\w+|digital\w*|discos?|dispatch|enlaces?|equip\w+|expan\w+|fib\w+|"
    r"fortale\w+|funcionamiento|grabaci\w+|gravac\w+|habilita\w+|hardware|implant\w+|implement\w+|informatic\w+|"
    r"integra(?:cao|cion|r|tion)|interconex\w+|internet|interoper\w+|licen\w+|links?|locac\w+|moderni\w+|monitores|"
    r"monitorist\w+|network\w*|opera\w+|pantallas?|plataformas?|platforms?|puesta en|radio\w*|red|rede|redes|"
    r"repuestos|routers?|servers?|servicio de (?:atencion|despacho|monitoreo|vigilancia)|servidor\w*|"
    r"(?<!del )(?<!do )(?<!para el )(?<!para o )(?<!of the )(?:sistemas?|systems?)|software|soluc\w+|solutions?|"
    r"storage|switch\w*|technolog\w+|tecnolog\w+|telecom\w+|telefon\w+|telephon\w+|televig\w+|tetra|upgrad\w+|"
    r"video\w*|vigila\w+|voz|wi ?fi)\b"
)
# Technology that is rare, and whose names mean nothing else: the reader has seen little of it.
UNMISTAKABLE = frozenset(
    {
        *("facial_recognition", "biometric_id", "predictive_policing", "social_media_monitoring", "lpr"),
        "surveillance_product",
    }
)
# An abbreviation may always stand for another thing too ("XRY" is an airport).
_ABBREVIATION = 4
# Words for much else too ("sistema", "software", "red"): a notice that says no more than these must read like
# technology with at least this probability. Chosen among .2, .3 and .4 by cross-validation over buyers.
MANY_SENSES = frozenset({"software_platform", "software_licence", "network_equipment", "server_storage"})
LEAST_OF_MANY_SENSES = 0.3
# From which probability on the reader lets weak words count: where no supplier is known, where a supplier's name tells
# a trade of technology ("… Sistemas de Informação, Lda"), and where none does. Chosen by cross-validation over buyers
# among .3, .4 and .5, and among .6 and .7.
BACKING = 0.6
BACKING_OF_TRADE = 0.3
BACKING_OF_OTHER_TRADES = 0.7

# What the name of a supplier tells of its trade. Operators sell telephones of staff above all: theirs tells nothing.
TRADES = frozenset(concept for concept, sector in CONCEPT_SECTORS.items() if sector != "telecoms")


def is_unmistakable(place: ScopeEvidence) -> bool:
    """Tell whether a place of a scope names technology that can be nothing else."""
    if place.note != "surveillance_product":
        return place.note in UNMISTAKABLE
    return len(str(place.value)) > _ABBREVIATION


def joins(between: str) -> bool:
    """Tell whether what stands between another object and technology puts both side by side: "UPS y servidores"."""
    return len(between) <= BESIDE_REACH and bool(_BESIDE.match(between))


def is_bought_beside(after: str) -> bool:
    """Tell whether what stands after a person's post, up to technology, tells of buying: else it is a duty."""
    return bool(_BOUGHT.search(after))


def names_technology(before: str) -> bool:
    """
    Tell whether words before the name of a centre, folded, are of technology, or of running it.

    Of many words those that begin what is bought, and those right before the name, tell it.
    """
    return bool(_TECHNOLOGY.search(before[:_HEAD_REACH]) or _TECHNOLOGY.search(before[-_BESIDE_NAME_REACH:]))
