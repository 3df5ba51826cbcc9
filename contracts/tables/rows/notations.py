"""Notation of columns, such as the decimal mark: what one cell leaves open, the others may decide."""

import re
from collections.abc import Sequence

from contracts.ocds.written.amounts import decimal_mark_of, show_thousandths
from contracts.ocds.written.days import contradicts, have_short_years, is_month_first, may_be_turned, with_century
from contracts.ocds.written.written_values import Notation
from contracts.tables.headers.names import GIVEN
from contracts.tables.headers.recognition import Recognised
from contracts.tables.release_paths import is_amount, is_date
from contracts.tables.rows.cells import cell_text, counted_day
from contracts.tables.sheets.rows import Row

# A number that shows that thousands have no separator.
_UNPARTED = re.compile(r"\d{4,}(?:[.,]\d+)?")
_MARKED = re.compile(r"\d[.,]\d")
# "125.000", "S/ 5,000"; "1.234 millones" is ambiguous.
_THOUSANDS = re.compile(r"[^\d.,]{0,5}[1-9]\d{0,2}([.,])\d{3}")
# Minimum number of different cells that show how all are written.
_MIN_THOUSANDS = 3


def notations_of(recognised: Recognised, rows: Sequence[Row]) -> dict[str, Notation]:
    """
    Return fact → notation of its columns.

    :param rows: the first rows of the table
    """
    notations = {}
    for fact, sources in recognised.sources.items():
        columns = [column for source in sources for column in source.columns]
        cells = [row.cells[column] for row in rows for column in columns if column < len(row.cells)]
        texts = [cell_text(cell) for cell in cells if isinstance(cell, str)]
        if is_amount(fact):
            stated = _of_the_mapping(recognised, texts)
            mark = decimal_mark_of(texts) or stated
            if not mark and not any(recognised.unit(source).power for source in sources):
                mark = _of_thousands(texts, is_english=recognised.is_english)
            has_thousandths = mark == stated or show_thousandths(texts, mark)
            notations[fact] = Notation(decimal_mark=mark, has_thousandths=has_thousandths)
        elif is_date(fact):
            short_years = have_short_years([text for text in texts if text])
            texts = [with_century(text, short_years=short_years) for text in texts]
            order = is_month_first(texts)
            is_open = contradicts(texts) or (order is None and recognised.is_english)
            counted = [day for cell in cells if (day := counted_day(cell_text(cell)))]
            # A CSV only has texts, but day numbers in it show that a program had parsed the dates.
            has_days = bool(counted) or any(row.sheet for row in rows[:1])
            is_turned = has_days and may_be_turned([*texts, *counted])
            notations[fact] = Notation(
                month_first=order, may_be_either=is_open, is_turned=is_turned, short_years=short_years
            )
    return notations


def _of_thousands(texts: Sequence[str], *, is_english: bool) -> str:
    """
    Return the decimal mark of a column whose marks are all followed by three digits: they separate thousands, because
    no column of money has three decimals throughout. ``""`` if too few cells show it, or one contradicts it.

    In English a comma separates thousands, so one cell is enough.
    """
    marked = {text for text in texts if _MARKED.search(text)}
    marks = {found[1] if (found := _THOUSANDS.fullmatch(text)) else "" for text in marked}
    if len(marks) != 1 or any(map(_UNPARTED.search, texts)):
        return ""
    (mark,) = marks
    enough = 1 if is_english and mark == "," else _MIN_THOUSANDS
    return {",": ".", ".": ","}.get(mark, "") if len(marked) >= enough else ""


def _of_the_mapping(recognised: Recognised, texts: Sequence[str]) -> str:
    """
    Return the decimal mark of a publisher, unless its table may have been saved again with separators for thousands.
    The sender's own setting is always used.
    """
    mapping = recognised.mapping
    is_as_published = mapping.name == GIVEN or any(map(_UNPARTED.fullmatch, texts))
    return mapping.decimal_mark if is_as_published else ""
