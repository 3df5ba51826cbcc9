"""
The purchase rests on an agreement between governments or bodies.

## Why it matters

An agreement or memorandum can replace a tender: its text is often unpublished, and no one else could make an offer.

## Method

For technology in scope, look in the words of the record, and in the information on funders, for:

* agreements between governments;
* memoranda of understanding;
* cooperation instruments;
* named initiatives (Belt and Road, China-CELAC).

In the method and its rationale single words count too ("convenio").

The flag is **context** (needs no decision) for:

* purchases below one of the `trifles` (by currency; a bound of this project, which people who label notices do not
  know). If no amount is given, a method reserved for small purchases shows it;
* research, which brings nothing into use yet;
* rooms with computers for the public ("telecentros"), which grants fit out everywhere;
* purchases that were tendered anyway, by the name of the method, if that names no agreement; not for a named
  initiative;
* technology that only title and description name, 70 characters or more after the object begins, in a record that the
  text classifier takes for technology with a probability below one half.

## Exclusions

* Framework contracts of central purchasing ("convenio marco", "acuerdo marco"), orders from a catalogue ("CONVENIO" in
  Peru), collective labour agreements.
* Agreements of an earlier purchase ("adquirido mediante convenio").
* Purchases that were called off before anything was signed or paid.

## Sources

UNCITRAL, Model law on public procurement, art. 3.
"""

import re
from collections.abc import Iterator, Mapping

from audits.facts.methods.procedures import catalogue_by_name, is_competitive
from audits.facts.methods.small_purchases import TRIFLES, trifle
from audits.facts.sellers.financing import funder_mentions, was_bought_before
from audits.facts.technology.ordinary.office_goods import fits_out_rooms
from audits.facts.technology.prominence import mentioned_doubtfully
from audits.facts.technology.record_words import researches
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.parts import GROUND_PARTS, WORDS_OF_RECORD
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named_evidence
from audits.judging.rule.vocabulary import Context, Finding, Severity, Stage, rule
from audits.matching.lexicon import BOTH, WEAK, Mention
from audits.matching.texts.normalize import fold

# "Por convenio marco" is an order under a framework of central purchasing, but for words of who agreed.
_FRAMEWORK = re.compile(
    r" marco\b(?! [^.;,]{0,25}\b(?:colaboracion|cooperacion|entre|con (?:el|la) (?:gobierno|ministerio|republica)|"
    r"inter(?:admin|guber|inst|nac)\w+)\b)"
)
_FRAMEWORK_REACH = 80
_TENDER = re.compile(
    r"\b(?:concorrencia|licitacao|licitacion|open tender|pregao|subasta|tomada de precos)\b"
    r"(?! (?:desierta|deserta|privada))"
)


@rule(
    code="T11",
    title="Bilateral agreement",
    stage=Stage.PLANNING,
    severity=Severity.MEDIUM,
    version=26,
    lists=("financiers",),
    sentences={
        "default": "An agreement between public bodies or governments is named: {words}.",
    },
    reasons={"fits_out_rooms": "it fits out rooms with computers for the public"},
)
def bilateral_agreement(dossier: Dossier, *, trifles: Mapping[str, int] = TRIFLES) -> Iterator[Finding]:
    require_scope(dossier)
    mentions = (
        mention
        for mention in dossier.mentions_of("mou_bilateral", "belt_and_road", parts=WORDS_OF_RECORD)
        if not (was_bought_before(dossier, mention) and dossier.leaves_out(mention, "bought_before"))
        and not (_names_framework(dossier, mention) and dossier.leaves_out(mention, "framework_order"))
    )
    evidence = [dossier.evidence(mention) for mention in first_of_each((*mentions, *_named_as_ground(dossier)))]
    evidence.extend(funder_mentions(dossier, "mou_bilateral", "belt_and_road"))
    if evidence:
        yield Finding(
            evidence=tuple(evidence),
            values={"words": named_evidence(evidence)},
            context=researches(dossier)
            or trifle(dossier, trifles)
            or fits_out_rooms(dossier)
            or _tendered(dossier)
            or mentioned_doubtfully(dossier),
        )


def _named_as_ground(dossier: Dossier) -> Iterator[Mention]:
    """Yield the weak words of the method that name an agreement, and no order under a framework or of a catalogue."""
    for mention in dossier.mentions_of("mou_bilateral", parts=GROUND_PARTS, strengths=(WEAK,)):
        is_order = (
            _names_framework(dossier, mention) or "marco" in mention.written.lower() or catalogue_by_name(dossier)
        )
        if not (is_order and dossier.leaves_out(mention, "framework_order")):
            yield mention


def _tendered(dossier: Dossier) -> Context | None:
    """
    Return that the method is a tender by its name, so that others could offer; ``None`` if it names none.

    Which initiative of a foreign government something belongs to is asked however it is bought.
    """
    if dossier.mentions_of("mou_bilateral", parts=GROUND_PARTS, strengths=BOTH) or dossier.mentions_of(
        "belt_and_road", parts=WORDS_OF_RECORD
    ):
        return None
    # "Dispensa de licitação" names a tender too, and is none.
    is_tender = _TENDER.search(fold(dossier.process.tender.method_details).text) and is_competitive(dossier)
    return Context("tendered_all_the_same", {}) if is_tender else None


def _names_framework(dossier: Dossier, mention: Mention) -> bool:
    """Tell whether "marco" follows, and no word of who agreed: "orden de compra por convenio marco"."""
    return bool(_FRAMEWORK.match(dossier.folded_after(mention, _FRAMEWORK_REACH)))
