"""
Paths across all releases of an ocid: JSON Pointers in which an entry of a list is identified by its id.

``/awards/A1/value/amount`` is the amount of the award with the id A1, at any position in its list, as OCDS merges.
Lists whose entries have no ids, or that OCDS replaces as wholes, are one value.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from contracts.ocds.codelists.codes import MERGE_MEMBERS
from contracts.ocds.merging.merge import MERGE_RULES
from contracts.ocds.pointers import escape, unescape

_WHOLE_LISTS = frozenset(path[-1] for path, rule in MERGE_RULES.items() if rule == "wholeListMerge")

# A path as tokens, unescaped.
Path = tuple[str, ...]
# Token → selection below it; None for everything.
_Tree = dict[str, "_Tree | None"]


def write_path(path: Path) -> str:
    return "".join(f"/{escape(token)}" for token in path)


def read_path(pointer: str) -> Path:
    """Return the tokens of a path; a name without a slash, as in decisions of earlier versions, is one token."""
    if not pointer.startswith("/"):
        return (pointer,)
    return tuple(map(unescape, pointer.split("/")[1:]))


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the path and value of all leaves, in document order."""
    below = _below(value, path[-1] if path else "")
    if not below:
        yield path, value
    for token, member in below.items():
        yield from leaves(member, (*path, token))


def select(release: dict[str, Any], pointers: Iterable[str]) -> dict[str, Any]:
    """
    Return the part of a release selected by paths, with the members needed for merging.

    A partly selected entry of a list keeps its id. Everything else is left out.
    """
    tree: _Tree = {}
    for path in map(read_path, pointers):
        _choose(tree, path)
    merged = {name: member for name, member in release.items() if name in MERGE_MEMBERS}
    return {**merged, **_select(release, tree, "")}


def _choose(tree: _Tree, path: Path) -> None:
    for token in path[:-1]:
        below = tree.setdefault(token, {})
        if below is None:
            return
        tree = below
    tree[path[-1]] = None


def _select(value: Any, tree: _Tree, name: str) -> Any:
    below = _below(value, name)
    chosen = {}
    for token, member in below.items():
        if token in tree:
            rest = tree[token]
            part = member if rest is None else _select(member, rest, token)
            if rest is None or part:
                chosen[token] = part
    if isinstance(value, list):
        return [part if tree[token] is None else {"id": below[token]["id"], **part} for token, part in chosen.items()]
    return chosen


def _below(value: Any, name: str) -> dict[str, Any]:
    """Return token → member of an object, or of a list of entries with ids; empty for any other value."""
    if isinstance(value, dict):
        return value
    if not isinstance(value, list) or name in _WHOLE_LISTS:
        return {}
    entries = {_id(entry): entry for entry in value}
    return {} if None in entries or len(entries) < len(value) else entries  # type: ignore[return-value]


def _id(entry: Any) -> str | None:
    own = entry.get("id") if isinstance(entry, dict) else None
    return str(own) if isinstance(own, str | int) and not isinstance(own, bool) and own != "" else None
