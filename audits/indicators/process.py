"""One contracting process as indicators see it: its bids and awards, sorted by what competes with what."""

from collections.abc import Callable, Sequence

import msgspec

from audits.indicators.competition import FINAL, Party
from audits.indicators.records import Award, OrganizationReference, Release, Tender


class Offer(msgspec.Struct, gc=False):
    """
    A bid with a status: the others count nowhere.

    `ids` are those of its tenderers that have one, `party` who bids as far as the profile can tell. `amount` is None
    unless it has a currency. `is_submitted` is false for invited and withdrawn bids.
    """

    status: str
    is_submitted: bool
    date: str | None
    amount: float | None
    currency: str
    ids: list[str]
    party: Party | None
    related_lots: list[str] | None


class Contest(msgspec.Struct, gc=False):
    """
    Bids that compete with each other, and what was awarded among them.

    `active` are the active awards; `final` is true if no award may still change; without awards it is false.
    `winner` is who got all of it, if there are bids: the supplier of the only active award of a final contest, as far
    as the profile can tell.
    """

    offers: list[Offer]
    active: list[Award]
    final: bool
    winner: Party | None


class Process(msgspec.Struct, gc=False):
    """A release that is neither cancelled nor excluded, with its bids in one list and by contest."""

    ocid: str
    release: Release
    tender: Tender | None
    offers: list[Offer]
    contests: list[Contest]


def contest(
    offers: list[Offer], awards: list[Award], party: Callable[[Sequence[OrganizationReference]], Party | None]
) -> Contest:
    """One contest. An award without a status does not count; pending ones and unknown states are not final."""
    active = [award for award in awards if award.status == "active"]
    final = bool(awards) and (len(active) == len(awards) or all(award.status in FINAL for award in awards))
    winner = party(active[0].suppliers or ()) if offers and final and len(active) == 1 else None
    return Contest(offers, active, final, winner)
