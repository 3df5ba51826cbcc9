"""
The form of an indicator: it looks at one process after another, is merged with itself over other parts of the input,
and concludes.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Literal

from audits.indicators.competition import prices_compare
from audits.indicators.process import Process
from audits.indicators.profiles import Profile
from audits.indicators.results import Results
from audits.indicators.settings import Settings
from audits.indicators.statistics import fences


class Indicator:
    """
    `see` looks at each process once and either writes to the results or keeps a `tally`; `merge` adds the tally of the
    lines that follow; `conclude` turns the whole tally into results.
    """

    code: ClassVar[str]
    needs_bids: ClassVar[bool] = False
    """Whether a process without bids tells it nothing, so that it need not look."""

    def __init__(self, settings: Settings, profile: Profile) -> None:
        self.settings = settings
        self.profile = profile
        self.tally: Any = None

    def see(self, process: Process, results: Results, /) -> None:
        """Look at one process."""

    def merge(self, tally: Any) -> None:
        """Add the tally of the lines after these."""

    def conclude(self, results: Results) -> None:
        """Turn the tally of all processes into results."""

    def fence(
        self,
        sample: Iterable[float],
        side: Literal["lower", "upper"],
        threshold: float | None,
        results: Results,
        prefix: str = "",
    ) -> tuple[float, bool]:
        """Return the threshold, or else a fence of the sample, whose quartiles are shown; and whether it may judge."""
        if threshold is not None:
            return threshold, True
        found = fences(sample)
        results.show(self.code, self.profile.meta(found), prefix)
        judges = self.profile.can_judge(found) and (side == "upper" or found.q1 > 0)
        return (found.lower if side == "lower" else found.upper), judges


def is_price_comparable(process: Process, settings: Settings) -> bool:
    """Whether prices may be compared under the procurement method of a process; see `competition.prices_compare`."""
    if settings.compares_all_methods:
        return True
    details = None if process.tender is None else process.tender.procurement_method_details
    return prices_compare(details, settings.price_comparison_methods, settings.no_price_comparison_methods)
