"""Results of indicators, in Cardinal's form, and how those of two parts of a file are merged."""

from collections.abc import Iterable
from typing import Any

from audits.indicators import statistics

GROUPS = ("OCID", "Buyer", "ProcuringEntity", "Tenderer")
MAPS = (
    "ocid_buyer_r038",
    "ocid_procuringentity_r038",
    "ocid_tenderer",
    "ocid_tenderer_r024",
    "ocid_tenderer_r028",
    "ocid_tenderer_r030",
    "ocid_tenderer_r035",
    "ocid_tenderer_r058",
)


class Results:
    """
    `groups` is {group: {id: {code: value}}}, `meta` {code: {name: number}}, `maps` {map: {ocid: organizations}}.

    Maps hold a dict of ids for a set that keeps its order, or the id itself where an ocid has one organization.
    """

    def __init__(self, *, currency: str | None, maps: bool) -> None:
        self.groups: dict[str, dict[str, dict[str, float]]] = {group: {} for group in GROUPS}
        self.meta: dict[str, dict[str, float]] = {}
        self.maps: dict[str, dict[str, Any]] | None = {name: {} for name in MAPS} if maps else None
        self.currency = currency
        """The main currency: the setting, else the first one seen."""
        self.wanted = currency
        """The setting alone."""
        self.other_currencies = 0
        """Values that were left out because they are in another currency."""

    def flag(self, group: str, id_: str, code: str, value: float) -> None:
        self.groups[group].setdefault(id_, {})[code] = value

    def flag_tenderers(self, ids: Iterable[str], code: str, value: float, ocid: str) -> None:
        """Flag who bid in a process, and note in the map of the indicator that they did."""
        for id_ in ids:
            self.flag("Tenderer", id_, code, value)
            self.link(f"ocid_tenderer_{code.lower()}", ocid, id_)

    def link(self, name: str, ocid: str, organization: str) -> None:
        if self.maps is not None:
            self.maps[name].setdefault(ocid, {})[organization] = None

    def note(self, code: str, name: str) -> None:
        """Count something about the data that a reader of the results should know."""
        counts = self.meta.setdefault(code, {})
        counts[name] = counts.get(name, 0) + 1

    def show(self, code: str, numbers: dict[str, float], prefix: str = "") -> None:
        self.meta.setdefault(code, {}).update({prefix + name: number for name, number in numbers.items()})

    def is_main(self, currency: str) -> bool:
        if self.currency is None:
            self.currency = currency
        if self.currency == currency:
            return True
        self.other_currencies += 1
        return False

    def is_wanted(self, currency: str) -> bool:
        if self.wanted is None or self.wanted == currency:
            return True
        self.other_currencies += 1
        return False

    def merge(self, other: "Results") -> None:
        """Add what was found in the lines after these. Only meta that counts can be merged."""
        for group, found in other.groups.items():
            mine = self.groups[group]
            for id_, values in found.items():
                mine.setdefault(id_, {}).update(values)
        for code, counts in other.meta.items():
            for name, count in counts.items():
                known = self.meta.setdefault(code, {})
                known[name] = known.get(name, 0) + count
        if self.maps is not None and other.maps is not None:
            for name, links in other.maps.items():
                _merge_links(self.maps[name], links)
        self.other_currencies += other.other_currencies
        if self.currency is None:
            self.currency = other.currency

    def as_json(self, *, meta: bool = True) -> dict[str, Any]:
        """The results as Cardinal prints them: groups without results are left out, Meta has 4 decimals."""
        printed: dict[str, Any] = {group: found for group, found in self.groups.items() if found}
        if meta:
            printed["Meta"] = {
                code: {
                    name: statistics.rounded(number) if isinstance(number, float) else number
                    for name, number in numbers.items()
                }
                for code, numbers in self.meta.items()
            }
        if self.maps is not None:
            printed["Maps"] = {
                name: {ocid: [*linked] if isinstance(linked, dict) else linked for ocid, linked in links.items()}
                for name, links in self.maps.items()
            }
        return printed


def _merge_links(mine: dict[str, Any], others: dict[str, Any]) -> None:
    for ocid, linked in others.items():
        if isinstance(linked, dict) and ocid in mine:
            mine[ocid].update(linked)
        else:
            mine[ocid] = linked
