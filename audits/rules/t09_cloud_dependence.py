"""
A public function moves onto a provider's cloud.

Why it matters
--------------
A service that runs at a provider can be changed, priced or ended by it, and the data lie where the provider puts
them.

Method
------
Look in titles, descriptions, lots and items for public cloud, hosted platforms, software as a service and
artificial intelligence by subscription. Severity: low; medium if data are held or reached abroad, or if contract
text that can be read does not say where they are (as in T10).

Exclusions
----------
Clouds of points, servers that the buyer runs itself, names of suppliers.

Sources
-------
OECD, Public sector cloud adoption (2023). ENISA, Cloud security for public administrations.
"""

from collections.abc import Iterator

from audits.dossier import Dossier
from audits.rules.base import Finding, Severity, Stage, rule
from audits.rules.readings import HOSTED, concepts, data_place, first_of_each, named, require_scope


@rule(
    code="T09",
    title={"en": "Cloud dependence", "es": "Dependencia de la nube", "pt": "Dependência da nuvem"},
    stage=Stage.TENDER,
    severity=Severity.LOW,
    version=1,
    sentences={
        "default": {
            "en": "The record speaks of a service that runs at a provider: {words}.",
            "es": "El registro habla de un servicio que funciona en casa de un proveedor: {words}.",
            "pt": "O registro fala de um serviço que funciona em um provedor: {words}.",
        }
    },
)
def cloud_dependence(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    found = dossier.said(*HOSTED)
    if found:
        yield Finding(
            evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
            values={"words": named(found)},
            severity=Severity.MEDIUM if data_place(dossier).abroad else Severity.LOW,
            cites=concepts(found),
        )
