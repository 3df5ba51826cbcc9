"""
The gap between the winning bid and the next one, which R024 and R058 compare with the gaps of other processes.

Gap = (lowest valid bid of anyone else - lowest valid bid of the winner) / lowest valid bid of the winner, where all
valid bids are in one currency and not tenfold apart, all awards are final and exactly one is active. A winner that was
more expensive than another bid won for other reasons than price, so there is no gap.
"""

from collections.abc import Sequence
from typing import NamedTuple

from audits.facts.competition.bids import (
    Contest,
    Offer,
    awarded_contests,
    ids_of,
    markets,
    ranked_market,
    require_comparable_prices,
    require_lowest_price,
    why_not_ranked,
)
from audits.facts.stages import standing_tender
from audits.indicators.competition import closest_prices, party_of
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, Evidence, InsufficientDataError, NotApplicableError
from contracts.ocds.parsing.objects import Bid

# Minimum number of other bidders with one price.
_SEVERAL = 2


class Gap(NamedTuple):
    """``ratio`` is 0.1 if the runner-up asked 10 % more than the winner; ``contest`` is the one they competed in."""

    ratio: float
    winner: Offer
    runner_up: Offer
    contest: Contest

    def evidence(self) -> tuple[Evidence, Evidence]:
        return self.winner.evidence("winner"), self.runner_up.evidence("runner-up")


def price_gaps(dossier: Dossier, *, only: Sequence[str], but: Sequence[str]) -> tuple[Gap, ...]:
    """
    Return the gaps of a process, one for each lot that has one.

    :raises InsufficientDataError: if a field is missing that every gap needs
    :raises NotApplicableError: if there is no gap
    """
    return _price_gaps(dossier, tuple(only), tuple(but))


@cached_fact  # used by two rules and by the contribution
def _price_gaps(dossier: Dossier, only: tuple[str, ...], but: tuple[str, ...]) -> tuple[Gap, ...]:
    tender = standing_tender(dossier)
    require_comparable_prices(tender, only, but)
    require_lowest_price(tender)
    single = [contest for contest in awarded_contests(dossier.process) if len(contest.active) == 1]
    if not single:
        raise NotApplicableError("several_active_awards")
    gaps = tuple(gap for contest in single if (gap := _gap(contest)) is not None)
    if not gaps:
        raise _why_none(single)
    return gaps


def _valid(contest: Contest) -> list[Bid]:
    return [bid for bid in contest.bids if bid.status == "valid" and party_of(bid.tenderers) is not None]


def _gap(contest: Contest) -> Gap | None:
    winner, market = party_of(contest.active[0].suppliers), ranked_market(_valid(contest))
    if winner is None:
        return None
    found = closest_prices(winner, [(party_of(offer.bid.tenderers) or (), offer.amount) for offer in market])
    if found is None:
        return None
    won, lowest = market[found[0]], market[found[1]]
    return Gap((lowest.amount - won.amount) / won.amount, won, lowest, contest)


def _why_none(single: Sequence[Contest]) -> InsufficientDataError | NotApplicableError:
    if all(party_of(contest.active[0].suppliers) is None for contest in single):
        return InsufficientDataError("/awards/suppliers/id")
    valid = [bid for contest in single for bid in contest.bids if bid.status == "valid"]
    if len(valid) < 2:
        return NotApplicableError("no_two_valid_bids")
    if all(party_of(bid.tenderers) is None for bid in valid):
        return InsufficientDataError("/bids/details/tenderers/id")
    if not markets(valid):
        return InsufficientDataError("/bids/details/value")
    if any(ranked_market(_valid(contest)) for contest in single):
        return NotApplicableError("no_runner_up")
    return why_not_ranked([_valid(contest) for contest in single])


def others_at_one_price(gap: Gap) -> Context | None:
    """Return the context that several others bid and all have the same price."""
    valid = [offer for market in markets(bid for bid in gap.contest.bids if bid.status == "valid") for offer in market]
    winner = ids_of(gap.winner.bid.tenderers)
    others = [offer.price for offer in valid if winner.isdisjoint(ids_of(offer.bid.tenderers))]
    if len(others) < _SEVERAL or any(price != gap.runner_up.price for price in others):
        return None
    return Context("others_at_one_price", {"count": len(others), "price": str(gap.runner_up.price)})


def disqualified_near(gap: Gap, limit: float) -> Context | None:
    """Return the context that a disqualified bid was below the limit of an unusual gap."""
    disqualified = [bid for bid in gap.contest.bids if bid.status == "disqualified"]
    for market in markets(disqualified):
        lowest = min(market, key=lambda offer: offer.amount)
        if lowest.price.currency == gap.winner.price.currency and lowest.amount < gap.winner.amount * (1 + limit):
            return Context("disqualified_near", {"price": str(lowest.price)})
    return None
