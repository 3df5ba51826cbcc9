"""The processes that a flag counts, as a table."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from audits.pages.labels import COUNTED
from audits.pages.records.members_in_words import member_in_words
from contracts.models import ContractingProcess
from contracts.pages.display import OF_DEAL, Link, admin_url, deal, process_provenance


class CountedProcess(NamedTuple):
    """A counted process. ``deal`` is who buys from whom, for how much and when."""

    process: Link
    title: str
    provenance: str
    deal: str
    values: list[str]


class CountedTable(NamedTuple):
    """Counted processes; ``heads`` name the columns of ``values``."""

    heads: list[str]
    rows: list[CountedProcess]

    def without_links(self) -> "CountedTable":
        """Return the same processes without links, because their pages reveal the decisions on their flags."""
        rows = [row._replace(process=Link(row.process.text)) for row in self.rows]
        return self._replace(rows=rows)


def read_counted(evidence: Sequence[Mapping[str, Any]]) -> CountedTable:
    """Return the processes in the order of citation; one query."""
    names = list(dict.fromkeys(name for entry in evidence for name in _values(entry)))
    cited = ContractingProcess.objects.filter(ocid__in=[entry["ocid"] for entry in evidence])
    shown = cited.select_related("publisher").only("ocid", "title", "verification", "publisher__slug", *OF_DEAL)
    known = {process.ocid: process for process in shown}
    rows = []
    for entry in evidence:
        ocid, values = entry["ocid"], _values(entry)
        process = known.get(ocid)
        address = admin_url(ContractingProcess, process.pk) if process else ""
        written = [_write(name, values[name]) if name in values else "" for name in names]
        title = entry["note"] or (process.title if process else "")
        bought = deal(process) if process else ""
        rows.append(CountedProcess(Link(ocid, address), title, process_provenance(process), bought, written))
    return CountedTable([str(COUNTED.get(name, name)) for name in names], rows)


def _values(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    value = entry["value"]
    if entry["path"] == "/ocid":
        return {}
    return value if isinstance(value, dict) else {entry["path"].rpartition("/")[2]: value}


def _write(name: str, value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return member_in_words(f"/{name}", value)
