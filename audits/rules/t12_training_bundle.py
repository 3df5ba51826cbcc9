"""
Training or travel comes with the technology.

## Why it matters

Whoever trains the officials shapes how they use the system, and paid travel may shape whom they choose next time.

## Method

For technology in scope, look for training, scholarships, visits, academies or staff exchange among what is bought or
given. Severity: medium when it is abroad, at the maker's, or travel is paid; low for technology transfer and joint
academies; context for ordinary training of users.

## Exclusions

Training as the purpose ("una sala para capacitación", "licences for training") is not training supplied.

## Sources

OECD, Recommendation on public procurement (2015), integrity.
"""

import re
from collections.abc import Iterator

from audits.facts.technology import WORDS_OF_RECORD, first_of_each, named, require_scope
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Change, Finding, Severity, Stage, rule
from audits.matching.lexicon import Mention
from audits.matching.normalize import fold

# What joins training to what is bought with it, and how many characters before it this is looked for.
_ADDED = re.compile(
    r"(?:[,;:+/|.]|\b(?:y|e|and|con|com|with|mas|mais|plus|incluye\w*|incluid\w*|incluindo|inclui\w*|including|includes|mas))"
    r"(?: (?:la|las|el|los|o|a|os|as|the|su|sua|servicios?|servicos?|services?|de|of|"
    r"sesion\w*|sesso\w*|horas?|hours?|operator|staff|"
    r"user|"
    r"respectiv[oa]s?|una?|uma?))* ?$"
)
_ADDED_REACH = 40


@rule(
    code="T12",
    title="Training bundle",
    stage=Stage.CONTRACT,
    severity=Severity.LOW,
    version=3,
    changes={
        2: Change("2026-11-24", "Words within longer ones are shown once."),
        3: Change(
            "2026-11-25",
            "The thing bought must be technology too, else the finding is withheld; each text is read in its own "
            "language, each lot by itself.",
        ),
    },
    sentences={
        "default": "Training or exchange is part of what is supplied: {words}.",
        "abroad": "Training abroad, at the maker's, or paid travel is part of what is supplied: {words}.",
    },
)
def training_bundle(dossier: Dossier) -> Iterator[Finding]:
    require_scope(dossier)
    abroad = dossier.mentions_of("training_fellowship", parts=WORDS_OF_RECORD)
    transfer = dossier.mentions_of("technology_transfer", parts=WORDS_OF_RECORD)
    ordinary = tuple(
        mention for mention in dossier.mentions_of("training", parts=WORDS_OF_RECORD) if _is_added(dossier, mention)
    )
    found = (*abroad, *transfer, *ordinary)
    if not found:
        return
    severity = Severity.MEDIUM if abroad else Severity.LOW if transfer else Severity.CONTEXT
    yield Finding(
        evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
        values={"words": named(abroad or found)},
        sentence="abroad" if abroad else "default",
        severity=severity,
    )


def _is_added(dossier: Dossier, mention: Mention) -> bool:
    """Tell whether training comes beside something else: "soporte y capacitación", "incluye la capacitación"."""
    before = fold(dossier.text_of(mention)[max(0, mention.start - _ADDED_REACH) : mention.start]).text
    return bool(_ADDED.search(before))
