"""
The award reaches or exceeds the estimate.

## Why it matters

An award to the cent of the estimate may mean that the bidder knew it, or that nobody competed. One above it needs
more money than was planned.

## Method

Add up the awards that stand and compare them with the value of the tender, the estimate, in the same currency. Flag
the process if they exceed it, whatever the procurement method; if the method is one of `methods`, also if they make
at least 1 - `margin` of it: with 0.01, 99 percent. Severity: low near the estimate, medium above it.

## Exclusions

Cancelled tenders; undecided and cancelled awards; values of 0 or less; awards in another currency than the estimate.
Direct and limited procedures near their estimate, which is often copied from the award.

## Sources

Open Contracting Partnership, Red flags for integrity: R031, with the award in place of bids, which many publishers in
Latin America do not give. The margin of one percent is that of the flag i171 of DevGateway's OC Explorer.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from audits.facts.money import money, percent, total
from audits.facts.stages import decided_awards, require_method, standing_tender, value_evidence
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Change, Finding, InsufficientDataError, NotApplicableError, Severity, Stage, rule


@rule(
    code="R031",
    title="Award near or above estimate",
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=2,
    changes={
        2: Change("2026-11-24", "An award above the estimate is asked about whatever the method."),
    },
    sentences={
        "default": "The award, {award}, is {percent} % of the estimate, {estimate}.",
        "above": "The award, {award}, exceeds the estimate, {estimate}: it is {percent} % of it.",
    },
    reasons={
        "estimate_currency_differs": "the estimate is in {estimate}, the award in {award}",
    },
)
def award_near_or_above_estimate(
    dossier: Dossier, *, methods: Sequence[str] = ("open", "selective"), margin: float = 0.01
) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    estimate = money(tender.value)
    if estimate is None:
        raise InsufficientDataError("/tender/value/amount", "no_tender_value")
    awards = decided_awards(dossier.process)
    awarded = total(money(award.value) for award in awards)
    if awarded is None:
        raise InsufficientDataError("/awards/value/amount", "no_awarded_sum")
    if awarded.currency != estimate.currency:
        raise NotApplicableError("estimate_currency_differs", estimate=estimate.currency, award=awarded.currency)
    if awarded.amount >= estimate.amount * (1 - Decimal(str(margin))):
        above = awarded.amount > estimate.amount
        if not above:
            require_method(tender, methods)
        yield Finding(
            evidence=(*(value_evidence(award) for award in awards), value_evidence(tender)),
            values={
                "award": str(awarded),
                "estimate": str(estimate),
                "percent": percent(awarded.amount, estimate.amount),
            },
            sentence="above" if above else "default",
            severity=Severity.MEDIUM if above else Severity.LOW,
            cites=tuple(sorted(award.id for award in awards)),
        )
