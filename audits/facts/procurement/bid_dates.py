"""When bids arrived, as far as their dates can be those of their arrival."""

from audits.facts.procurement.bids import ids_of
from contracts.ocds.views import Bid, Period, Process


def is_late(bid: Bid, period: Period) -> bool:
    """Tell whether a bid is dated after the end of the time to bid; a day without a time lasts to its end."""
    if bid.date is None or period.end is None:
        return False
    return bid.date.date() > period.end.date() if period.end_is_day else bid.date > period.end


def doubt_of_arrival(process: Process, bid: Bid, period: Period) -> str:
    """
    Return why the date of a bid is not that of its arrival, a reason of R030; ``""`` if nothing says so.

    Publishers date bids by the deadline, by the opening or by the decision.
    """
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
