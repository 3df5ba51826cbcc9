"""
How far the winning bid lies below the next one: what R024 and R058 conclude from.

Gap = (lowest valid bid of anyone else - lowest valid bid of the winner) / lowest valid bid of the winner, in one
currency, where all awards are final and exactly one is active. A winner dearer than another bid won for other reasons
than price, so there is no gap.
"""

import math
from typing import Any, ClassVar, NamedTuple

from audits.indicators.base import Indicator, is_price_comparable
from audits.indicators.competition import Party, closest_prices
from audits.indicators.process import Offer, Process
from audits.indicators.profiles import Profile
from audits.indicators.results import Results
from audits.indicators.settings import Settings


class Gap(NamedTuple):
    ratio: float
    winner: Party
    runner_up: Party


class PriceGaps(Indicator):
    """Tallies {ocid: gaps}."""

    code: ClassVar[str] = "price_gaps"
    needs_bids = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.tally: dict[str, list[Gap]] = {}

    def see(self, process: Process, results: Results, /) -> None:
        if not is_price_comparable(process, self.settings):
            return
        if not self.profile.lowest_price_wins(process.tender):
            return
        gaps = [
            gap
            for contest in process.contests
            if contest.winner is not None
            for gap in self._gaps(contest.winner, contest.offers, results)
        ]
        if gaps:
            self.tally[process.ocid] = gaps

    def _gaps(self, winner: Party, offers: list[Offer], results: Results) -> list[Gap]:
        valid = [offer for offer in offers if offer.status == "valid" and offer.party is not None]
        gaps = []
        for market in self.profile.markets(valid, results):
            priced = [
                (offer.party, offer.amount) for offer in market if offer.party is not None and offer.amount is not None
            ]
            found = closest_prices(winner, priced)
            if found is not None:
                won, lowest = priced[found[0]][1], priced[found[1]][1]
                gaps.append(Gap(_ratio(won, lowest), winner, priced[found[1]][0]))
        return gaps

    def merge(self, tally: dict[str, list[Gap]]) -> None:
        self.tally.update(tally)

    def ratios(self) -> list[float]:
        return [gap.ratio for gaps in self.tally.values() for gap in gaps]


class OfGaps(Indicator):
    """An indicator that concludes from the gaps of all processes, and looks at none itself."""

    def __init__(self, settings: Settings, profile: Profile, gaps: PriceGaps) -> None:
        super().__init__(settings, profile)
        self.gaps = gaps


def _ratio(won: float, lowest: float) -> float:
    if won == 0:
        # Cardinal divides by it: anything above 0 is infinitely far away, and 0 from 0 is not a number.
        return math.copysign(math.inf, won) if lowest > 0 else math.nan
    return (lowest - won) / won
