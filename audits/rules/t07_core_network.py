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
Networks inside a building, telephone exchanges of an office, subscriptions to internet access.

Sources
-------
European Commission, Cybersecurity of 5G networks: EU toolbox of risk mitigating measures (2020).
"""

from collections.abc import Iterator

from audits.dossier import Dossier
from audits.rules.base import Finding, Severity, Stage, rule
from audits.rules.readings import CORE_NETWORK, concepts, first_of_each, named, require_scope, supplier_matches


@rule(
    code="T07",
    title={"en": "Core network", "es": "Red central", "pt": "Rede central"},
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=1,
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
    found = dossier.said(*CORE_NETWORK)
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
