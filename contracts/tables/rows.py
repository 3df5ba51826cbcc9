"""A row → an OCDS release: what its cells say, with the place of each cell that could not be read."""

import hashlib
import re
from collections.abc import Mapping as Facts
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from contracts.ocds.amounts import UnclearAmountError, read_amount
from contracts.ocds.corrections import escape, known_currencies
from contracts.ocds.currencies import UnclearCurrencyError
from contracts.ocds.days import has_short_year, read_date
from contracts.ocds.fact_tables import fold
from contracts.ocds.facts import Habits, kind_of
from contracts.ocds.problems import Problem, RefusedError
from contracts.ocds.reading import MAX_OCID
from contracts.ocds.simple import DATES, read_simple
from contracts.tables.mappings import Recognised, Source
from contracts.tables.sheets import Cell

Json = dict[str, Any]

# What portals print where they have nothing, folded.
_NOTHING = frozenset(
    {
        "",
        "-",
        "--",
        "---",
        "n/a",
        "na",
        "n.a.",
        "null",
        "none",
        "nan",
        "nat",
        "no definido",
        "no aplica",
        "no disponible",
    }
    | {"sin descripcion", "sin informacion", "s/d", "s/i", "nao informado", "nao se aplica", "not available", "#n/a"}
)
_TEXT_FACTS = ("title", "description", "id", "method", "method_details", "category", "language", "financing")
# A row says what it is about, or two of these.
_TELLING = ("id", "ocid", "buyer", "supplier", "amount", "category")
MIN_TELLING = 2
_CODE_AND_NAME = re.compile(r"(?P<code>[A-Z\d][A-Z\d./-]{3,19})\s+[-–]\s+(?P<name>.+)", re.DOTALL)
_WHOLE = re.compile(r"\d{1,9}(?:\.0+)?")
_CURRENCY_IN_HEADER = re.compile(r"\(([A-Z]{3})\)")


class RowRead(Struct, frozen=True):
    """What was made of a row; ``release`` is ``None`` if it tells too little. Problems point to headers."""

    release: Json | None
    problems: tuple[Problem, ...] = ()


def read_row(cells: Sequence[Cell], recognised: Recognised, habits: Facts[str, Habits]) -> RowRead:
    """
    Read a row.

    A cell that can not be read is left out, as a problem; the rest of the row is taken.

    :param habits: fact → how its column is written
    """
    row = _Row(cells, recognised, habits)
    return RowRead(row.release(), tuple(row.problems))


def cell_text(cell: Cell) -> str:
    """Return a cell as text; ``""`` for what portals print where they have nothing."""
    text = str(cell).strip() if not isinstance(cell, float) else f"{cell!r}"
    return "" if len(text) < 20 and fold(text) in _NOTHING else text


class _Row:
    def __init__(self, cells: Sequence[Cell], recognised: Recognised, habits: Facts[str, Habits]) -> None:
        self.cells = cells
        self.recognised = recognised
        self.mapping = recognised.mapping
        self.habits = habits
        self.problems: list[Problem] = []

    def release(self) -> Json | None:
        if self.recognised.is_ocds:
            if not self.text("ocid"):
                self.problems.append(Problem("row_incomplete", "ocid"))
                return None
            release: Json = {}
            self.set_paths(release, list(self.recognised.sources), "")
            return release
        facts = {fact: self.text(fact) for fact in self.recognised.sources if "/" not in fact}
        says_what = facts.get("title") or facts.get("description")
        if not says_what and sum(bool(facts.get(fact)) for fact in _TELLING) < MIN_TELLING:
            self.problems.append(Problem("row_incomplete"))
            return None
        contract = self.contract(facts)
        simple = self.simple(contract)
        if simple:
            self.set_paths(simple, [fact for fact in self.recognised.sources if "/" in fact], contract["currency"])
            self.set_ids(simple, facts)
        return simple

    def text(self, fact: str) -> str:
        """Return the first of a fact's columns that holds something, ``""`` if none does."""
        return next(filter(None, map(self._text_of, self.recognised.sources.get(fact, ()))), "")

    def _text_of(self, source: Source) -> str:
        texts = [cell_text(self.cells[column]) for column in source.columns if column < len(self.cells)]
        text = " ".join(filter(None, texts))
        if source.part and (match := _CODE_AND_NAME.fullmatch(text)):
            return match[source.part].strip()
        return "" if source.part == "code" else text

    def contract(self, facts: dict[str, str]) -> Json:
        """Return the row as a simple contract."""
        contract: Json = {name: facts.get(name, "") for name in (*_TEXT_FACTS, *DATES, "source_url", "amount")}
        contract["country"] = facts.get("country") or self.mapping.country
        contract["language"] = facts.get("language") or self.mapping.language
        contract["currency"] = facts.get("currency") or self._currency_of_header() or self.mapping.currency
        for role in ("buyer", "supplier"):
            if name := facts.get(role) or facts.get(f"{role}_id"):
                contract[role] = {"name": name, "id": facts.get(f"{role}_id", "")}
        if facts.get("document"):
            contract["documents"] = [facts["document"]]
        return contract

    def _currency_of_header(self) -> str:
        for source in self.recognised.sources.get("amount", ()):
            found = _CURRENCY_IN_HEADER.search(self.recognised.header[source.columns[0]])
            if found and found[1] in known_currencies():
                return found[1]
        return ""

    def simple(self, contract: Json) -> Json | None:
        """Return the release of a simple contract, made without the members that can not be read."""
        try:
            return self._read(contract)
        except RefusedError as refusal:
            for problem in refusal.problems:
                member = problem.pointer.split("/")[1]
                if problem.variant == "currencies" and not self.text("currency"):
                    # An amount that names its currency knows better than the mapping.
                    contract["currency"] = ""
                    continue
                self.cell_problem(member, problem.variant, problem.values)
                contract.pop(member, None)
        contract.setdefault("currency", "")
        try:
            return self._read(contract)
        except RefusedError as refusal:
            self.problems.extend(refusal.problems)
            return None

    def _read(self, contract: Json) -> Json:
        return read_simple(contract, habits=self.habits, needs_title=False).release

    def cell_problem(self, fact: str, variant: str, values: Json) -> None:
        fact = {"documents": "document", "value": "amount"}.get(fact, fact)
        sources = self.recognised.sources.get(fact)
        header = self.recognised.header[sources[0].columns[0]] if sources else fact
        self.problems.append(Problem("cell_unread", variant, values, f"/{escape(header)}"))

    def set_paths(self, release: Json, paths: Sequence[str], currency: str) -> None:
        """Set what columns give by paths, then what is fixed where their object was made."""
        for path in paths:
            text = self.text(path)
            value = self.value(path, text) if text else None
            if value is None:
                continue
            _set(release, path, value)
            parent, _, name = path.rpartition("/")
            if name == "amount" and currency and f"{parent}/currency" not in paths:
                _set(release, f"{parent}/currency", currency)
        for path, value in self.mapping.fixed.items():
            if isinstance(_get(release, path.rpartition("/")[0]), dict):
                _set(release, path, value)

    def value(self, path: str, text: str) -> Any:
        """Read a text as the last member of a path asks for; ``None`` if it can not be read."""
        name = path.rpartition("/")[2]
        habits = self.habits.get(path, Habits())
        try:
            if name == "amount":
                amount = read_amount(text, country=self.mapping.country, decimal_mark=habits.decimal_mark)
                if amount is None:
                    self.cell_problem(path, "number", kind_of(text))
                return amount.number if amount else None
            if name.startswith("numberOf") or name == "quantity":
                if not _WHOLE.fullmatch(text):
                    self.cell_problem(path, "number", kind_of(text))
                    return None
                return int(float(text))
            if is_date_path(path):
                read = read_date(text, month_first=habits.month_first or False)
                if read is None:
                    self.cell_problem(path, "date_year" if has_short_year(text) else "date", {"text": text[:60]})
                return read
        except UnclearAmountError as unclear:
            readings = " / ".join(f"{reading:f}" for reading in unclear.readings)
            self.cell_problem(path, "amount_unclear", {"text": text[:60], "readings": readings})
            return None
        except UnclearCurrencyError:
            self.cell_problem(path, "currency_unclear", {"text": text[:60]})
            return None
        return [text] if name == "tag" else text

    def set_ids(self, release: Json, facts: dict[str, str]) -> None:
        """
        Give the release the row's ocid, and its award an id of its own: rows of one process are several awards.

        Rows of one item each, with no number of a contract, are lots: the estimate is that of the item, and rows that
        say the same of two items are two releases.
        """
        ocid = facts.get("ocid", "")
        if 0 < len(ocid) <= MAX_OCID:
            release["ocid"] = ocid
        if "awards" in release:
            award_id = facts.get("contract_id") or _digest(facts.get("supplier", ""))
            item = "" if facts.get("contract_id") else facts.get("item", "")
            if item:
                award_id = f"{award_id}-{item}"
                release["id"] = f"{release['id']}-{item}"
                lot = {"id": item, "title": facts.get("title"), "value": release["tender"].pop("value", None)}
                release["tender"]["lots"] = [{name: member for name, member in lot.items() if member}]
                release["awards"][0]["relatedLots"] = [item]
            release["awards"][0]["id"] = release["contracts"][0]["awardID"] = award_id
            release["contracts"][0]["id"] = award_id


def is_date_path(path: str) -> bool:
    """Return whether a path leads to a date."""
    name = path.rpartition("/")[2]
    return name.startswith("date") or name.endswith("Date")


def is_amount_path(path: str) -> bool:
    """Return whether a path leads to an amount."""
    return path.rpartition("/")[2] == "amount"


def _digest(text: str) -> str:
    return hashlib.sha256(fold(text).encode()).hexdigest()[:12]


def _get(release: Json, path: str) -> Any:
    found: Any = release
    for segment in path.split("/"):
        if isinstance(found, list):
            found = found[int(segment)] if segment.isdigit() and int(segment) < len(found) else None
        else:
            found = found.get(segment) if isinstance(found, dict) else None
    return found


def _set(release: Json, path: str, value: Any) -> None:
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
