"""Which tenderers submitted bids in which process: the map that R025, R038 and R048 are read with."""

from audits.indicators.base import Indicator
from audits.indicators.process import Process
from audits.indicators.results import Results


class Tenderers(Indicator):
    code = "tenderers"
    needs_bids = True

    def see(self, process: Process, results: Results, /) -> None:
        for offer in process.offers:
            if offer.is_submitted:
                for id_ in offer.ids:
                    results.link("ocid_tenderer", process.ocid, id_)
