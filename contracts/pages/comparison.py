"""Compares the public record with a claim, value by value. All results are text, which templates must escape."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from contracts.ocds.codelists.codes import MERGE_MEMBERS, OUR_MEMBER
from contracts.ocds.fixture_tables import texts_listed
from contracts.ocds.gate.document import encode
from contracts.ocds.merging.paths import Path, leaves, write_path
from contracts.pages.display import cut, in_words
from contracts.pages.stated_in_documents import Lookup, Stated

MAX_COMPARED = 400
MAX_VALUE = 4000

# Lists whose entries are shown as separate sections.
_LISTS = frozenset({"awards", "contracts", "parties", "items", "lots", "documents", "amendments", "details"})

# Labels of the most common members; others are shown by their OCDS names.
_LABELS = texts_listed("values", "member")
# Members with OCDS codes.
_CODED = frozenset({"status", "procurementMethod", "mainProcurementCategory", "awardCriteria", "roles"})


# The members of an OCDS Value.
_MONEY = {"amount", "currency"}
_NOTHING = object()


class _Money(dict[str, Any]):
    """An amount and its currency, as far as given: shown as one value, and accepted as a whole."""


class Row(NamedTuple):
    """
    One value: its path, its label within its section, and its text on both sides; ``None`` if a side has none.

    ``looked`` says where documents state the claimed value, if they were searched for it.
    """

    path: str
    label: str
    official: str | None
    claimed: str | None
    looked: Lookup | None


class Section(NamedTuple):
    """The values of one part of the record: a top-level member, or an entry of a list."""

    path: str
    label: str
    rows: list[Row]
    is_new: bool


class Comparison(NamedTuple):
    """
    Values that would change, and those that would not: equal on both sides, or only in the record.

    ``left_out`` is the number of values not shown; they can be accepted with their part.
    """

    different: list[Section]
    same: list[Section]
    left_out: int

    @property
    def paths(self) -> list[str]:
        return [path for section in self.different for path in (section.path, *(row.path for row in section.rows))]

    def all_but(self, chosen: Collection[str]) -> list[str]:
        """
        Return the paths of all differing values except the chosen ones.

        A value is excluded together with an equal one of the same name elsewhere, such as the amount of award and
        contract.
        """
        doubted = {
            (row.label, row.claimed) for section in self.different for row in section.rows if row.path in chosen
        }
        kept = []
        for section in self.different:
            if any(f"{section.path}/".startswith(f"{path}/") for path in chosen):
                continue
            left = [row.path for row in section.rows if (row.label, row.claimed) not in doubted]
            is_whole = len(left) == len(section.rows) and not self._is_above(section, doubted, chosen)
            kept.extend([section.path] if is_whole else left)
        return kept

    def _is_above(
        self, section: "Section", doubted: Collection[tuple[str, str | None]], chosen: Collection[str]
    ) -> bool:
        """Return whether an excluded value lies below a section, in an entry of a nested list."""
        return any(
            other.path in chosen or any((row.label, row.claimed) in doubted for row in other.rows)
            for other in self.different
            if other.path.startswith(f"{section.path}/")
        )


def compare(official: Mapping[str, Any], claimed: Mapping[str, Any], stated: Stated | None = None) -> Comparison:
    """
    Compare two compiled releases of one ocid.

    :param official: the public record; empty if there is none
    :param stated: what the documents of the claim state, if it has any that were read
    """
    here, there = _values(official), _values(claimed)
    values = _of_money({*here, *there})
    here, there = _joined(here, values), _joined(there, values)
    known = set(map(_section, here))
    paths = list(dict.fromkeys((*there, *here)))
    different: dict[Path, list[Row]] = {}
    same: dict[Path, list[Row]] = {}
    for path in paths[:MAX_COMPARED]:
        section = _section(path)
        would_change = path in there and _says_more(there[path], here.get(path, _NOTHING))
        looked = stated.look_for(*_looked_for(path, there[path])) if stated and path in there else None
        row = Row(write_path(path), _label(path[len(section) :]), _write(here, path), _write(there, path), looked)
        (different if would_change else same).setdefault(section, []).append(row)
    return Comparison(
        [Section(write_path(key), _label(key), rows, key not in known) for key, rows in different.items()],
        [Section(write_path(key), _label(key), rows, is_new=False) for key, rows in same.items()],
        max(len(paths) - MAX_COMPARED, 0),
    )


def _values(release: Mapping[str, Any]) -> dict[Path, Any]:
    content = {name: member for name, member in release.items() if name not in {*MERGE_MEMBERS, OUR_MEMBER}}
    return dict(leaves(content)) if content else {}


def _of_money(paths: set[Path]) -> set[Path]:
    """Return the paths of objects that hold only an amount and its currency."""
    members: dict[Path, set[str]] = {}
    for path in paths:
        for place in range(2, len(path)):
            members.setdefault(path[:place], set()).add(path[place])
    return {
        path
        for path, names in members.items()
        if names == _MONEY and paths.issuperset((*path, name) for name in _MONEY) and path != _section((*path, ""))
    }


def _joined(values: Mapping[Path, Any], whole: set[Path]) -> dict[Path, Any]:
    """Return values with each amount and currency joined: accepting one without the other makes no sense."""
    joined: dict[Path, Any] = {}
    for path, value in values.items():
        if path[:-1] in whole:
            joined[path[:-1]] = _Money({**joined.get(path[:-1], {}), path[-1]: value})
        else:
            joined[path] = value
    return joined


def _says_more(claimed: Any, official: Any) -> bool:
    """Return whether a claimed value differs from the record; the record's amount may have further members."""
    if isinstance(claimed, _Money) and isinstance(official, _Money):
        return any(official.get(name, _NOTHING) != value for name, value in claimed.items())
    return bool(claimed != official)


def _looked_for(path: Path, value: Any) -> tuple[Path, Any]:
    """Return the path and value to search for in documents: for money, its amount."""
    return ((*path, "amount"), value.get("amount")) if isinstance(value, _Money) else (path, value)


def _section(path: Path) -> Path:
    """Return the section of a value: the entry of a list that contains it, else the top-level member."""
    for place, token in enumerate(path[:-1]):
        if token in _LISTS:
            return path[: place + 2]
    return path[:1]


def _label(path: Path) -> str:
    return " › ".join(map(member_name, path))


def member_name(member: str) -> str:
    """Return the label of a record's member in the reader's language; its own name if it has none."""
    return _(_LABELS[member]) if member in _LABELS else member


def _write(values: Mapping[Path, Any], path: Path) -> str | None:
    if path not in values:
        return None
    value = values[path]
    if isinstance(value, _Money):
        parts = (_text(value[name]) for name in ("amount", "currency") if name in value)
        return cut("\N{NO-BREAK SPACE}".join(parts), MAX_VALUE)
    codes = value if isinstance(value, list) else [value]
    if path[-1] in _CODED and all(isinstance(code, str) for code in codes):
        return cut(in_words(*codes), MAX_VALUE)
    return cut(_text(value), MAX_VALUE)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else encode(value).decode()
