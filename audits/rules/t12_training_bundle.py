"""
Training or travel comes with the technology.

Why it matters
--------------
Whoever trains the officials shapes how they use the system, and paid travel may shape whom they choose next time.

Method
------
For technology in scope, look for training, scholarships, visits, academies or staff exchange among what is bought or
given. Severity: medium when it is abroad, at the maker's, or travel is paid; low for technology transfer and joint
academies; context for ordinary training of users.

Exclusions
----------
Experience and training demanded of the bidder's staff, where the text says so.

Sources
-------
OECD, Recommendation on public procurement (2015), integrity. Clause notes of the methodology, family 10.
"""

from collections.abc import Iterator

from audits.dossier import Dossier
from audits.rules.base import Finding, Severity, Stage, rule
from audits.rules.readings import WORDS_OF_RECORD, concepts, first_of_each, named, require_scope


@rule(
    code="T12",
    title={"en": "Training bundle", "es": "Capacitación incluida", "pt": "Capacitação incluída"},
    stage=Stage.CONTRACT,
    severity=Severity.LOW,
    version=1,
    sentences={
        "default": {
            "en": "Training or exchange is part of what is supplied: {words}.",
            "es": "La capacitación o el intercambio es parte de lo suministrado: {words}.",
            "pt": "A capacitação ou o intercâmbio é parte do que é fornecido: {words}.",
        },
        "abroad": {
            "en": "Training abroad, at the maker's, or paid travel is part of what is supplied: {words}.",
            "es": "La capacitación en el exterior, en fábrica o con viajes pagados es parte de lo suministrado: {words}.",
            "pt": "A capacitação no exterior, na fábrica ou com viagens pagas é parte do que é fornecido: {words}.",
        },
    },
)
def training_bundle(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    abroad = dossier.said("training_fellowship", parts=WORDS_OF_RECORD)
    transfer = dossier.said("technology_transfer", parts=WORDS_OF_RECORD)
    ordinary = dossier.said("training", parts=WORDS_OF_RECORD)
    found = (*abroad, *transfer, *ordinary)
    if not found:
        return
    severity = Severity.MEDIUM if abroad else Severity.LOW if transfer else Severity.CONTEXT
    yield Finding(
        evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
        values={"words": named(abroad or found)},
        sentence="abroad" if abroad else "default",
        severity=severity,
        cites=concepts(found),
    )
