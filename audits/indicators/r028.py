"""
R028 Identical bid prices.

Two submitted bids of different tenderers have the same amount in the same currency, where prices may be compared.
Flags the process and the tenderers of these bids with 1.
"""

from audits.indicators.base import Indicator, is_price_comparable
from audits.indicators.process import Process
from audits.indicators.results import Results


class R028(Indicator):
    code = "R028"
    needs_bids = True

    def see(self, process: Process, results: Results, /) -> None:
        if not is_price_comparable(process, self.settings):
            return
        for contest in process.contests:
            if len(contest.offers) < 2:
                continue
            by_price: dict[tuple[float, str], list[list[str]]] = {}
            for offer in contest.offers:
                if offer.amount is not None and offer.ids and offer.is_submitted:
                    by_price.setdefault((offer.amount, offer.currency), []).append(offer.ids)
            for bids in by_price.values():
                if len(bids) > 1:
                    self._compare(process.ocid, bids, results)

    def _compare(self, ocid: str, bids: list[list[str]], results: Results) -> None:
        parties = [frozenset(ids) for ids in bids]
        for ids, party in zip(bids, parties, strict=True):
            if any(self.profile.are_rivals(party, other) for other in parties):
                results.flag("OCID", ocid, self.code, 1.0)
                results.flag_tenderers(ids, self.code, 1.0, ocid)
