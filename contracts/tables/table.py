"""The rows of one table → releases, problems, and the counts of what was read."""

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct, structs
from msgspec.json import encode

from contracts.ocds.pointers import escape
from contracts.ocds.problems import Problem
from contracts.ocds.written.written_values import Notation
from contracts.tables.headers.recognition import Recognised
from contracts.tables.headers.title_buyers import body_named
from contracts.tables.headers.units import unit_note
from contracts.tables.release_paths import OFFERED_BY, lacks_country, lacks_currency
from contracts.tables.rows.offers import Fact, Offer, add_offers, beside_offer
from contracts.tables.rows.row_to_release import RowRead, read_row
from contracts.tables.sheets.rows import Row, page_of, place_of

MAX_HEADERS_SHOWN = 60
MAX_REMEMBERED = 200_000
# Codes of problems that are reported once for each column.
_ONCE = frozenset({"buyer_above", "number_format", "days_counted"})


class RowRelease(Struct, frozen=True):
    """The release of a row, with its place: ``pointer`` is ``/SHEET/ROW``, for CSV ``/ROW``; ``number`` is the row."""

    release: dict[str, Any]
    pointer: str
    number: int


class SheetRead(Struct, frozen=True):
    """
    The result of reading a sheet.

    ``mapping`` is empty if its columns are not known. ``header_row`` is the last row of the header, ``columns`` is
    header → fact, ``unused`` are the headers without a fact, ``rows`` the number of rows below the header,
    ``rows_read`` those that became a release, even if another row gave the same one, or added offers to one,
    ``without_currency`` those of them with an amount of unknown currency, ``without_country`` those of unknown
    country.
    """

    sheet: str
    mapping: str
    title: str
    header_row: int
    columns: dict[str, str]
    unused: list[str]
    rows: int
    rows_read: int
    without_currency: int = 0
    without_country: int = 0


class _Open(Struct, frozen=True):
    """A release that the next rows may add offers to, the facts of its row, and its offers so far."""

    taken: RowRelease
    facts: dict[str, Fact]
    offers: list[Offer]


class Table:
    """One table of a sheet: its header, how its columns are read, and the counts of its rows so far."""

    def __init__(
        self,
        sheet: str,
        header: Sequence[str],
        head: Row,
        recognised: Recognised,
        notations: dict[str, Notation],
        seen: dict[int, tuple[str, int]],
    ) -> None:
        self.sheet, self.header, self.head = sheet, header, head
        self.recognised, self.notations, self.seen = recognised, notations, seen
        self.names = {cell for cell in head.cells if cell != ""}
        self.rows = self.rows_read = self.without_currency = self.without_country = 0
        self.ignored: set[int] = set()
        self.formats: set[bytes] = set()
        self.awards: dict[tuple[str, str], tuple[str, int]] = {}
        # Of a table of offers: the last release, which rows below may add offers to.
        self.open: _Open | None = None

    def read(self, row: Row, note: str) -> Iterator[RowRelease | Problem]:
        """Read a row; one with nothing but a note on the unit of amounts is a problem."""
        self.rows += 1
        place = place_of(row.sheet, row.number)
        if note and unit_note([note]).unit.power:
            yield Problem("row_incomplete", "lone", {"text": note[:60]}, place, row.number)
            return
        if _is_shifted(row, self.header):
            numbers = {"number": len(row.cells), "limit": len(self.header)}
            yield Problem("row_broken", "cells", numbers, place, row.number)
            return
        if note and self.recognised.names_no_buyer and (name := body_named(note, is_whole=True)):
            self.recognised = structs.replace(self.recognised, buyer_of_all=name)
            yield Problem("buyer_above", values={"text": name}, pointer=place, line=row.number)
            return
        done = read_row(row, self.recognised, self.notations)
        self.ignored |= done.ignored
        if done.offers and (beside := self._joined(done)) is not None:
            self.rows_read += 1
            values = [(fact.header, {"text": fact.text[:60]}) for fact in beside]
            yield from (
                Problem("cell_unread", "beside_offer", text, f"{place}/{escape(header)}", row.number)
                for header, text in values
            )
            return
        yield from self.close()
        for problem in done.problems:
            if problem.code in _ONCE:
                if (problem_key := encode(problem)) in self.formats:
                    continue  # once for each column
                self.formats.add(problem_key)
            yield structs.replace(problem, pointer=place + problem.pointer, line=row.number)
        if done.release is not None:
            self.rows_read += 1
            self.without_currency += lacks_currency(done.release)
            # The publisher's ocid prefix gives the country too.
            self.without_country += not self.recognised.sources.get("ocid") and lacks_country(done.release)
            taken = self._unless_repeated(done.release, done.offers, place, row)
            if isinstance(taken, RowRelease) and (first := self._merged_with(done.release, row)):
                yield _like("row_merged", row, first)
            if isinstance(taken, RowRelease) and OFFERED_BY in self.recognised.sources:
                self.open = _Open(taken, done.facts, list(done.offers))
            else:
                yield taken

    def close(self) -> Iterator[RowRelease]:
        """Yield the last release, with its offers."""
        if self.open:
            add_offers(self.open.taken.release, self.open.offers)
            yield self.open.taken
        self.open = None

    def _joined(self, done: RowRead) -> list[Fact] | None:
        """
        Add the offers of a row to the last release, if it is about the same contract.

        Return what else the row says, or ``None`` if its offers were not added.
        """
        if self.open is None:
            return None
        if done.release is None:
            beside = beside_offer(done.facts, self.open.facts)
        else:
            beside = [] if done.release == self.open.taken.release else None
        if beside is not None:
            self.open.offers.extend(done.offers)
        return beside

    def _unless_repeated(
        self, release: dict[str, Any], offers: Sequence[Offer], place: str, row: Row
    ) -> RowRelease | Problem:
        known = here = (row.sheet, row.number)
        if len(self.seen) < MAX_REMEMBERED:
            known = self.seen.setdefault(hash(encode([release, offers])), here)
        return RowRelease(release, place, row.number) if known == here else _like("row_repeated", row, known)

    def _merged_with(self, release: dict[str, Any], row: Row) -> tuple[str, int] | None:
        """
        Return the earlier row with an award of the same process and supplier, if both are the same award. Only in a
        person's table: portals have a row for each item.
        """
        is_by_hand = self.recognised.is_by_hand and not self.recognised.is_ocds
        if "awards" not in release or not is_by_hand or len(self.awards) >= MAX_REMEMBERED:
            return None
        here = (row.sheet, row.number)
        first = self.awards.setdefault((release["ocid"], release["awards"][0]["id"]), here)
        return None if first == here else first

    def result(self) -> SheetRead:
        mapping = self.recognised.mapping
        unused = [*self.recognised.unused, *(self.header[column] for column in sorted(self.ignored))]
        return SheetRead(
            sheet=self.sheet,
            mapping=mapping.name,
            title=mapping.title,
            header_row=self.head.number,
            columns=self.recognised.columns,
            unused=unused[:MAX_HEADERS_SHOWN],
            rows=self.rows,
            rows_read=self.rows_read,
            without_currency=self.without_currency,
            without_country=self.without_country,
        )


def _like(code: str, row: Row, other: tuple[str, int]) -> Problem:
    """Return a problem for a row that repeats another, which may be on an earlier page."""
    sheet, number = other
    variant, page = ("", {}) if sheet == row.sheet else ("page", {"page": page_of(sheet)})
    return Problem(code, variant, {"number": number, **page}, place_of(row.sheet, row.number), row.number)


def _is_shifted(row: Row, header: Sequence[str]) -> bool:
    """
    Return whether a row of a CSV has more cells than its header: an unquoted comma split one of them. In a workbook,
    cells beside the columns are notes.
    """
    return not row.sheet and any(str(cell).strip() for cell in row.cells[len(header) :])
