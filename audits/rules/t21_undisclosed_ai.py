"""
Artificial intelligence or biometrics is included but not named.

## Why it matters

Nobody debates what the title does not name, and people who could object learn of it too late.

## Method

Flag artificial intelligence, facial recognition or other biometrics in items, documents, criteria or amendments, and
machines that decide about people (as in T31) in items, if neither title, description, lots nor classification of the
process mention any of them.

### Severity

* **medium**: all that is not context.
* **context** (needs no decision): purchases below one of the `trifles` (by currency). If no amount is given, a method
  reserved for small purchases shows it. Not for technology that recognises faces, is beside a command centre, is
  bought for a security body by a civil buyer or watches pupils, patients, migrants and the like.

## Exclusions

* Processes that name it in their object.
* Functions that the text rules out ("sin reconocimiento facial").
* Purchases that were called off before anything was signed or paid.

## Sources

Council of Europe, Framework convention on artificial intelligence (2024), art. 8. OECD AI principle 1.3.
"""

from collections.abc import Iterator, Mapping

from audits.facts.methods.small_purchases import TRIFLES
from audits.facts.technology.ordinary.ordinary_watching import harmless_trifle
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.parts import PAGE
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Finding, InsufficientDataError, Severity, Stage, rule

_HIDDEN = (
    "artificial_intelligence",
    "ai_as_a_service",
    "automated_decision",
    "facial_recognition",
    "biometric_id",
    "predictive_policing",
)
_OBJECT = frozenset({"title", "description", "lot", "classification"})
_DETAIL = frozenset({"item", "document", "criteria", "amendment", PAGE})


@rule(
    code="T21",
    title="AI named in details alone",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=21,
    sentences={
        "default": "The details speak of {words}; title, description and classification do not.",
    },
    reasons={
        "nothing_readable": "no items, documents or amendments can be read",
    },
)
def undisclosed_ai(dossier: Dossier, *, trifles: Mapping[str, int] = TRIFLES) -> Iterator[Finding]:
    require_scope(dossier)
    if not any(text.part in _DETAIL for text in dossier.texts):
        raise InsufficientDataError("/tender/items", "nothing_readable")
    found = dossier.mentions_of(*_HIDDEN, parts=_DETAIL)
    if found and not dossier.mentions_of(*_HIDDEN, parts=_OBJECT):
        yield Finding(
            evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
            values={"words": named(found)},
            context=harmless_trifle(dossier, found, trifles),
        )
