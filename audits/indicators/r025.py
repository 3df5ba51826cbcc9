"""
R025 Excessive unsuccessful bids.

Win ratio = processes won / processes with a valid bid, where all awards are final and exactly one is active; a
process counts once for each tenderer. Flagged is a tenderer whose number of processes is at or above the `percentile`
(75th) of all tenderers and whose ratio is at or below the lower fence of all ratios, or the `threshold`: who loses
that often may bid so that others win. The value is the ratio. Gives no verdict if the first quartile or the fence is
not above 0.
"""

from typing import Any

from audits.indicators import statistics
from audits.indicators.base import Indicator
from audits.indicators.process import Process
from audits.indicators.results import Results


class R025(Indicator):
    code = "R025"
    needs_bids = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.tally: dict[str, list[int]] = {}
        """{tenderer: [processes won, processes with a valid bid]}"""

    def see(self, process: Process, _results: Results, /) -> None:
        won: dict[str, bool] = {}
        for contest in process.contests:
            winner = contest.winner
            if winner is None:
                continue
            for offer in contest.offers:
                if offer.status == "valid":
                    for id_ in offer.party or ():
                        won[id_] = won.get(id_, False) or offer.party == winner
        for id_, success in won.items():
            counts = self.tally.get(id_)
            if counts is None:
                self.tally[id_] = [int(success), 1]
            else:
                counts[0] += success
                counts[1] += 1

    def merge(self, tally: dict[str, list[int]]) -> None:
        for id_, (won, all_) in tally.items():
            counts = self.tally.setdefault(id_, [0, 0])
            counts[0] += won
            counts[1] += all_

    def conclude(self, results: Results) -> None:
        numbers = sorted(float(all_) for _, all_ in self.tally.values())
        many = statistics.quantile(numbers, self.settings.r025_percentile / 100)
        ratios = (won / all_ for won, all_ in self.tally.values())
        fence, judges = self.fence(ratios, "lower", self.settings.r025_threshold, results)
        results.show(self.code, {"upper_fence": many, "lower_fence": fence})
        if not (judges and fence > 0):
            return
        for id_, (won, all_) in self.tally.items():
            if all_ >= many and won / all_ <= fence:
                results.flag("Tenderer", id_, self.code, won / all_)
