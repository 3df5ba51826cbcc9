"""
No safeguard for people's rights was found in the readable text.

## Why it matters

Technology that watches people or decides about them needs a legal basis, an impact assessment, limits on data
retention and independent oversight.

## Method

If surveillance technology is found (as in T01), or a machine that decides about people (as in T31), look for:

* an impact assessment;
* data-protection law;
* oversight, retention or audit terms;
* the clauses of T27, T28 and T29, unless they favour the supplier.

All words of the record are read, including titles of documents, and all readable pages of documents. Flag if nothing
is found in at least `readable_characters` characters of text. That is two or three sentences: at that length
descriptions say what a system does, and could say what limits it.

If only the notice was read, `notice_characters` characters are required, the length of contract terms, and the flag is
**context** (needs no decision).

## Exclusions

* Processes without such technology.
* Purchases that were called off before anything was signed or paid.

With less text the outcome is "insufficient data", and also if a text breaks off at a length at which tables cut texts:
the contract may say what a title does not. "Not found" means not found in the texts read.

## Sources

OHCHR, Guiding principles on business and human rights, 17-21. Regulation (EU) 2016/679, art. 35. Ibero-American
Standards (2017), 41.
"""

from collections.abc import Iterator

from audits.facts.technology.clauses import safeguard_clauses
from audits.facts.technology.scope import is_cut, readable_text, require_scope
from audits.facts.technology.systems.surveillance import surveillance
from audits.judging.dossiers.parts import PAPER_PARTS, WORDS_OF_RECORD, in_lots
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import first_of_each, named
from audits.judging.rule.vocabulary import Finding, InsufficientDataError, NotApplicableError, Severity, Stage, rule

_SAFEGUARDS = ("impact_assessment", "privacy_safeguard", "safeguard_law", "audit_rights")


@rule(
    code="T14",
    title="Safeguards not found",
    stage=Stage.TENDER,
    severity=Severity.MEDIUM,
    version=24,
    lists=("clauses",),
    sentences={
        "default": "In {characters} characters of text on {words}, no safeguard for people's rights was found.",
        "notice": "In {characters} characters of the notice on {words}, no safeguard for people's rights was found; "
        "notices seldom tell of any, and tender and contract documents were not read.",
    },
    reasons={
        "no_surveillance": "neither surveillance technology nor a machine that decides about people is found",
        "cut_text": "the text ends in the middle, after {read} characters: it seems to be cut",
    },
)
def missing_safeguards(
    dossier: Dossier, *, readable_characters: int = 250, notice_characters: int = 1000
) -> Iterator[Finding]:
    require_scope(dossier)
    found = surveillance(dossier) or dossier.mentions_of("automated_decision")
    if not found:
        raise NotApplicableError("no_surveillance")
    if any(in_lots(mention, found) for mention in dossier.mentions_of(*_SAFEGUARDS, parts=WORDS_OF_RECORD)):
        return
    if any(safeguard_clauses(dossier)):
        return
    texts = readable_text(dossier, found)
    characters = sum(len(text.value) for text in texts)
    is_notice = sum(len(text.value) for text in texts if text.part in PAPER_PARTS) < readable_characters
    if cut := next((text for text in texts if is_cut(text.value)), None) if is_notice else None:
        raise InsufficientDataError(cut.path, "cut_text", read=len(cut.value))
    needed = notice_characters if is_notice else readable_characters
    if characters < needed:
        raise InsufficientDataError("/tender/documents", "too_little_text", read=characters, needed=needed)
    yield Finding(
        evidence=tuple(dossier.evidence(mention) for mention in first_of_each(found)),
        values={"words": named(found), "characters": characters},
        sentence="notice" if is_notice else "default",
        severity=Severity.CONTEXT if is_notice else Severity.MEDIUM,
    )
