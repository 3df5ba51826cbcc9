"""One contracting process as indicators see it: its bids and awards, sorted by what competes with what."""

from typing import NamedTuple

import msgspec

from audits.indicators.records import Award, Release, Tender

Party = tuple[str, ...]
"""The ids of organizations that bid or won together, in ascending order."""


class Price(NamedTuple):
    amount: float
    currency: str


class Offer(msgspec.Struct, gc=False):
    """
    A bid with a status: the others count nowhere.

    `ids` are those of its tenderers that have one, `party` who bids as far as the profile can tell. `price` is amount
    and currency, if it has both. `is_submitted` is false for invited and withdrawn bids.
    """

    status: str
    is_submitted: bool
    date: str | None
    price: Price | None
    ids: list[str]
    party: Party | None
    lots: list[str] | None


class Contest(NamedTuple):
    """
    Bids that compete with each other, and what was awarded among them.

    `active` are the active awards; `final` is true if no award may still change, which cannot be told without any.
    """

    offers: list[Offer]
    active: list[Award]
    final: bool


class Process(NamedTuple):
    """A release that is neither cancelled nor excluded, with its bids in one list and by contest."""

    ocid: str
    release: Release
    tender: Tender | None
    offers: list[Offer]
    contests: list[Contest]


def contest(offers: list[Offer], awards: list[Award] | None) -> Contest:
    """One contest. An award without a status does not count; pending ones and unknown states are not final."""
    if awards is None:
        return Contest(offers, [], final=False)
    active = [award for award in awards if award.status == "active"]
    final = len(active) == len(awards) or all(
        award.status in {None, "active", "cancelled", "unsuccessful"} for award in awards
    )
    return Contest(offers, active, final)
