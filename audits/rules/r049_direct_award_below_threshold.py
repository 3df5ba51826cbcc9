"""
A direct award is just below the limit for direct awards.

## Why it matters

A purchase that is split or priced to stay below the limit avoids competition. One such award says little; several of
one buyer or supplier say more (R011 adds them up).

## Method

Take the legal limit for direct awards (`thresholds`, by country, currency and date). Flag the process if the sum of
its awards does not exceed the limit and is at most `margin` of the limit below it.

The flag is **context** (needs no decision) if the sum is more than `near` below: round prices are common there.

## Exclusions

* Cancelled tenders.
* Undecided and cancelled awards.
* Values of 0 or less.
* Direct awards by exception, if the record names the procedure: they have no limit.
* Countries, currencies and dates without an enabled threshold that has a legal source.

Some buyers, such as state enterprises or consortia, may have a higher limit by law; the rule knows only the general
one.

## Sources

Open Contracting Partnership, Red flags for integrity: R049. Each threshold names its legal source. The margin is a
starting point of this project, not a legal figure.
"""

from collections.abc import Iterator
from decimal import Decimal

from audits.facts.methods.legal_limits import DIRECT, Thresholds, direct_award
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule


@rule(
    code="R049",
    title="Direct award below threshold",
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=5,
    limits=DIRECT,
    sentences={
        "default": "The direct award of {value} is {percent} % of the limit, {limit} ({source}).",
    },
)
def direct_award_below_threshold(
    dossier: Dossier, *, thresholds: Thresholds = (), margin: float = 0.05, near: float = 0.02
) -> Iterator[Finding]:
    award = direct_award(dossier, thresholds)
    ceiling, amount = award.limit.money.amount, award.operation.money.amount
    if ceiling * (1 - Decimal(str(margin))) <= amount <= ceiling:
        yield Finding(
            evidence=award.evidence(),
            values=award.values(),
            cites=award.cites(),
            severity=Severity.CONTEXT if amount < ceiling * (1 - Decimal(str(near))) else None,
        )
