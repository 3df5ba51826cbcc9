"""The changes of the versions of rules, with their days: the files of ``audits/rules/changes``, one per day."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, yaml

from audits import rules
from audits.rules import RULES
from contracts.ocds.portuguese import PORTUGAL, in_portugal

_FOLDER = Path(rules.__file__).parent / "changes"
_UNCOUNTED = dict.fromkeys(("confirmed", "confirmed_by_one", "dismissed"))


class _Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """What changed in some rules: code → the version that this made, and the change in each language."""

    rules: Mapping[str, int]
    en: str
    es: str
    pt: str


class Change(Struct, frozen=True):
    """The changes of a version since the one before, and its day; empty for the first one."""

    since: date | None = None
    text: str = ""


def change_of(code: str, version: int, language: str) -> Change:
    """Return what a version of a rule changed, in ``en``, ``es``, ``pt`` or ``pt-pt``, else in English."""
    if (code, version) not in all_changes():
        return Change()
    since, entry = all_changes()[code, version]
    if language == PORTUGAL:
        return Change(since, in_portugal(entry.pt))
    return Change(since, {"es": entry.es, "pt": entry.pt}.get(language, entry.en))


def with_changes(code: str, counted: Iterable[Mapping[str, Any]], language: str) -> list[dict[str, Any]]:
    """
    Return the versions of a rule, the first one first, with what each changed and since when.

    :param counted: decisions by version, as its health has them. They may have been counted before the version in
        force was: what that one changed is known all the same, and of its decisions nothing is.
    """
    rows = {row["version"]: row for row in counted}
    numbers = sorted({*rows, *range(1, RULES[code].version + 1)})
    changes = ((number, change_of(code, number, language)) for number in numbers)
    return [
        {"version": number, **_UNCOUNTED, **rows.get(number, {}), "since": change.since, "change": change.text}
        for number, change in changes
    ]


@cache
def all_changes() -> dict[tuple[str, int], tuple[date, _Entry]]:
    """Return (code, version) → day and change, but of first versions; raises ValueError for two of one."""
    found: dict[tuple[str, int], tuple[date, _Entry]] = {}
    for file in sorted(_FOLDER.glob("*.yaml")):
        for entry in yaml.decode(file.read_bytes(), type=list[_Entry]):
            for made in entry.rules.items():
                if made in found:
                    raise ValueError(f"{file.name}: version {made[1]} of {made[0]} stands twice")
                found[made] = date.fromisoformat(file.stem), entry
    return found
