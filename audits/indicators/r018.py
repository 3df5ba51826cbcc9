"""
R018 Single bid received.

`numberOfTenderers` is 1 in a procedure that was open to competition (`procurement_methods`: open, selective). Only
this field is read. Flags the process with 1.
"""

from audits.indicators.base import Indicator
from audits.indicators.process import Process
from audits.indicators.results import Results


class R018(Indicator):
    code = "R018"

    def see(self, process: Process, results: Results, /) -> None:
        tender = process.tender
        if tender is None or bytes(tender.number_of_tenderers) != b"1":
            return
        methods = self.settings.r018_methods
        if not methods or tender.procurement_method in methods:
            results.flag("OCID", process.ocid, self.code, 1.0)
