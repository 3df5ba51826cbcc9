"""Members of a release by their paths: ``tender/value/amount``, ``awards/0/id``."""

from typing import Any

from contracts.ocds.written.simple import DATES


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
    """Set a member by its path, with the objects and lists on the way; a text on the way is left as it is."""
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
