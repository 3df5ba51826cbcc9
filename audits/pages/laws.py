"""The text of the law that a sentence cites, if the list that the rule read says where it stands."""

from collections.abc import Iterator, Mapping
from typing import Any

from audits.models import Flag
from contracts.pages.display import Link, web_link


def laws_of(flag: Flag) -> list[Link]:
    """Return where the law of a flag can be read: rows of its parameters whose source its sentence names."""
    named = flag.values.get("source")
    found = (row for row in _rows(flag.parameters) if named and row.get("source") == named and row.get("url"))
    links = dict.fromkeys(web_link(str(row["url"]), str(named)) for row in found)
    return [link for link in links if link.href]


def _rows(parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for value in parameters.values():
        if isinstance(value, list | tuple):
            yield from (entry for entry in value if isinstance(entry, Mapping))
