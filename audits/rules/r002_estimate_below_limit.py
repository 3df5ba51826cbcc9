"""
The estimate lies just below the limit of a lighter procedure.

## Why it matters

The law allows smaller purchases with less publicity, shorter deadlines or fewer bidders. An estimate just below the
limit may have been set to fit.

## Method

Take the legal limit for the procedure of this tender (`thresholds`, by country, currency and date). Flag an estimate
(value of the tender) that does not exceed the limit and is at most `margin` of the limit below it.

### Severity

* **low**: all that is not context.
* **context** (needs no decision): estimates below one of the `trifles` (by currency), because the limit of such a
  procedure is small itself.

## Exclusions

* Cancelled tenders.
* Estimates of 0 or less.
* Direct awards: R049 and R055 ask about them.
* Countries, procedures, currencies and dates for which no threshold with a legal source is on.

Some buyers, such as state enterprises or consortia, may have a higher limit by law; the rule knows only the general
one.

## Sources

Open Contracting Partnership, Red flags for integrity: R002. Each threshold names its legal source. The margin is a
starting point of this project, not a legal figure.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from audits.facts.methods.legal_limits import (
    COMPETITIVE,
    Thresholds,
    day_of,
    legal_limit,
    method_evidence,
    tender_under_limits,
)
from audits.facts.methods.small_purchases import TRIFLES, trifling
from audits.facts.money import money, percent
from audits.facts.stages import value_evidence
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Finding, InsufficientDataError, NotApplicableError, Severity, Stage, rule


@rule(
    code="R002",
    title="Estimate just below limit",
    stage=Stage.TENDER,
    severity=Severity.LOW,
    version=5,
    limits=COMPETITIVE,
    sentences={
        "default": "The estimate, {value}, is {percent} % of the limit of {procedure:code}, {limit} ({source}).",
    },
)
def estimate_below_limit(
    dossier: Dossier, *, thresholds: Thresholds = (), margin: float = 0.05, trifles: Mapping[str, int] = TRIFLES
) -> Iterator[Finding]:
    process = dossier.process
    tender = tender_under_limits(dossier, thresholds)
    if tender.method == "direct":
        raise NotApplicableError("method_is", method=tender.method)
    estimate = money(tender.value)
    if estimate is None:
        raise InsufficientDataError("/tender/value/amount", "no_tender_value")
    on = day_of(
        process, "/tender/tenderPeriod/startDate", tender.tender_period.start if tender.tender_period else None
    )
    limit = legal_limit(thresholds, process, kind=COMPETITIVE, currency=estimate.currency, on=on)
    ceiling = limit.money.amount
    if ceiling * (1 - Decimal(str(margin))) <= estimate.amount <= ceiling:
        yield Finding(
            evidence=(value_evidence(tender), method_evidence(tender)),
            values={
                "value": str(estimate),
                "percent": percent(estimate.amount, ceiling),
                "procedure": limit.procedure,
                "limit": str(limit.money),
                "source": limit.source,
            },
            context=trifling(estimate, trifles),
        )
