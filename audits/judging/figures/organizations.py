"""Figures about an organization over all its processes, each under the name that rules declare."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from audits.judging.figures.processes import Fences, SourceCoverage


class CountedProcess(Struct, frozen=True, omit_defaults=True, gc=False):
    """A process that a figure was counted from: ``value`` is what it says at ``path``."""

    ocid: str
    path: str
    value: Any
    title: str = ""


class MethodUse(Struct, frozen=True, gc=False):
    """
    How often a buyer or procuring entity bought without open competition.

    ``value_share`` is the share (0 to 1) of these purchases in what all of them cost, in the currency of most;
    ``None`` where no amount is told. ``seldom_open`` is how many records the source of most of them has, if most of
    these are of direct or limited procedures: what is bought by others may not be published there.
    """

    role: str
    processes: int
    noncompetitive: int
    counted: Sequence[CountedProcess]
    value_share: float | None = None
    seldom_open: int | None = None


class BidsWon(Struct, frozen=True, gc=False):
    """How often a tenderer won, of the processes in which it made a valid bid and one award decided."""

    role: str
    competed: int
    won: int
    fence: Fences
    counted: Sequence[CountedProcess]


class BidsDisqualified(Struct, frozen=True, gc=False):
    """How many bids were disqualified: a tenderer's own, or those submitted to a buyer or procuring entity."""

    role: str
    submitted: int
    disqualified: int
    processes: int
    fence: Fences
    counted: Sequence[CountedProcess]


class SuppliedCategories(Struct, frozen=True, gc=False):
    """What was awarded to a supplier: ``categories`` of the classification ``scheme`` with the most of them."""

    role: str
    processes: int
    scheme: str
    categories: Sequence[str]
    fence: Fences
    counted: Sequence[CountedProcess]


class MarketShare(Struct, frozen=True, gc=False):
    """
    What a supplier took of a market in three calendar years up to ``year``; ``cites`` identifies the market.

    ``purchases`` counts the contests in which it sold there, ``buyers`` to whom, ``amount`` is what it sold, in whole
    units of the currency, ``largest`` the share of the largest in that.
    """

    role: str
    market: str
    cites: Sequence[str]
    year: int
    share: float
    hhi: float
    processes: int
    purchases: int
    buyers: int
    amount: int
    largest: float
    counted: Sequence[CountedProcess]


class MarketConcentration(Struct, frozen=True, gc=False):
    """
    How concentrated the suppliers of a buyer are in a class of items; a contest of more than half of all is left out.

    ``largest`` is the largest share, ``awards`` the processes of the supplier that took it, ``amount`` what it took,
    in whole units of the currency; ``cites`` are the class and the currency.
    """

    role: str
    market: str
    cites: Sequence[str]
    year: int
    suppliers: int
    hhi: float
    largest: float
    awards: int
    amount: int
    processes: int
    counted: Sequence[CountedProcess]


class OrganizationFigures(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """
    Figures about one organization over all its processes: one for each role that it has, or for each market.

    ``counted`` names at most fifty processes, those that say most first.
    """

    method_use: Sequence[MethodUse] | None = None
    bids_won: Sequence[BidsWon] | None = None
    bids_disqualified: Sequence[BidsDisqualified] | None = None
    supplied_categories: Sequence[SuppliedCategories] | None = None
    market_shares: Sequence[MarketShare] | None = None
    market_concentration: Sequence[MarketConcentration] | None = None
    source_coverage: Sequence[SourceCoverage] | None = None
