"""
Bids that compete with each other, and what was awarded among them.

The ``veedor`` profile of ``manage.py indicators`` reads them the same way, by ``audits.indicators.competition``: a bid
without status does not count; invited and withdrawn bids are not submitted; amounts of 0 or less are missing;
currencies are kept apart; bids compete within their lots; a consortium is one party. Prices are compared only if all
bids are in one currency and not tenfold apart, and if no bidder has both a valid and a disqualified bid.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from audits.facts.money import Money, money
from audits.facts.stages import name_of
from audits.indicators.competition import (
    FINAL,
    NOT_SUBMITTED,
    bid_both_ways,
    compete,
    lie_far_apart,
    lowest_price_wins,
    party_of,
    prices_compare,
)
from audits.judging.dossiers.known_facts import fact_of_process
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Evidence, InsufficientDataError, NotApplicableError
from contracts.ocds.parsing.objects import Award, Bid, OrganizationReference, Period, Process, Tender


class Contest(NamedTuple):
    """Bids with a status that compete, and the active awards among them. ``final``: no award can still change."""

    bids: tuple[Bid, ...]
    active: tuple[Award, ...]
    final: bool

    @property
    def submitted(self) -> tuple[Bid, ...]:
        return tuple(bid for bid in self.bids if bid.status not in NOT_SUBMITTED)

    @property
    def suppliers(self) -> tuple[OrganizationReference, ...]:
        """The suppliers of the active awards."""
        return tuple(supplier for award in self.active for supplier in award.suppliers)

    @property
    def undecided(self) -> tuple[Bid, ...]:
        """The submitted bids that are neither valid nor disqualified."""
        return tuple(bid for bid in self.submitted if bid.status not in ("valid", "disqualified"))


def bids_with_status(process: Process) -> tuple[Bid, ...]:
    """Return the bids that count; raises InsufficientDataError if there are none."""
    if not process.bids:
        raise InsufficientDataError("/bids/details")
    bids = tuple(bid for bid in process.bids if bid.status)
    if not bids:
        raise InsufficientDataError("/bids/details/status")
    return bids


@fact_of_process
def contests(process: Process) -> tuple[Contest, ...]:
    """
    Return groups of bids and awards that compete.

    :raises InsufficientDataError: if no bid has a status, or none names a lot of several
    """
    groups = compete(bids_with_status(process), process.awards, lots=len(process.tender.lots))
    if not groups:
        raise InsufficientDataError("/bids/details/relatedLots", "lots_not_named")
    return tuple(_contest(bids, awards) for bids, awards in groups)


def require_award_status(process: Process) -> None:
    """Raise InsufficientDataError if no award has a status."""
    if not process.awards:
        raise InsufficientDataError("/awards")
    if not any(award.status for award in process.awards):
        raise InsufficientDataError("/awards/status")


def awarded_contests(process: Process) -> list[Contest]:
    """
    Return the contests with an active award and no open one.

    :raises InsufficientDataError: if bids or awards are missing
    :raises NotApplicableError: if no award is active, or some may change in every contest
    """
    found = contests(process)
    require_award_status(process)
    final = [contest for contest in found if contest.final]
    if not final:
        raise NotApplicableError("awards_not_final")
    awarded = [contest for contest in final if contest.active]
    if not awarded:
        raise NotApplicableError("no_active_award")
    return awarded


def _contest(bids: Sequence[Bid], awards: Sequence[Award]) -> Contest:
    active = tuple(award for award in awards if award.status == "active")
    return Contest(tuple(bids), active, bool(awards) and all((award.status or None) in FINAL for award in awards))


def ids_of(references: Iterable[OrganizationReference]) -> frozenset[str]:
    """Return the ids of the organizations, if they have one."""
    return frozenset(reference.id for reference in references if reference.id)


class Offer(NamedTuple):
    """A bid with a price."""

    bid: Bid
    price: Money

    @property
    def amount(self) -> float:
        """The amount as a binary floating-point number, as ``manage.py indicators`` compares it."""
        return float(self.price.amount)

    def evidence(self, note: str = "") -> Evidence:
        return Evidence(f"{self.bid.path}/value/amount", self.price.amount, note=note or self.price.currency)


def markets(bids: Iterable[Bid]) -> list[tuple[Offer, ...]]:
    """Return the bids with a price, by currency, each group in the order of the record."""
    by_currency: dict[str, list[Offer]] = {}
    for bid in bids:
        price = money(bid.value)
        if price is not None:
            by_currency.setdefault(price.currency, []).append(Offer(bid, price))
    return [tuple(group) for group in by_currency.values()]


def rival_markets(found: Iterable[Contest]) -> list[tuple[Offer, ...]]:
    """
    Return the submitted bids with a price, by contest and currency.

    :raises NotApplicableError: if nowhere two compete
    :raises InsufficientDataError: if none of them has a price
    """
    priced = [market for bids in _rival_bids(found) for market in markets(bids)]
    if not priced:
        raise InsufficientDataError("/bids/details/value", "no_bid_value")
    return priced


def _rival_bids(found: Iterable[Contest]) -> list[tuple[Bid, ...]]:
    several = [contest.submitted for contest in found if len(contest.submitted) > 1]
    if not several:
        raise NotApplicableError("no_competing_bids")
    return several


def ranked_markets(found: Iterable[Contest]) -> list[tuple[Offer, ...]]:
    """
    Return ``rival_markets`` where prices can be compared.

    :raises NotApplicableError, InsufficientDataError: as ``rival_markets``, and if prices nowhere can be
    """
    several = _rival_bids(found)
    if not any(markets(bids) for bids in several):
        raise InsufficientDataError("/bids/details/value", "no_bid_value")
    ranked = [market for bids in several if (market := ranked_market(bids))]
    if not ranked:
        raise why_not_ranked(several)
    return ranked


def ranked_market(bids: Sequence[Bid]) -> tuple[Offer, ...]:
    """Return the bids of a contest with a price, in order; empty if prices cannot be compared."""
    priced = markets(bids)
    return priced[0] if len(priced) == 1 and _why_not(bids, priced) is None else ()


def why_not_ranked(groups: Iterable[Sequence[Bid]]) -> InsufficientDataError | NotApplicableError:
    """Return why prices cannot be compared in any contest, although some have prices."""
    for bids in groups:
        reason = _why_not(bids, markets(bids))
        if reason is not None:
            return reason
    return NotApplicableError("no_comparable_bids")


def _why_not(
    bids: Iterable[Bid], priced: Sequence[Sequence[Offer]]
) -> InsufficientDataError | NotApplicableError | None:
    if not priced:
        return None
    if len(priced) > 1:
        return NotApplicableError(
            "several_currencies", currencies=", ".join(sorted(m[0].price.currency for m in priced))
        )
    if lie_far_apart([offer.amount for offer in priced[0]]):
        return InsufficientDataError("/bids/details/value/amount", "prices_far_apart")
    if bid_both_ways((bid.status, party_of(bid.tenderers)) for bid in bids):
        return InsufficientDataError("/bids/details/relatedLots", "bid_both_ways")
    return None


def comparable(priced: Iterable[tuple[Offer, ...]]) -> list[tuple[Offer, ...]]:
    """Return the markets with at least two bids; raises NotApplicableError if there are none."""
    compared = [market for market in priced if len(market) > 1]
    if not compared:
        raise NotApplicableError("no_comparable_bids")
    return compared


def require_comparable_prices(tender: Tender, only: Sequence[str], but: Sequence[str]) -> None:
    """Raise NotApplicableError if the method compares more than prices, see ``prices_compare``."""
    if not prices_compare(tender.method_details or None, only, but):
        raise NotApplicableError("prices_not_compared", method=tender.method_details)


def require_lowest_price(tender: Tender) -> None:
    """Raise NotApplicableError if a tender has other criteria than the lowest price."""
    if not lowest_price_wins(tender.award_criteria):
        raise NotApplicableError("not_only_price", criteria=tender.award_criteria)


def names(dossier: Dossier, references: Iterable[OrganizationReference]) -> str:
    """Return the names of organizations for a sentence, without repetitions."""
    return ", ".join(dict.fromkeys(name_of(dossier.process, reference) for reference in references))


def status_evidence(bid: Bid) -> Evidence:
    return Evidence(f"{bid.path}/status", bid.status)


def cites(*groups: Iterable[str]) -> tuple[str, ...]:
    """Return ids for the citation of a finding: unique and sorted, whatever the order of the record."""
    return tuple(sorted({entry for group in groups for entry in group if entry}))


def is_late(bid: Bid, period: Period) -> bool:
    """Return whether a bid is dated after the deadline; a day without a time lasts to its end."""
    if bid.date is None or period.end is None:
        return False
    return bid.date.date() > period.end.date() if period.end_is_day else bid.date > period.end


def doubt_of_arrival(process: Process, bid: Bid, period: Period) -> str:
    """Return why the date of a bid is not that of its arrival; ``""`` if nothing shows it."""
    if bid.date is not None and bid.date == period.end and not period.end_is_day:
        return "dated_by_deadline"
    tenderers = ids_of(bid.tenderers)
    awarded = [
        award.date
        for award in process.awards
        if award.status == "active" and award.date and ids_of(award.suppliers) & tenderers
    ]
    if bid.date and awarded and bid.date.date() >= min(awarded).date():
        return "dated_by_decision"
    dated = [other for other in process.bids if other.date is not None]
    parties = {ids_of(other.tenderers) for other in dated}
    return "dated_together" if len(parties) > 1 and len({other.date for other in dated}) == 1 else ""
