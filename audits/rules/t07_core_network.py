"""
The object is the core, the radio access or the backbone of a network.

Why it matters
--------------
Whoever supplies the core of a network can reach all that passes through it, and is hard to replace for decades.

Method
------
Look in titles, descriptions, lots and items for 5G or 4G core, radio access, IMS, backbone and transport networks,
fibre rings, submarine cables and trunked radio networks. Severity: medium; high if a supplier is on a public list
that is switched on, or if its share of the buyer's spend (see T08) reaches ``dominant_share`` in
``dominant_processes`` processes or more.

Exclusions
----------
Networks inside a building, telephone exchanges of an office, subscriptions to internet access, and mobile or home
networks that only carry what is bought ("internet por red 4G").

Sources
-------
European Commission, Cybersecurity of 5G networks: EU toolbox of risk mitigating measures (2020).
"""

import re
from collections.abc import Iterator

from audits.dossier import Dossier
from audits.matching.fold import fold
from audits.matching.lexicon import Mention
from audits.rules.base import Change, Finding, Severity, Stage, rule
from audits.rules.readings import CORE_NETWORK, concepts, first_of_each, named, require_scope, supplier_matches

# "por redes 3G y 4G", "via LTE", "through the 4G network": the network is the way, not the object. The reach is how
# many characters before the network such words are looked for.
_WAY = re.compile(
    r"\b(?:por|mediante|a traves de|via|por medio de|por meio de|sobre|pel[ao]|usando|com tecnologia|con tecnologia|"
    r"through|over|using)(?: (?:la|las|el|los|una|un|a|o|the|our|fibra|optica|tecnologia|red|redes|rede|de|3g|4g|y|e|"
    r"o|and))*[ (/,]*$"
)
_WAY_REACH = 40
_HOME_NETWORKS = frozenset({"ftth", "gpon", "fttx", "fttp", "fibra al hogar"})


@rule(
    code="T07",
    title={"en": "Core network", "es": "Red central", "pt": "Rede central"},
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=2,
    changes={
        2: Change(
            "2026-11-24",
            {
                "en": "A network that only carries a service (“internet over 4G”) no longer counts.",
                "es": "Una red que solo lleva un servicio («internet por red 4G») ya no cuenta.",
                "pt": "Uma rede que apenas leva um serviço (“internet por rede 4G”) já não conta.",
            },
        )
    },
    sentences={
        "default": {
            "en": "The record speaks of a core, access or backbone network: {words}.",
            "es": "El registro habla de una red central, de acceso o troncal: {words}.",
            "pt": "O registro fala de uma rede central, de acesso ou troncal: {words}.",
        }
    },
)
def core_network(dossier: Dossier, *, dominant_share: float = 0.5, dominant_processes: int = 5) -> Iterator[Finding]:
    require_scope(dossier)
    found = tuple(mention for mention in dossier.said(*CORE_NETWORK) if not _carries(dossier, mention))
    if not found:
        return
    suppliers = {supplier.id or supplier.name for supplier in dossier.process.suppliers()}
    dominant = any(
        share["supplier"] in suppliers
        and share["share"] >= dominant_share
        and share["processes"] >= dominant_processes
        for share in dossier.statistics.get("supplier_shares", ())
    )
    listed = any(match.entry.listings for match in supplier_matches(dossier))
    yield Finding(
        evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
        values={"words": named(found)},
        severity=Severity.HIGH if dominant or listed else Severity.MEDIUM,
        cites=concepts(found),
    )


def _carries(dossier: Dossier, mention: Mention) -> bool:
    """Tell whether a mobile or home network is only the way in which a service comes."""
    if mention.concept not in {"ran_core", "5g"} and mention.written.lower() not in _HOME_NETWORKS:
        return False
    value = str(dossier.evidence(mention).value)
    return bool(_WAY.search(fold(value[max(0, mention.start - _WAY_REACH) : mention.start]).text))
