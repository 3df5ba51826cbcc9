"""
R035 All except winning bid disqualified.

All awards are final, only one tenderer has valid bids, it is the supplier of the active awards, and at least
`threshold` (1; 0 means 1) other tenderers have a disqualified bid. Several winners are no sign of anything: a buyer
may gather several bids in one award. Flags the process with the number of others, and the winner with 0.
"""

from audits.indicators.base import Indicator
from audits.indicators.process import Contest, Process
from audits.indicators.results import Results


class R035(Indicator):
    code = "R035"
    needs_bids = True

    def see(self, process: Process, results: Results, /) -> None:
        found = [
            (others, winners)
            for contest in process.contests
            if contest.final and contest.active
            for others, winners in [self._disqualified(contest)]
            if others >= max(self.settings.r035_threshold, 1)
        ]
        for others, winners in sorted(found):  # of several lots, the highest number is the value
            results.flag("OCID", process.ocid, self.code, float(others))
            results.flag_tenderers(winners, self.code, 0.0, process.ocid)

    def _disqualified(self, contest: Contest) -> tuple[int, list[str]]:
        """How many others were disqualified, and who won; 0 if others have valid bids."""
        disqualified = {id_ for offer in contest.offers if offer.status == "disqualified" for id_ in offer.ids}
        if not disqualified:
            return 0, []
        suppliers = {
            supplier.id for award in contest.active for supplier in award.suppliers or () if supplier.id is not None
        }
        valid = [frozenset(offer.ids) for offer in contest.offers if offer.status == "valid" and offer.ids]
        winners = frozenset().union(*valid)
        if winners != suppliers or not self.profile.is_one(valid):
            return 0, []
        return len(disqualified - winners), sorted(winners)
