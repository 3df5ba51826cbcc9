"""
A direct award exceeds the limit for direct awards.

## Why it matters

Above the limit the law requires competition, or one of its exceptions with a reasoned decision. The record names none.

## Method

Take the legal limit for direct awards (`thresholds`, by country, currency and date). Flag the process if:

* the sum of its awards exceeds the limit by more than `tolerance` of it (taxes and rounding); and
* the record gives no ground for a direct award.

## Exclusions

* Cancelled tenders.
* Undecided and cancelled awards.
* Values of 0 or less.
* Direct awards by exception, if the record names the procedure or its ground, or its title or description mentions an
  emergency: they have no limit.
* Orders under an existing framework agreement, by the name of the method or the title.
* Awards below the limit: R049 asks about them.
* Countries, currencies and dates without an enabled threshold that has a legal source.

Some buyers, such as state enterprises or consortia, may have a higher limit by law; the rule knows only the general
one.

## Sources

Open Contracting Partnership, Red flags for integrity: R055, on direct awards around thresholds. Each threshold names
its legal source. The tolerance is a starting point of this project, not a legal figure.
"""

from collections.abc import Iterator
from decimal import Decimal

from audits.facts.methods.grounds import cited_exceptions
from audits.facts.methods.legal_limits import DIRECT, Thresholds, direct_award
from audits.facts.methods.procedures import require_no_call_off
from audits.facts.stages import grounds_of
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, NotApplicableError, Severity, Stage, rule
from audits.matching.purchases.scope import OBJECT_PARTS

# From so many times the limit on, people read the number of times more easily than percents.
SEVERAL = 2


@rule(
    code="R055",
    title="Direct award above threshold",
    stage=Stage.AWARD,
    severity=Severity.MEDIUM,
    version=8,
    lists=("laws", "grounds"),
    limits=DIRECT,
    sentences={
        "default": "The direct award of {value} is {percent} % of the limit, {limit} ({source}), and the record gives "
        "no ground.",
        "times": "The direct award of {value} is {times} times the limit, {limit} ({source}), and the record gives no "
        "ground.",
    },
    reasons={
        "ground_given": "the record gives a ground for awarding directly",
    },
)
def direct_award_above_threshold(
    dossier: Dossier, *, thresholds: Thresholds = (), tolerance: float = 0.01
) -> Iterator[Finding]:
    award = direct_award(dossier, thresholds)
    require_no_call_off(dossier)
    if (
        grounds_of(dossier.process)
        or cited_exceptions(dossier)
        or dossier.mentions_of("state_of_emergency", parts=OBJECT_PARTS)
    ):
        raise NotApplicableError("ground_given")
    if award.operation.money.amount > award.limit.money.amount * (1 + Decimal(str(tolerance))):
        times = round(float(award.operation.money.amount / award.limit.money.amount), 1)
        yield Finding(
            sentence="times" if times >= SEVERAL else "default",
            evidence=award.evidence(),
            values=award.values() | ({"times": times} if times >= SEVERAL else {}),
            cites=award.cites(),
        )
