"""A row of a table → the values of its cells by fact, and the problems of unreadable ones."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from msgspec import structs

from contracts.ocds.codelists.countries import country_code
from contracts.ocds.fixture_tables import as_listed
from contracts.ocds.links import is_address
from contracts.ocds.pointers import escape
from contracts.ocds.problems import Problem
from contracts.tables.headers.columns import Source, columns_of
from contracts.tables.headers.recognition import LINKS, Recognised
from contracts.tables.headers.units import Unit, unit_as_shown
from contracts.tables.release_paths import is_date
from contracts.tables.rows.cells import DITTO, cell_text, counted_day, exact, stands_for
from contracts.tables.sheets.rows import Cell, Row

_CODE_AND_NAME = re.compile(r"(?P<code>[A-Z\d][A-Z\d./-]{3,19})\s+[-–]\s+(?P<name>.+)", re.DOTALL)


class RowCells:
    """The cells of a row by fact: of several columns for one fact, the first that is not empty counts."""

    def __init__(self, row: Row, recognised: Recognised) -> None:
        self.cells = _with_addresses(row, recognised)
        self.beside = row.beside
        self.recognised = recognised
        self.mapping = recognised.mapping
        self.problems: list[Problem] = []
        self._texts: dict[str, tuple[Source | None, str]] = {}
        self._units: dict[str, Unit] = {}
        self._leave_out_errors()

    def text(self, fact: str) -> str:
        """Return the text of the cells, ``""`` if they are empty."""
        return self._first_filled(fact)[1]

    def source(self, fact: str) -> Source | None:
        """Return the columns that hold it."""
        return self._first_filled(fact)[0]

    def number(self, fact: str) -> Decimal | None:
        """Return the number in a cell, if it is a number and not a text."""
        source = self.source(fact)
        cell = self.cells[source.columns[0]] if source and len(source.columns) == 1 else ""
        return exact(cell) if isinstance(cell, int | float) and not isinstance(cell, bool) else None

    def unit(self, fact: str) -> Unit:
        """Return the unit of an amount, from its column and from what its cell shows beside the number."""
        if fact not in self._units:
            self._units[fact] = self._unit(self.source(fact))
        return self._units[fact]

    def ignored(self) -> frozenset[int]:
        """Return the columns of a person's table that are ignored because an earlier one for the fact differs."""
        found: set[int] = set()
        for sources in self.recognised.sources.values() if self.recognised.is_by_hand else ():
            if len(sources) < 2:
                continue
            texts = [self._text_of(source) for source in sources]
            used = next(filter(None, texts), "")
            found.update(
                column
                for source, text in zip(sources, texts, strict=False)
                if text and as_listed(text) != as_listed(used)
                for column in source.columns
            )
        return frozenset(found)

    def header_of(self, source: Source | None) -> str:
        return self.recognised.header[source.columns[0]] if source else ""

    def report(self, header: str, code: str, variant: str = "", values: dict[str, Any] | None = None) -> None:
        """Note a problem of the cell below a header."""
        self.problems.append(Problem(code, variant, values or {}, f"/{escape(header)}"))

    def _leave_out_errors(self) -> None:
        """Leave out and report placeholders for values: errors, and marks for "as above"."""
        found = {column: variant for column, cell in enumerate(self.cells) if (variant := stands_for(cell))}
        if not found:
            return
        header = self.recognised.header
        used = columns_of(self.recognised.sources)
        for column, variant in list(found.items()):
            if variant == DITTO and column not in used:
                del found[column]
            elif column < len(header) and header[column]:
                self.report(header[column], "cell_unread", variant, {"text": str(self.cells[column])})
        self.cells = ["" if column in found else cell for column, cell in enumerate(self.cells)]

    def _first_filled(self, fact: str) -> tuple[Source | None, str]:
        filled = self._texts.get(fact)
        if filled is None:
            filled = (None, "")
            for source in self.recognised.sources.get(fact, ()):
                if text := self._text_of(source):
                    filled = (source, self._day_of(source, text) if is_date(fact) else text)
                    break
            self._texts[fact] = filled
        return filled

    def _text_of(self, source: Source) -> str:
        texts = [cell_text(self.cells[column]) for column in source.columns if column < len(self.cells)]
        text = " ".join(filter(None, texts))
        if source.part and (match := _CODE_AND_NAME.fullmatch(text)):
            return match[source.part].strip()
        return "" if source.part == "code" else text

    def _day_of(self, source: Source, text: str) -> str:
        """Return a text of a column of dates; an office program's day number becomes the day."""
        if not (day := counted_day(text)):
            return text
        self.report(self.header_of(source), "days_counted")
        return day

    def _unit(self, source: Source | None) -> Unit:
        if source is None:
            return Unit()
        unit = self.recognised.unit(source)
        if beside := self.beside.get(source.columns[0]):
            country = country_code(self.text("country")) or self.mapping.country
            unit, problem = unit_as_shown(unit, beside, named=self.text("currency"), country=country)
            if problem:
                self.problems.append(structs.replace(problem, pointer=f"/{escape(self.header_of(source))}"))
        return unit


def _with_addresses(row: Row, recognised: Recognised) -> Sequence[Cell]:
    """Return the cells of a row; in columns of links, the address replaces a text such as "ver contrato"."""
    cells = row.whole()
    if not row.links:
        return cells
    columns = {
        column
        for fact, sources in recognised.sources.items()
        if fact in LINKS or fact.endswith("/url")
        for source in sources
        for column in source.columns
        if column in row.links
    }
    return [
        row.links[column] if column in columns and not is_address(str(cell)) else cell
        for column, cell in enumerate(cells)
    ]
