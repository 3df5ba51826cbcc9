"""Paths into a release: ``tender/value/amount``, ``awards/0/id``. Headers may be such paths."""

import re
from collections.abc import Sequence
from typing import Any

from contracts.ocds.codelists.codes import MERGE_MEMBERS
from contracts.ocds.written.simple import DATES

_TOP_MEMBERS = MERGE_MEMBERS | {"parties", "buyer", "planning", "tender", "awards", "contracts", "relatedProcesses"}
_PATH = re.compile(r"[A-Za-z]\w*(?:/(?:\d{1,2}|[A-Za-z]\w*)){0,7}", re.ASCII)
_PATH_START = re.compile(r"(?:releases/\d+|records/\d+/compiledRelease|compiledRelease)/")
# Facts of columns that name a bidder, and the amount offered; rows below may have further offers.
OFFERED_BY = "bids/details/0/tenderers/0/name"
OFFER = "bids/details/0/value/amount"
# Maximum index: publishers write longer lists as separate tables.
MAX_INDEX = 20


def member(release: dict[str, Any], path: str) -> Any:
    """Return a member by its path, ``None`` where there is none."""
    found: Any = release
    for segment in path.split("/"):
        if isinstance(found, list):
            found = found[int(segment)] if segment.isdigit() and int(segment) < len(found) else None
        else:
            found = found.get(segment) if isinstance(found, dict) else None
    return found


def set_member(release: dict[str, Any], path: str, value: Any) -> None:
    """Set a member by its path, creating objects and lists on the way; a text on the way is left unchanged."""
    parent: Any = release
    segments = path.split("/")
    for segment, following in zip(segments, [*segments[1:], ""], strict=True):
        place: Any = int(segment) if isinstance(parent, list) and segment.isdigit() else segment
        if isinstance(parent, list):
            if not isinstance(place, int):
                return
            parent.extend({} for _missing in range(place + 1 - len(parent)))
        elif not isinstance(parent, dict):
            return
        if not following:
            parent[place] = value
            return
        if isinstance(parent, dict):
            parent = parent.setdefault(place, [] if following.isdigit() else {})
        else:
            parent = parent[place]


def is_date(fact: str) -> bool:
    """Return whether a fact, or what a path leads to, is a date."""
    name = fact.rpartition("/")[2]
    return fact in DATES or name.startswith("date") or name.endswith("Date")


def is_amount(fact: str) -> bool:
    """Return whether a fact, or what a path leads to, is an amount."""
    return fact.rpartition("/")[2] == "amount"


def path_of(text: str) -> str:
    """Return a text as a path into a release, ``""`` if it is not one: ``tender/value/amount``, or with dots."""
    path = _PATH_START.sub("", text.strip().lstrip("/").replace(".", "/"), count=1)
    if not _PATH.fullmatch(path):
        return ""
    top, *segments = path.split("/")
    is_one = top in _TOP_MEMBERS and all(int(segment) < MAX_INDEX for segment in segments if segment.isdigit())
    return path if is_one else ""


def header_paths(names: Sequence[str]) -> dict[str, int]:
    """Return path → column, for headers that are paths into a release."""
    paths: dict[str, int] = {}
    for column, name in enumerate(names):
        if path := path_of(name):
            paths.setdefault(path, column)
    return paths


def lacks_currency(release: dict[str, Any]) -> bool:
    """Return whether the release of a row has an estimate or an award of unknown currency."""
    values = ("tender/value", "awards/0/value")
    return any(
        member(release, f"{value}/amount") is not None and not member(release, f"{value}/currency") for value in values
    )


def lacks_country(release: dict[str, Any]) -> bool:
    """Return whether the country of the buyer is unknown."""
    return not any(
        member(party, "address/countryName")
        for party in release.get("parties", ())
        if "buyer" in party.get("roles", ())
    )
