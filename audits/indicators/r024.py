"""
R024 Price close to winning bid.

The gap between the winning bid and the next one (see `price_gaps`) is at or below the lower fence of all gaps, or the
`threshold`. A bid that is only just dearer may be there to look like competition. Flags the process with the gap, and
winner and runner-up with 0. Gives no verdict if the first quartile or the fence is not above 0.
"""

from audits.indicators.price_gaps import OfGaps
from audits.indicators.results import Results


class R024(OfGaps):
    code = "R024"

    def conclude(self, results: Results) -> None:
        fence, judges = self.fence(self.gaps.ratios(), "lower", self.settings.r024_threshold, results)
        results.show(self.code, {"lower_fence": fence})
        if not (judges and fence > 0):
            return
        for ocid, gaps in self.gaps.tally.items():
            for gap in sorted(gaps, reverse=True):  # of several, the narrowest is the value
                if gap.ratio <= fence:
                    results.flag("OCID", ocid, self.code, gap.ratio)
                    results.flag_tenderers(gap.winner + gap.runner_up, self.code, 0.0, ocid)
