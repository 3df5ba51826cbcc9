"""
R003 Short submission period.

A tender period of less than `threshold` days (15) leaves too little time to those who did not know of the tender
before. The threshold may differ by `procurementMethodDetails`; `procurement_methods` limits the indicator to some
methods. Flags the process with 1.
"""

from audits.indicators.base import Indicator
from audits.indicators.process import Process
from audits.indicators.results import Results


class R003(Indicator):
    code = "R003"

    def see(self, process: Process, results: Results, /) -> None:
        tender = process.tender
        if tender is None or (period := self.profile.time_to_bid(tender, results)) is None:
            return
        settings = self.settings
        if settings.r003_methods and tender.procurement_method not in settings.r003_methods:
            return
        days = self.profile.days(*period, results)
        details = tender.procurement_method_details
        threshold = settings.r003_threshold
        if details is not None:
            threshold = settings.r003_details.get(details, threshold)
        if days is not None and days < threshold:
            results.flag("OCID", process.ocid, self.code, 1.0)
