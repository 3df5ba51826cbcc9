"""
R036 Lowest bid disqualified.

The lowest submitted bid is disqualified, though at least one award is active and at least one valid bid has an amount,
where prices may be compared. If several are lowest, the first one listed decides. Flags the process with 1.
"""

from operator import attrgetter

from audits.indicators.base import Indicator, is_price_comparable
from audits.indicators.process import Contest, Process
from audits.indicators.results import Results


class R036(Indicator):
    code = "R036"
    needs_bids = True

    def see(self, process: Process, results: Results, /) -> None:
        if not is_price_comparable(process, self.settings):
            return
        if not self.profile.lowest_price_wins(process.tender):
            return
        for contest in process.contests:
            if contest.active and self._lowest_is_disqualified(contest, results):
                results.flag("OCID", process.ocid, self.code, 1.0)

    def _lowest_is_disqualified(self, contest: Contest, results: Results) -> bool:
        submitted = [offer for offer in contest.offers if offer.is_submitted]
        for offers in self.profile.markets(submitted, results):
            lowest = min(offers, key=attrgetter("amount"))
            if lowest.status == "disqualified" and any(offer.status == "valid" for offer in offers):
                return True
        return False
