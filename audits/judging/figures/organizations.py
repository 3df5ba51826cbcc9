"""Figures about an organization over all its processes, under the names that rules declare."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from audits.judging.figures.processes import Fences, SourceCoverage


class CountedProcess(Struct, frozen=True, omit_defaults=True, gc=False):
    """A process counted in a figure, with the ``value`` at ``path``."""

    ocid: str
    path: str
    value: Any
    title: str = ""


class MethodUse(Struct, frozen=True, gc=False):
    """
    How often a buyer or procuring entity bought without open competition.

    ``value_share`` is the share (0 to 1) of these purchases in the amount of all, in the most frequent currency;
    ``None`` without amounts. ``seldom_open`` is the number of records of the source of most purchases, if most of
    these are by direct or limited procedure: others may not be published there.
    """

    role: str
    processes: int
    noncompetitive: int
    counted: Sequence[CountedProcess]
    value_share: float | None = None
    seldom_open: int | None = None


class BidsWon(Struct, frozen=True, gc=False):
    """How often a tenderer won, over the processes in which it made a valid bid and one award was made."""

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
    """What was awarded to a supplier: ``categories`` of the classification ``scheme`` with the most awards."""

    role: str
    processes: int
    scheme: str
    categories: Sequence[str]
    fence: Fences
    counted: Sequence[CountedProcess]


class MarketShare(Struct, frozen=True, gc=False):
    """
    What a supplier sold in a market in three calendar years up to ``year``; ``cites`` identifies the market.

    ``purchases`` is the number of contests in which it sold there, ``buyers`` the number of its buyers, ``amount``
    what it sold, in whole units of the currency, ``largest`` the share of the largest sale in that.
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

    ``largest`` is the largest share, ``awards`` the number of processes of the supplier with it, ``amount`` what it
    sold, in whole units of the currency; ``cites`` are the class and the currency.
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
    Figures about one organization over all its processes, one for each of its roles or markets.

    ``counted`` names at most fifty processes, the most relevant first.
    """

    method_use: Sequence[MethodUse] | None = None
    bids_won: Sequence[BidsWon] | None = None
    bids_disqualified: Sequence[BidsDisqualified] | None = None
    supplied_categories: Sequence[SuppliedCategories] | None = None
    market_shares: Sequence[MarketShare] | None = None
    market_concentration: Sequence[MarketConcentration] | None = None
    source_coverage: Sequence[SourceCoverage] | None = None
