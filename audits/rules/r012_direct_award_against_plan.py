"""
A competitive procedure was planned, but the award was direct.

## Why it matters

A plan is a commitment. A buyer who departs from it with a direct award should explain what changed.

## Method

Flag the process if its procurement method is one of the `methods` and the plan named another one. A compiled release
keeps only the last method, so the plan's is read from the earliest release of the process that names a method: one
tagged planning or tender, dated before the first award.

* If the record cites an article that gives a ground for a direct award, the flag names it and is **low**: the ground
  may have arisen after the plan.
* If it cites none, and we have the general laws of the country, sentence and evidence name their articles on grounds.

## Exclusions

* Cancelled tenders.
* Procedures with competition.
* Plans that named a direct award or no method.
* Releases without date or tag: they do not show which came first, so they are not a plan.
* Plans in another process: they are not read.

## Sources

Open Contracting Partnership, Red flags for integrity: R012.
"""

from collections.abc import Iterator, Sequence

from msgspec import structs

from audits.facts.methods.grounds import articles_of_grounds, cited_reasons
from audits.facts.stages import require_method, standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.naming import named_evidence
from audits.judging.rule.vocabulary import Finding, InsufficientDataError, NotApplicableError, Severity, Stage, rule
from contracts.ocds.codelists.codes import NON_COMPETITIVE


@rule(
    code="R012",
    title="Direct award against plan",
    stage=Stage.PLANNING,
    severity=Severity.MEDIUM,
    version=6,
    lists=("laws", "grounds"),
    reads=("planned_method",),
    sentences={
        "default": "The plan ({source}) named the method “{planned:code}”; the process was “{method:code}”.",
        "legal": "The plan ({source}) named the method “{planned:code}”; the process was “{method:code}” and cites "
        "none of the grounds that the general law lists in {articles}.",
        "cited": "The plan ({source}) named the method “{planned:code}”; the process was “{method:code}” and "
        "cites {words}.",
    },
    reasons={
        "plan_unknown": "no earlier release of this process tells which method was planned",
        "plan_without_method": "the plan names no method",
    },
)
def direct_award_against_plan(dossier: Dossier, *, methods: Sequence[str] = NON_COMPETITIVE) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    place = require_method(tender, methods)
    plan = dossier.statistics.planned_method
    if plan is None:
        raise InsufficientDataError("statistics/planned_method", "plan_unknown")
    if not plan.method:
        raise NotApplicableError("plan_without_method")
    if plan.method not in methods:
        reasons, articles = cited_reasons(dossier), articles_of_grounds(dossier)
        words = {"words": named_evidence(reasons)} if reasons else {"articles": articles} if articles else {}
        yield Finding(
            evidence=(place if reasons else structs.replace(place, note=articles), *reasons),
            values={"planned": plan.method, "method": tender.method, "source": plan.release_id} | words,
            sentence="cited" if reasons else "legal" if articles else "default",
            severity=Severity.LOW if reasons else None,
            cites=(plan.release_id,),
        )
