"""
Training or travel comes with the technology.

## Why it matters

The trainer of officials influences how they use the system, and paid travel may influence whom they choose next time.

## Method

For technology in scope, look for training, scholarships, visits, academies or staff exchange that is bought or given
with something else: after it ("soporte y capacitación") or before it ("formación y soporte de la red").

### Severity

* **medium**: the training is abroad or at the maker's, or travel is paid. Any country other than the record's is
  abroad ("training in China").
* **low**: technology transfer and joint academies.
* **context** (needs no decision): ordinary training of users; people who label notices count it, though it influences
  no official.

## Exclusions

* Training as the purpose of a purchase ("una sala para capacitación", "licences for training").
* Purchases that were called off before anything was signed or paid.

## Sources

OECD, Recommendation on public procurement (2015), integrity.
"""

import re
from collections.abc import Iterator

from audits.facts.technology.hosting.foreign_places import places_in
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.parts import WORDS_OF_RECORD
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Context, Finding, Severity, Stage, rule
from audits.matching.lexicon import Mention
from audits.matching.texts.normalize import fold

# What joins training to what is bought with it ("| SW-05 Capacitación" in a list), and how many characters before it
# this is looked for.
_ADDED = re.compile(
    r"(?:[,;:+/|.]|\b(?:y|e|and|con|com|with|mas|mais|plus|incluye\w*|incluid\w*|incluindo|inclui\w*|including|includes))"
    r"(?: (?:la|las|el|los|o|a|os|as|the|su|sua|servicios?|servicos?|services?|de|of|sesion\w*|sesso\w*|horas?|hours?|"
    r"operator|staff|technician|user|respectiv[oa]s?|una?|uma?|[a-z]{0,5}\d\w{0,5}|[a-z]{2}))* ?$"
)
# Training that opens a list of services: "Formación y soporte de la red".
_OPENS = re.compile(
    r" ?(?:,|/|y|e|and) ?(?:el |la |o |a )?(?:soporte|suporte|support|mantenimiento|manutencao|maintenance|"
    r"actualizacion|atualizacao|instalacion|instalacao|installation|asistencia|assistencia|puesta en marcha|garantia|"
    r"licencia\w*)\b"
)
_ADDED_REACH = 40
# What ends the clause that names the country of a training, and how many characters behind it this is looked for.
_CLAUSE_END = re.compile(r"[.;:\n]|\b(?:ademas|alem|besides|garantia|soporte|suporte|support|warranty)\b")
_PLACE_REACH = 120


@rule(
    code="T12",
    title="Training bundle",
    stage=Stage.CONTRACT,
    severity=Severity.LOW,
    version=18,
    on_trial=True,
    sentences={
        "default": "Training or exchange is part of what is supplied: {words}.",
        "abroad": "Training abroad, at the maker's, or paid travel is part of what is supplied: {words}.",
    },
    reasons={
        "ordinary_training": "users are trained, as with most that is delivered: {words}",
    },
)
def training_bundle(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    training = dossier.mentions_of("training", parts=WORDS_OF_RECORD)
    elsewhere = tuple(mention for mention in training if _is_in_another_country(dossier, mention))
    abroad = (*dossier.mentions_of("training_fellowship", parts=WORDS_OF_RECORD), *elsewhere)
    transfer = dossier.mentions_of("technology_transfer", parts=WORDS_OF_RECORD)
    ordinary = tuple(
        mention
        for mention in training
        if mention not in elsewhere
        and (_is_added(dossier, mention) or not dossier.leaves_out(mention, "training_itself"))
    )
    found = (*abroad, *transfer, *ordinary)
    if not found:
        return
    words = named(abroad or found)
    yield Finding(
        evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
        values={"words": words},
        sentence="abroad" if abroad else "default",
        severity=Severity.MEDIUM if abroad else Severity.LOW,
        context=None if abroad or transfer else Context("ordinary_training", {"words": words}),
    )


def _is_added(dossier: Dossier, mention: Mention) -> bool:
    """Tell whether training comes beside something else: "soporte y capacitación", "formación y soporte"."""
    before = dossier.folded_before(mention, _ADDED_REACH)
    after = dossier.folded_after(mention, _ADDED_REACH)
    return bool(_ADDED.search(before) or _OPENS.match(after) or _OPENS.search(fold(mention.written).text))


def _is_in_another_country(dossier: Dossier, mention: Mention) -> bool:
    """Tell whether training is given in another country than that of the record: "formação de quadros na China"."""
    country = dossier.process.country
    clause = _CLAUSE_END.split(dossier.folded_after(mention, _PLACE_REACH))[0]
    return bool(country) and any(place.code != country for place in places_in(clause))
