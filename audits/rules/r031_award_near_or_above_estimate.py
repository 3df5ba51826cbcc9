"""
The award comes near the estimate, or exceeds it.

## Why it matters

An award that equals the estimate to the cent may mean that the bidder knew it, or that nobody competed. An award above
it needs more money than was planned.

## Method

Add up the valid awards and compare them with the value of the tender (the estimate), in the same currency. Flag the
process if:

* the awards exceed the estimate by more than `margin_above`, whatever the procurement method; or
* the method is one of the `methods`, and the awards are nearer to the estimate than that, or below it by no more than
  `margin`.

### Severity

* **medium**: above the estimate.
* **low**: near the estimate.
* **context** (needs no decision):
  * The two are equal down to odd cents: one may be copied from the other.
  * The award costs less than one of the `trifles` (by currency, about ten thousand euros), or than four if it is not
    above the estimate.
  * The award exceeds the estimate by less than a fifth of a trifle.
  * Several bid for the only award, and it is not above the estimate.
  * It is not above the estimate, and a law or the call sets the price: medicines, vaccines, and suppliers who are all
    accredited at one price.
  * The award is up to half above the estimate, and over half of the awards of its source are above theirs.

## Exclusions

* Cancelled tenders, sales by the body ("enajenación de …"), and what it lets to a firm that pays for it ("explotación
  de la cafetería").
* Undecided and cancelled awards.
* Values of 0 or less.
* Awards in another currency than the estimate.
* Records whose estimate equals the sum awarded, if over half of the records of their source do that.
* Awards near their estimate in:
  * direct and limited procedures (by their code, name, reason or number), call-offs, agreements and mere award
    notices, where the estimate is often copied from the award;
  * open contracts, whose `minValue` is below their value: the award is the announced maximum.

Reported as insufficient data:

* An award that equals the estimate to the cent while less was signed: it is copied from the estimate.
* An award of more than five times the estimate: one of the two is an error, or means something else.
* An award that is the estimate times some months of a year (15/12, 18/12, 24/12) to a hundred-thousandth, if it has
  five digits or more before its zeros: one of the two may be for another term.
* An award that may cover more than the estimate. It says that it includes extensions that the tender does not mention;
  or that it includes taxes, and it is at most 30 percent higher.
* An estimate net of tax, and an award with tax. Such an estimate has odd cents, and becomes a whole number of hundreds
  with the value-added tax of its currency's country; an award up to `margin_above` above that sum is not above. Or the
  award equals the estimate plus that tax, to a thousandth.
* In Spain and Portugal, where the estimate is the most that may be offered, an award above it by no more than the
  general value-added tax, unless the tender says that it holds the tax: the award may be with tax.
* Several awards of one lot: they may be parts of it, or alternatives. The same holds for several awards without lot or
  items, each above half of the estimate, for several awards that reach the estimate each, and for one of nearly all
  of it beside others of more than half of it: it may be for one of them. One may also be listed twice.
* Several awards that are the estimate to a hundred-thousandth, but for one more: it may be listed twice, or be the sum
  of others.

## Sources

Open Contracting Partnership, Red flags for integrity: R031, with the award instead of bids, which many publishers in
Latin America do not give. The margin of one percent comes from the flag i171 of DevGateway's OC Explorer.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from audits.facts.contracts.contract_values import require_like_amounts
from audits.facts.contracts.estimates import (
    copied,
    exceeds_little,
    price_set,
    require_estimate_with_tax,
    require_expense,
    require_one_term,
    require_own_estimate,
    require_parts,
    rivals_bid,
)
from audits.facts.methods.small_purchases import TRIFLES, modest, trifle
from audits.facts.money import money, percent, total
from audits.facts.stages import decided_awards, require_method, standing_tender, value_evidence
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import (
    Context,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)
from contracts.ocds.parsing.objects import Award

# An award of more than so many times the estimate is in other units, or one of the two is an error or of a part.
OTHER_SCALE = 5
# An award near its estimate is asked about from so many trifles on.
_MODEST = 4


@rule(
    code="R031",
    title="Award near or above estimate",
    stage=Stage.AWARD,
    severity=Severity.LOW,
    version=21,
    reads=("source_habits.award_above_estimate", "source_habits.estimate_equals_award"),
    sentences={
        "default": "The award, {award}, is {percent} % of the estimate, {estimate}.",
        "above": "The award, {award}, exceeds the estimate, {estimate}: it is {percent} % of it.",
    },
    reasons={
        "modest": "what it costs, {spent}, is below {bound}, and it is not above the estimate",
        "award_is_copied": "the award equals the estimate to odd cents: one may be copied from the other",
        "award_notice_only": "the record tells of the award alone",
        "estimate_currency_differs": "the estimate is in {estimate}, the award in {award}",
        "estimate_net_of_tax": "the estimate is net of a value-added tax of {percent} percent: with it, it is {gross}",
        "may_hold_tax": "by law no award may exceed the estimate, and the tax of {percent} percent explains it",
        "open_contract": "the contract is open, from {minimum} on: the award is its announced maximum",
        "lot_awarded_repeatedly": "several awards are of lot {lot}: parts of it, or one beside the other",
        "award_counted_twice": "without the award of {amount}, the sum is the estimate: one may stand in another",
        "income": "the firm pays the body for it: {words}",
        "little_more": "the award exceeds the estimate by {excess}, which is below {bound}",
        "awarded_beside": "{count} awards are of more than half of the estimate each",
        "holds_more": "the award holds taxes or extensions, and the estimate may not: {words}",
        "other_scale": "the award is {times} times the estimate",
        "other_term": "the award is exactly {months}/12 of the estimate: one of the two may be for another term",
        "price_set": "it is not above the estimate, and a law or the call may set its price: {words}",
        "rivals_bid": "{count} bid for the only award, and it is not above the estimate",
        "whole_beside_others": "the award of {amount} is nearly all of the estimate, and others stand beside it",
    },
)
def award_near_or_above_estimate(
    dossier: Dossier,
    *,
    methods: Sequence[str] = ("open", "selective"),
    margin: float = 0.01,
    margin_above: float = 0.03,
    trifles: Mapping[str, int] = TRIFLES,
) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    require_expense(dossier)
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
            require_one_term(awarded, estimate)
        else:
            require_method(tender, methods)
            require_own_estimate(dossier)
        require_estimate_with_tax(awarded, estimate, margin_above)
        require_parts(awards, estimate)
        yield Finding(
            evidence=(*(value_evidence(award) for award in awards), value_evidence(tender)),
            values={
                "award": str(awarded),
                "estimate": str(estimate),
                "percent": percent(awarded.amount, estimate.amount),
            },
            sentence="above" if above else "default",
            severity=Severity.MEDIUM if above else Severity.LOW,
            context=copied(awarded, estimate)
            or trifle(dossier, trifles)
            or (
                exceeds_little(dossier.process, awarded, estimate, trifles)
                if above
                else _ordinary(dossier, awards, trifles)
            ),
            cites=tuple(sorted(award.id for award in awards)),
        )


def _ordinary(dossier: Dossier, awards: Sequence[Award], trifles: Mapping[str, int]) -> Context | None:
    process = dossier.process
    return modest(process, trifles, _MODEST) or rivals_bid(process, awards) or price_set(dossier)
