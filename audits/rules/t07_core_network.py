"""
The object is the core, the radio access or the backbone of a network.

## Why it matters

Whoever supplies the core of a network can reach all that passes through it, and is hard to replace for decades.

## Method

Look in titles, descriptions, lots and items for 5G or 4G core, radio access, IMS, backbone and transport networks,
fibre rings, submarine cables and trunked radio networks; else for radio technology beside a network or its sites, and
for fibre beside how far it goes ("fibra óptica (450 km)"). Severity: medium; high if a supplier is on a public list
that is switched on, or if its share of the buyer's spend (see T08) reaches `dominant_share` in
`dominant_processes` processes or more.

## Exclusions

Names of classes of goods. Networks inside a building or campus, telephone exchanges of an office, subscriptions to
internet access, mobile or home networks that only carry what is bought ("internet por red 4G"), and radios that
must only fit a network ("radios compatibles con el sistema TETRA"). Towers, multiplexers and radio links of a buyer
that is no operator, utility, railway or security body, where the text does not tell that they go far.

## Sources

European Commission, Cybersecurity of 5G networks: EU toolbox of risk mitigating measures (2020).
"""

import re
from collections.abc import Iterator

from audits.facts.networks import is_indoors, is_of_many, long_networks
from audits.facts.technology import CORE_NETWORK, TOLD_PARTS, first_of_each, named, require_scope, supplier_matches
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Change, Finding, Severity, Stage, rule
from audits.matching.lexicon import Mention
from audits.matching.normalize import fold

# "por redes 3G y 4G", "via LTE", "through the 4G network": the network is the way, not the object. The reach is how
# many characters before the network such words are looked for.
_WAY = re.compile(
    r"\b(?:por|mediante|a traves de|via|por medio de|por meio de|sobre|pel[ao]|usando|com tecnologia|con tecnologia|"
    r"through|over|using)(?: (?:la|las|el|los|una|un|a|o|the|our|fibra|optica|tecnologia|red|redes|rede|de|3g|4g|y|e|"
    r"o|and))*[ (/,]*$"
)
_WAY_REACH = 40
# "radios compatibles con el sistema TETRA", "handsets for use on the network", "rádios portáteis para a rede SIRESP".
_FITS = re.compile(
    r"\b(?:compatib\w+ (?:con|com|with)|for use (?:on|with|in)|para (?:su )?uso (?:en|no|na)|operar (?:en|no|na))"
    r"(?: (?:el|la|los|las|o|a|the|su|nuestra|nossa|our|sistema|system|red|rede|network|de|do|da|of))*$"
    r"|\b(?:radios?|terminal\w*) (?:portat\w+|portable|movil\w*|movei?s|movel) (?:para|for)"
    r"(?: (?:el|la|los|las|o|a|the|sistema|system|red|rede|network))*$"
)
# A plan of a mobile operator: its network is not what is bought.
_SUBSCRIPTION = re.compile(
    r"\b(?:servico movel pessoal|internet mov\w+|planes? de (?:datos|voz|telefonia)|chips?|sim ?cards?|"
    r"mobile (?:phones?|tariffs?))\b"
)
_HOME_NETWORKS = frozenset({"ftth", "gpon", "fttx", "fttp", "fibra al hogar"})


@rule(
    code="T07",
    title="Core network",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=5,
    reads=("supplier_shares",),
    changes={
        3: Change(
            "2026-11-24",
            "Fibre inside a building and radios that must only fit a network no longer count; a radio "
            "network and long fibre count in more orders of words.",
        ),
        2: Change("2026-11-24", "A network that only carries a service (“internet over 4G”) no longer counts."),
        4: Change(
            "2026-11-25",
            "The thing bought must be technology too, else the finding is withheld; each text is read in its own "
            "language, each lot by itself.",
        ),
        5: Change(
            "2026-11-27",
            "Words with other meanings count only where the notice reads more clearly like technology, and "
            "words within the name of a buyer no longer tell what is bought; names of classes, the last mile, "
            "radios for a network and parts that serve one office or studio no longer count.",
        ),
    },
    sentences={
        "default": "The record speaks of a core, access or backbone network: {words}.",
    },
)
def core_network(dossier: Dossier, *, dominant_share: float = 0.5, dominant_processes: int = 5) -> Iterator[Finding]:
    require_scope(dossier)
    found = tuple(
        mention
        for mention in dossier.mentions_of(*CORE_NETWORK, parts=TOLD_PARTS)
        if not _carries(dossier, mention) and not is_indoors(dossier, mention) and is_of_many(dossier, mention)
    ) or long_networks(dossier)
    if not found:
        return
    suppliers = {supplier.id or supplier.name for supplier in dossier.process.suppliers()}
    dominant = any(
        share.supplier in suppliers and share.share >= dominant_share and share.processes >= dominant_processes
        for share in dossier.statistics.supplier_shares or ()
    )
    listed = any(match.entry.listings for match in supplier_matches(dossier))
    yield Finding(
        evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
        values={"words": named(found)},
        severity=Severity.HIGH if dominant or listed else Severity.MEDIUM,
    )


def _carries(dossier: Dossier, mention: Mention) -> bool:
    """Tell whether a network is only the way in which a service comes, or what a radio must fit."""
    value = dossier.text_of(mention)
    before = fold(value[max(0, mention.start - _WAY_REACH) : mention.start]).text.rstrip()
    if mention.concept == "trunked_radio":
        return bool(_FITS.search(before))
    if mention.concept not in {"ran_core", "5g"} and mention.written.lower() not in _HOME_NETWORKS:
        return False
    return bool(_WAY.search(before) or _SUBSCRIPTION.search(fold(value).text))
