"""
The award reaches or exceeds the estimate.

## Why it matters

An award to the cent of the estimate may mean that the bidder knew it, or that nobody competed. One above it needs
more money than was planned.

## Method

Add up the awards that stand and compare them with the value of the tender, the estimate, in the same currency. Flag
the process if they exceed it by more than `margin_above` (0.03 is three percent), whatever the procurement method; if
the method is one of `methods`, also if they are nearer to it than that, or below it by no more than `margin`.
Severity: low near the estimate, medium above it.

## Exclusions

Cancelled tenders; undecided and cancelled awards; values of 0 or less; awards in another currency than the estimate.
Near their estimate: direct and limited procedures by their code, name, reason or number, call-offs, agreements and
notices of an award alone, where the estimate is often copied from the award, and open contracts, whose `minValue` is
below their value: the award is the maximum that was announced. An award that equals the estimate to the cent while
less was signed is the estimate, copied; one of more than ten times the estimate is an error in one of them; one above
the estimate that says to hold extensions, or taxes if it is above by no more than 30 percent, of which the tender does
not speak, may hold more than it: they are reported as insufficient data. Records whose estimate is the sum awarded, as
in over half of their source's.

## Sources

Open Contracting Partnership, Red flags for integrity: R031, with the award in place of bids, which many publishers in
Latin America do not give. The margin of one percent is that of the flag i171 of DevGateway's OC Explorer.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from audits.facts.contract_values import is_estimate, pairs_compared, require_like_amounts
from audits.facts.money import money, percent, total
from audits.facts.procedures import is_award_notice, require_competition
from audits.facts.stages import decided_awards, require_method, standing_tender, value_evidence
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Change, Finding, InsufficientDataError, NotApplicableError, Severity, Stage, rule

# An award of so many times the estimate is in other units, or one of the two is an error.
OTHER_SCALE = 10


@rule(
    code="R031",
    title="Award near or above estimate",
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=4,
    reads=("source_habits.estimate_equals_award",),
    changes={
        2: Change("2026-11-24", "An award above the estimate is asked about whatever the method."),
        3: Change(
            "2026-11-27",
            "“Above” needs the margin too; not asked near the estimate of direct awards under another code, call-offs "
            "and award notices, of values copied from the estimate, and of awards above ten times the estimate.",
        ),
        4: Change(
            "2026-11-27",
            "Where a source copies the estimate from the award, the estimate says nothing; up to three percent above "
            "is near, and an award that holds taxes or extensions is not compared.",
        ),
    },
    sentences={
        "default": "The award, {award}, is {percent} % of the estimate, {estimate}.",
        "above": "The award, {award}, exceeds the estimate, {estimate}: it is {percent} % of it.",
    },
    reasons={
        "award_is_estimate": "the value of the award equals the estimate to the cent, and less was signed",
        "award_notice_only": "the record tells of the award alone",
        "estimate_currency_differs": "the estimate is in {estimate}, the award in {award}",
        "open_contract": "the contract is open, from {minimum} on: the award is its announced maximum",
        "holds_more": "the award holds taxes or extensions, and the estimate may not: {words}",
        "other_scale": "the award is {times} times the estimate",
    },
)
def award_near_or_above_estimate(
    dossier: Dossier,
    *,
    methods: Sequence[str] = ("open", "selective"),
    margin: float = 0.01,
    margin_above: float = 0.03,
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
    if awarded.amount > OTHER_SCALE * estimate.amount:
        times = f"{awarded.amount / estimate.amount:.0f}"
        raise InsufficientDataError("/tender/value/amount", "other_scale", times=times)
    if awarded.amount >= estimate.amount * (1 - Decimal(str(margin))):
        above = awarded.amount > estimate.amount * (1 + Decimal(str(margin_above)))
        if above:
            require_like_amounts(dossier.process, awarded, estimate)
        else:
            require_method(tender, methods)
            _require_own_estimate(dossier)
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


def _require_own_estimate(dossier: Dossier) -> None:
    """Let pass tenders whose estimate is likely to be their own, and not the award's."""
    require_competition(dossier)
    estimate, minimum = money(dossier.process.tender.value), money(dossier.process.tender.min_value)
    if estimate and minimum and minimum.currency == estimate.currency and minimum.amount < estimate.amount:
        raise NotApplicableError("open_contract", minimum=str(minimum))
    if is_award_notice(dossier.process.tender):
        raise NotApplicableError("award_notice_only")
    if any(is_estimate(pair, estimate) for pair in pairs_compared(dossier.process)):
        raise InsufficientDataError("/awards/value/amount", "award_is_estimate")
