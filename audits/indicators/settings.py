"""
Cardinal's settings file: which indicators run, and their thresholds.

The grammar is that of Cardinal 0.0.8: `name = value` or `name: value`, comments on lines of their own that start with
`;` or `#`, sections in brackets, quotes around a value stripped, backslash escapes, nothing else: `; text` after a
value belongs to it, and spaces around `|` in a list are kept. A repeated name takes the last value, a repeated section
replaces the earlier one. Before the first section, `R024.threshold` is the `threshold` of `[R024]`. Names and sections
are case-sensitive; one that Cardinal does not know is refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any

CODES = ("R003", "R018", "R024", "R025", "R028", "R030", "R035", "R036", "R038", "R048", "R058")


class SettingsError(ValueError):
    """A settings file that cannot be used; the message names the line."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


@dataclass(frozen=True)
class Settings:
    """
    `codes` are the indicators to run; the other fields are the settings of all of them.

    A threshold of None stands for the fence of the population. Procurement methods and their details are sets of exact
    texts; an empty set does not filter.
    """

    codes: frozenset[str] = frozenset(CODES)
    currency: str | None = None
    price_comparison_methods: frozenset[str] = frozenset()
    no_price_comparison_methods: frozenset[str] = frozenset()
    excluded_method_details: frozenset[str] = frozenset()
    r003_threshold: int = 15
    r003_methods: frozenset[str] = frozenset()
    r003_details: dict[str, int] = field(default_factory=dict)
    r018_methods: frozenset[str] = frozenset({"open", "selective"})
    r024_threshold: float | None = None
    r025_percentile: int = 75
    r025_threshold: float | None = None
    r035_threshold: int = 1
    r038_threshold: float | None = None
    r038_minimum_submitted_bids: int = 2
    r038_minimum_contracting_processes: int = 2
    r048_digits: int = 2
    r048_threshold: int | None = None
    r048_minimum_contracting_processes: int = 20
    r058_threshold: float | None = None

    @cached_property
    def compares_all_methods(self) -> bool:
        return not (self.price_comparison_methods or self.no_price_comparison_methods)


_SWITCHES = {"true": 1, "on": 1, "yes": 1, "false": 0, "off": 0, "no": 0}
_FLOAT = re.compile(r"[+-]?(inf|infinity|nan|([0-9]++\.?[0-9]*+|\.[0-9]++)(e[+-]?[0-9]+)?)", re.IGNORECASE)


def _text(value: str) -> str:
    return value


def _methods(value: str) -> frozenset[str]:
    # A final | ends the last entry instead of starting an empty one.
    return frozenset(value.removesuffix("|").split("|")) if value else frozenset()


def _integer(value: str) -> int:
    if (switch := _SWITCHES.get(value.lower())) is not None:
        return switch
    if not re.fullmatch(r"[+-]?[0-9]+", value) or not -(2**63) <= int(value) < 2**63:
        raise ValueError("a whole number")
    return int(value)


def _count(value: str) -> int:
    if (switch := _SWITCHES.get(value.lower())) is not None:
        return switch
    if not re.fullmatch(r"\+?[0-9]+", value) or int(value) >= 2**64:
        raise ValueError("a whole number of 0 or more")
    return int(value)


def _decimal(value: str) -> float:
    if (switch := _SWITCHES.get(value.lower())) is not None:
        return float(switch)
    if not _FLOAT.fullmatch(value):
        raise ValueError("a decimal number")
    return float(value)


def _switch(value: str) -> bool:
    words = {**_SWITCHES, "1": 1, "0": 0}
    if (switch := words.get(value.lower())) is None:
        raise ValueError("true or false")
    return bool(switch)


_Readers = dict[str, tuple[str | None, Callable[[str], Any]]]

# section -> name -> (the field of Settings or None, how to read the value). None is for Cardinal's log and its command
# `prepare`: such settings are checked and otherwise ignored, so that one file serves both programs.
_KNOWN: dict[str, _Readers] = {
    "": {
        "currency": ("currency", _text),
        "no_price_comparison_procurement_methods": ("no_price_comparison_methods", _methods),
        "price_comparison_procurement_methods": ("price_comparison_methods", _methods),
    },
    "output": {"info_currency_mismatches": (None, _switch)},
    "defaults": {
        "currency": (None, _text),
        "item_classification_scheme": (None, _text),
        "bid_status": (None, _text),
        "award_status": (None, _text),
        "party_roles": (None, _switch),
    },
    "redactions": {"amount": (None, _text), "organization_id": (None, _text)},
    "corrections": {"award_status_by_contract_status": (None, _switch)},
    "modifications": {
        "move_auctions": (None, _switch),
        "prefix_buyer_or_procuring_entity_id": (None, _text),
        "prefix_tenderer_or_supplier_id": (None, _text),
        "split_procurement_method_details": (None, _text),
    },
    "codelists": {},
    "exclusions": {"procurement_method_details": ("excluded_method_details", _methods)},
    "R003": {"threshold": ("r003_threshold", _integer), "procurement_methods": ("r003_methods", _methods)},
    "R018": {"procurement_methods": ("r018_methods", _methods)},
    "R024": {"threshold": ("r024_threshold", _decimal)},
    "R025": {"percentile": ("r025_percentile", _count), "threshold": ("r025_threshold", _decimal)},
    "R028": {},
    "R030": {},
    "R035": {"threshold": ("r035_threshold", _count)},
    "R036": {},
    "R038": {
        "threshold": ("r038_threshold", _decimal),
        "minimum_submitted_bids": ("r038_minimum_submitted_bids", _count),
        "minimum_contracting_processes": ("r038_minimum_contracting_processes", _count),
    },
    "R048": {
        "digits": ("r048_digits", _count),
        "threshold": ("r048_threshold", _count),
        "minimum_contracting_processes": ("r048_minimum_contracting_processes", _count),
    },
    "R058": {"threshold": ("r058_threshold", _decimal)},
}
# Sections whose names are free: they map local texts.
_FREE: dict[str, Callable[[str], Any]] = {
    "R003.procurement_method_details": _integer,
    "codelists.bid_status": _text,
    "codelists.award_status": _text,
}


def parse(text: str) -> Settings:
    """
    Settings from the text of a settings file.

    An indicator runs if its section is there. Raises SettingsError for a line that is no setting, for an unknown
    section or name, and for a value of the wrong kind.
    """
    found: dict[str, Any] = {}
    details: dict[str, int] = {}
    tables = _tables(text)
    for section, table in tables.items():
        for name, (number, value) in table.items():
            if section in _FREE:
                read = _read(number, name, value, _FREE[section])
                if section == "R003.procurement_method_details":
                    details[name] = read
                continue
            known = _KNOWN[section]
            if name not in known:
                where = f" in [{section}]" if section else " before the first section"
                raise SettingsError(number, f"unknown name {name!r}{where}{_nearest(name, known)}")
            target, reader = known[name]
            read = _read(number, name, value, reader)
            if target is not None:
                found[target] = read
    codes = {section.partition(".")[0] for section in tables} & set(CODES)
    return Settings(codes=frozenset(codes), r003_details=details, **found)


def _tables(text: str) -> dict[str, dict[str, tuple[int, str]]]:
    """{section: {name: (line number, value)}}, of what is repeated the last; the section before the first is ""."""
    tables: dict[str, dict[str, tuple[int, str]]] = {"": {}}
    section = ""
    for number, name, value in _lines(text):
        if value is None:
            section = name
            if not section or (section not in _KNOWN and section not in _FREE):
                raise SettingsError(number, f"unknown section [{section}]{_nearest(section, [*_KNOWN, *_FREE])}")
            tables[section] = {}
        else:
            tables[section][name] = number, value
    for path in [*tables[""]]:
        section, dot, name = path.rpartition(".")
        if dot and (section in _KNOWN or section in _FREE):
            tables.setdefault(section, {}).setdefault(name, tables[""].pop(path))
    return tables


def _read(line: int, name: str, value: str, reader: Callable[[str], Any]) -> Any:
    try:
        return reader(value)
    except ValueError as error:
        raise SettingsError(line, f"{name} must be {error}, not {value!r}") from error


def _nearest(name: str, known: Any) -> str:
    near = get_close_matches(name, [other for other in known if other], n=1)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _lines(text: str) -> list[tuple[int, str, str | None]]:
    """(line number, name, value) of each setting, and (line number, section, None) of each section header."""
    found: list[tuple[int, str, str | None]] = []
    for number, raw in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        line = raw.strip()
        if not line or line[0] in ";#":
            continue
        if line[0] == "[":
            section, closing, line = line[1:].partition("]")
            if not closing:
                raise SettingsError(number, "a section needs a closing ]")
            found.append((number, _unescaped(section).strip(), None))
            line = line.strip()  # a setting may follow on the same line
            if not line or line[0] in ";#":
                continue
        split = re.search(r"[=:]", line)
        if split is None:
            raise SettingsError(number, f"{line!r} is neither a section, a comment nor name = value")
        name, value = _unescaped(line[: split.start()]).strip(), line[split.end() :].strip()
        if not name:
            raise SettingsError(number, "a value without a name")
        if value[:1] in {'"', "'"}:
            quoted, closing, rest = value[1:].partition(value[0])
            if not closing:
                raise SettingsError(number, f"the {value[0]} has no other end")
            found.append((number, name, (_unescaped(quoted) + _unescaped(rest)).strip()))
        else:
            found.append((number, name, _unescaped(value).strip()))
    return found


_ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "t": "\t", "r": "\r", "n": "\n"}


def _unescaped(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        code, plain = match.groups()
        return chr(int(code, 16)) if code else _ESCAPES.get(plain, plain)

    return re.sub(r"\\(?:x([0-9a-fA-F]{4})|(.))", one, text) if "\\" in text else text
