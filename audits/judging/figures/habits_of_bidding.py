"""
What a record says of bidders and of the time to bid, for the habits of its source.

A count that is one in most records tells how a source fills a field, and not who took part.
"""

from contracts.ocds.codes import COMPETITIVE
from contracts.ocds.views import Process

# As R014 asks: fewer days of the calendar from the notice to the opening are few.
FEW_DAYS = 15


def counts_one_tenderer(process: Process) -> bool | None:
    """Tell whether a competitive procedure counts one tenderer; ``None`` where it counts none, or is not one."""
    number = process.tender.number_of_tenderers
    return None if number is None or process.tender.method not in COMPETITIVE else number == 1


def opened_soon(process: Process) -> bool | None:
    """Tell whether bids were opened within few days of the notice, where no end of the time to bid is given."""
    opening, period = process.tender.bid_opening, process.tender.tender_period
    if opening is None or period is None or period.start is None or period.end is not None:
        return None
    if opening < period.start:
        return None
    return (opening.astimezone(period.start.tzinfo).date() - period.start.date()).days < FEW_DAYS
