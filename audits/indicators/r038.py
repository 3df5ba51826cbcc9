"""
R038 Excessive disqualified bids.

Ratio = disqualified / submitted bids over all processes of a buyer, a procuring entity or a tenderer; flagged at or
above the upper fence of its group, or the `threshold`. A tenderer needs `minimum_submitted_bids` (2), a buyer or
procuring entity `minimum_contracting_processes` (2). The value is the ratio. Gives no verdict if the fence is 0.
"""

from operator import add
from typing import Any

from audits.indicators.base import Indicator
from audits.indicators.process import Process
from audits.indicators.results import Results

Tally = dict[str, list[int]]
"""{organization: [disqualified bids, submitted bids, processes]}"""


class R038(Indicator):
    code = "R038"
    needs_bids = True

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.tally: dict[str, Tally] = {"Buyer": {}, "ProcuringEntity": {}, "Tenderer": {}}

    def see(self, process: Process, results: Results, /) -> None:
        tenderers = self.tally["Tenderer"]
        disqualified = submitted = 0
        for offer in process.offers:
            if not offer.is_submitted:
                continue
            out = offer.status == "disqualified"
            submitted += 1
            disqualified += out
            for id_ in offer.ids:
                counts = tenderers.get(id_)
                if counts is None:
                    tenderers[id_] = [int(out), 1, 1]
                else:
                    counts[0] += out
                    counts[1] += 1
        if not submitted:
            return
        buyer = process.release.buyer
        entity = None if process.tender is None else process.tender.procuring_entity
        for group, reference, name in (
            ("Buyer", buyer, "ocid_buyer_r038"),
            ("ProcuringEntity", entity, "ocid_procuringentity_r038"),
        ):
            if reference is None or reference.id is None:
                continue
            counts = self.tally[group].setdefault(reference.id, [0, 0, 0])
            counts[0] += disqualified
            counts[1] += submitted
            counts[2] += 1
            if results.maps is not None and disqualified:
                results.maps[name][process.ocid] = reference.id

    def merge(self, tally: dict[str, Tally]) -> None:
        for group, organizations in tally.items():
            mine = self.tally[group]
            for id_, added in organizations.items():
                mine[id_] = [*map(add, mine.get(id_, (0, 0, 0)), added)]

    def conclude(self, results: Results) -> None:
        processes = self.settings.r038_minimum_contracting_processes
        counted = 2 if self.profile.counts_processes else 1
        self._conclude("Buyer", counted, processes, results)
        self._conclude("ProcuringEntity", counted, processes, results)
        self._conclude("Tenderer", 1, self.settings.r038_minimum_submitted_bids, results)

    def _conclude(self, group: str, counted: int, minimum: int, results: Results) -> None:
        ratios = {
            id_: counts[0] / counts[1] for id_, counts in self.tally[group].items() if counts[counted] >= minimum
        }
        if not ratios:
            return
        prefix = f"{group}_"
        fence, judges = self.fence(ratios.values(), "upper", self.settings.r038_threshold, results, prefix)
        results.show(self.code, {"upper_fence": fence}, prefix)
        if not (judges and fence > 0):
            return
        for id_, ratio in ratios.items():
            if ratio >= fence:
                results.flag(group, id_, self.code, ratio)
