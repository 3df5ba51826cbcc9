"""
R058 Heavily discounted bid.

The gap between the winning bid and the next one (see `price_gaps`) is at or above the upper fence of all gaps, or the
`threshold`: the others may have bid high on purpose, or the winner counts on later changes. Flags the process with the
gap, and the winner with 0. Gives no verdict if the fence is not above 0.
"""

from audits.indicators.price_gaps import OfGaps
from audits.indicators.results import Results


class R058(OfGaps):
    code = "R058"

    def conclude(self, results: Results) -> None:
        fence, judges = self.fence(self.gaps.ratios(), "upper", self.settings.r058_threshold, results)
        results.show(self.code, {"upper_fence": fence})
        if not (judges and fence > 0):
            return
        for ocid, gaps in self.gaps.tally.items():
            for gap in sorted(gaps):  # of several, the widest is the value
                if gap.ratio >= fence:
                    results.flag("OCID", ocid, self.code, gap.ratio)
                    results.flag_tenderers(gap.winner, self.code, 0.0, ocid)
