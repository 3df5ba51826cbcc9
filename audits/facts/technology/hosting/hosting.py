"""Hosted services: cloud, platforms, software as a service, and systems near words for hosting."""

import re
from collections.abc import Iterator

from audits.facts.beside import Beside, exclusion_beside
from audits.facts.technology.record_words import has_words, title_has_words
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import HEAD_PARTS
from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import BOTH, STRONG, WEAK, Mention
from audits.matching.texts.nearness import Places
from audits.matching.texts.normalize import fold

HOSTED = ("cloud", "cloud_product", "ai_as_a_service")
# Concepts of systems that a provider may host.
_SYSTEMS = (
    "software_platform",
    "server_storage",
    "data_centre",
    "telephony",
    "data_analytics",
    "artificial_intelligence",
)
# Abbreviations of hosted services. All have other meanings too, see ``_called_a_service``.
_SERVICE = "SaaS"
_SERVICES = frozenset({_SERVICE, "IaaS", "PaaS"})
# Servers that a buyer gets in order to host services itself.
_OWN_SERVERS = re.compile(
    r"\b(?:clusters?|servidor(?:es)?|servers?)\b[^.;]{0,40}\b(?:para|for) (?:(?:el|la|o|a|su|the) (?:\w+ )?)?"
    r"(?:(?:aprovisionamiento|provis\w+|prestacion|prestacao|desarrollo|desenvolvimento|development|entrenamiento|"
    r"training|treinamento) (?:de |of )(?:la |the )?)?$"
)
_OWN_REACH = 70
# A server that the buyer has, and on which something is: "del servidor donde está alojada la gestión".
_ON_SERVER = re.compile(
    r"\b(?:servidor(?:es)?|servers?),? (?:donde|en (?:el|los) (?:cual(?:es)?|que)|em que|no qual|nos quais|on which|"
    r"onde|where) (?:\w+ ){0,2}$"
)
# Words after or before a cloud that make it the buyer's own.
_PRIVATE = re.compile(r"[\s\"']{0,3}+(?:corporativa|matri[cx]|particular|privad[ao]|propr?ia|provincial)\b")
_PRIVATE_BEFORE = re.compile(r"\b(?:on premises?|private)\s+$")
# Advice or training about a cloud; no cloud is bought.
_STRATEGY_BEFORE = re.compile(
    r"\b(?:adocao|adopcion|adoption|course|curso|estrategia|instruction|strategy|training|workshops?) "
    r"(?:(?:da|de|de la|en la|for|for the|in|na|of|on|para|para a) )?(?:computacao (?:em )?|computacion en (?:la )?)?$"
)
_STRATEGY_AFTER = re.compile(r" (?:adoption|strategy|training)\b")
# Staff who know a cloud; no cloud is bought.
_STAFF_BEFORE = re.compile(
    r"\b(?:architects?|arquitect[oa]s?|arquitet[oa]s?|consultants?|consultor(?:as?|es)?|desarrollador(?:as?|es)?|"
    r"desenvolvedor(?:as?|es)?|engenheir[oa]s?|engineers?|especialistas?|experts?|expert[oa]s?|ingenier[oa]s?|"
    r"professionals?|profesional(?:es)?|profissiona(?:l|is)|specialists?) (?:(?:"
    r"d[aeo]s?|em|en|for|in|la|na|of|para|plataformas?|servicios|servicos|soluciones|solucoes|solutions?) ){0,5}$"
)
_STAFF_AFTER = re.compile(
    r"[\W_]{1,4}(?:(?:data|infrastructure|network|operations|platform|security|senior|solutions?|systems?) ){0,2}"
    r"(?:administrators?|analysts?|architects?|consultants?|developers?|engineers?|expert(?:s|ise)|finops manager|"
    r"professionals?|specialists?(?! services?))\b|,(?: \w+,?){1,4}? (?:and )?expertise\b"
)
# A line to a cloud; words that the buyer hosts the system itself; and words that the tender is what is hosted.
_LINE_AFTER = re.compile(r" (?:access(?!ib| security)|connectivity)")
_OWN_AFTER = re.compile(
    r" (?:by the (?:authority|buyer|council|trust|university)|pel[ao]s? (?:camara|if|institut\w+|municipio|orgao|"
    r"prefeitura|secretaria|tribunal|universidade)|por (?:el|la) (?:alcaldia|entidad|institucion|instituto|ministerio|"
    r"municipalidad|municipio|secretaria|tribunal|universidad)|(?:en|na) (?:las? )?salas?|on[ -]premises?|"
    r"(?:en el|in the|no) (?:centro de (?:computo|dados|datos)|data ?cent(?:er|re)) (?:de la|do|del|of the) "
    r"(?:alcaldia|authority|buyer|council|entidad|institucion|instituto|ministerio|municipio|orgao|tribunal|universidad))\b"
)
_TENDER_BEFORE = re.compile(r"\b(?:competition|documents|exercise|invitation|itt|procedure|procurement|tender) $")
# Reasons to exclude a word for a cloud or hosting: servers for it are bought ("servidores para el alojamiento de la
# base de datos"), it is the buyer's own, a strategy for it is bought, staff for it are hired, a line to it is bought,
# or the tender is hosted.
_BESIDE = (
    Beside("own_cloud", _OWN_REACH, before=_OWN_SERVERS),
    Beside("own_cloud", _OWN_REACH, before=_ON_SERVER),
    Beside("own_cloud", _OWN_REACH, before=_PRIVATE_BEFORE, after=_PRIVATE),
    Beside("cloud_strategy", _OWN_REACH, before=_STRATEGY_BEFORE, after=_STRATEGY_AFTER),
    Beside("cloud_strategy", _OWN_REACH, before=_STAFF_BEFORE, after=_STAFF_AFTER),
    Beside("line_to_cloud", _OWN_REACH, after=_LINE_AFTER),
    Beside("own_cloud", _OWN_REACH, after=_OWN_AFTER),
    Beside("hosted_tender", _OWN_REACH, before=_TENDER_BEFORE),
)
# A point cloud, measured by laser or drawn.
_POINT_CLOUD = "point_cloud"
_POINTS = re.compile(r"\b(?:nubes? de puntos|nuve(?:m|ns) de pontos|point clouds?)\b")
# Every match of ``_POINTS`` contains one of these.
_POINT_SIGNS = ("de puntos", "de pontos", "point cloud")
_HOSTING = re.compile(
    r"(?:servic\w+ de |web ?)?(?:aloja\w+|hosped\w+|hosted|hosting)(?: services?| sitio web| pagina web| del portal|"
    r" d[eo] (?:novo )?(?:site|portal))?"
)
_OF_SITE = re.compile(r" (?:site|sitio web|pagina web)$")
_BESIDE_SITE = re.compile(r"\b(?:aplicac\w+|bancos? de dados|bases? de datos|prontuarios?|sistemas?)\b")
# Maximum distance in characters between a word for hosting and the hosted system.
_HOSTING_REACH = 80


@cached_fact
def hosted_services(dossier: Dossier) -> tuple[Mention, ...]:
    """
    Return the mentions of hosted services in the object; a word for hosting counts only near a system.

    "Cloud" in the name of an installed product ("Elastic Cloud Enterprise") is not a service.
    """
    installed = dossier.mentions_of("software_product", "server_product", "security_product")
    found = (
        *dossier.mentions_of(*HOSTED),
        *_hosted_systems(dossier),
        *_called_a_service(dossier),
        *_clouds_of_points(dossier),
    )
    return tuple(
        mention for mention in found if not dossier.leaves_out(mention, _why_not(dossier, mention, installed))
    )


def _why_not(dossier: Dossier, mention: Mention, installed: tuple[Mention, ...]) -> str:
    """Return the exclusion that applies to a hosted service; ``""`` if none does."""
    if mention.concept == _POINT_CLOUD:
        return _POINT_CLOUD
    return exclusion_beside(dossier, mention, _BESIDE) or (
        "product_name" if mention.concept == "cloud" and any(it.contains(mention) for it in installed) else ""
    )


def words_of_hosting(dossier: Dossier) -> tuple[Mention, ...]:
    """Return all words in the object that may mean hosting, including those that are too weak to count alone."""
    return dossier.mentions_of(*HOSTED, "hosting_word", strengths=BOTH)


def _clouds_of_points(dossier: Dossier) -> Iterator[Mention]:
    """Yield the point clouds in titles and descriptions; the lexicon does not list them as clouds."""
    if not dossier.holds_any_of(_POINT_SIGNS):
        return
    for text in dossier.texts:
        if text.part not in HEAD_PARTS:
            continue
        folded = dossier.reference.fold(text)
        for found in _POINTS.finditer(folded.text):
            start, end = folded.written(found.start()), folded.written(found.end())
            yield Mention(_POINT_CLOUD, found[0], STRONG, "", text.path, text.part, start, end, text.value[start:end])


def hosts_website(dossier: Dossier, found: tuple[Mention, ...]) -> bool:
    """Return whether only a website is hosted, which is public and which any provider can host."""
    words = [fold(mention.written).text for mention in found]
    is_site = any(map(_OF_SITE.search, words)) and not has_words(dossier, _BESIDE_SITE)
    return all(map(_HOSTING.fullmatch, words)) and (is_site or has_words(dossier, "website"))


def develops_software(dossier: Dossier, found: tuple[Mention, ...]) -> bool:
    """Return whether a title is about writing software, and names no cloud: developers do not host what they write."""
    return title_has_words(dossier, "software_writing") and not any(mention.part == "title" for mention in found)


def _called_a_service(dossier: Dossier) -> tuple[Mention, ...]:
    """
    Return the mentions of "SaaS", "IaaS" and "PaaS" that mean hosted services.

    They count if the object mentions software. "IaaS" and "PaaS" also name aids for pilots and other things; without
    software they count only with another word for a cloud. "SaaS" also is a social service of Portugal; without
    software it counts only in records of other countries.
    """
    called = [m for m in dossier.mentions_of("cloud", strengths=(WEAK,)) if m.term in _SERVICES]
    if not called:
        return ()
    software = dossier.mentions_of("software_licence", "software_platform", "software_product", strengths=BOTH)
    is_cloud = len({mention.term for mention in dossier.mentions_of("cloud", "cloud_product", strengths=BOTH)}) > 1
    return tuple(
        mention
        for mention in called
        if software or (is_cloud if mention.term != _SERVICE else dossier.process.country != "PT")
    )


def _hosted_systems(dossier: Dossier) -> Iterator[Mention]:
    """Yield the words for hosting near a system; the same words can mean lodging for a course."""
    systems = Places(dossier.mentions_of(*_SYSTEMS, strengths=BOTH))
    for word in dossier.mentions_of("hosting_word"):
        if systems.has_near(word, _HOSTING_REACH):
            yield word
