"""
R030 Late bid won.

A valid bid dated after the end of the tender period, of which a tenderer is supplier of an active award. Other awards
need not be final. Flags the process and these tenderers with 1.
"""

from audits.indicators.base import Indicator
from audits.indicators.process import Process
from audits.indicators.results import Results


class R030(Indicator):
    code = "R030"
    needs_bids = True

    def see(self, process: Process, results: Results, /) -> None:
        tender = process.tender
        if tender is None or tender.tender_period is None or (deadline := tender.tender_period.end_date) is None:
            return
        suppliers = {
            supplier.id
            for award in process.release.awards or ()
            if award.status == "active"
            for supplier in award.suppliers or ()
        }
        if not suppliers:
            return
        for offer in process.offers:
            if offer.status != "valid" or offer.date is None:
                continue
            if suppliers.isdisjoint(offer.ids) or not self.profile.is_late(offer.date, deadline, results):
                continue
            results.flag("OCID", process.ocid, self.code, 1.0)
            results.flag_tenderers(filter(suppliers.__contains__, offer.ids), self.code, 1.0, process.ocid)
