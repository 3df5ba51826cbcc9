"""Columns whose meaning depends on their neighbours: tax numbers, amounts, currencies. Pure, over keys of headers."""

from collections.abc import Collection, Sequence

from contracts.ocds.codelists.currencies import is_currency
from contracts.ocds.fixture_tables import as_listed
from contracts.tables.headers.columns import Source, Sources, columns_of
from contracts.tables.headers.units import is_code, with_unit
from contracts.tables.release_paths import is_amount
from contracts.tables.sheets.rows import Cell, filled_cells

# A party is ruled out only by this many more mismatches than the other: typing errors mismatch the right one too.
_MIN_DIFFERENCE = 3


def tax_numbers(
    keys: Sequence[str],
    numbers: Collection[str],
    buyer: int | None,
    supplier: int | None,
    rows: Sequence[Sequence[Cell]],
) -> dict[str, int]:
    """
    Return ``buyer`` and ``supplier`` → the column of their tax number, for columns with a bare header such as "NIT" or
    "RUC".

    A single one is the supplier's, as in most tables, unless it follows the buyer and does not precede the supplier.
    Between both, the rows decide; if they cannot, it is ``unclear``. Several belong each to the party that it follows.

    :param keys: keys of the headers, ``""`` for columns that are already used
    :param numbers: keys of such headers
    :param buyer: the column of its name, ``None`` if there is none
    :param rows: the first rows of the table
    """
    found = [column for column, key in enumerate(keys) if key in numbers]
    if not found or buyer is None:
        return {"supplier": found[0]} if found else {}
    if len(found) == 1:
        (column,) = found
        if (buyer + 1, supplier) == (column, column + 1):
            return {_whose(column, buyer, column + 1, rows): column}
        is_of_buyer = column == buyer + 1 and supplier != column - 1
        return {"buyer" if is_of_buyer else "supplier": column}
    if supplier is None:
        return {"buyer": found[0]}
    first, second = ("buyer", "supplier") if buyer < supplier else ("supplier", "buyer")
    later = max(buyer, supplier)
    behind = [column for column in found if column > later]
    before = [column for column in found if column < later]
    if behind and before:
        return {first: before[0], second: behind[0]}
    # Both after their names, or both before them: the order is the same.
    return {first: found[0], second: found[1]}


def _whose(column: int, buyer: int, supplier: int, rows: Sequence[Sequence[Cell]]) -> str:
    """Return the party whose names and numbers match one to one."""
    against = {}
    for role, names in (("buyer", buyer), ("supplier", supplier)):
        pairs = {
            (as_listed(str(row[names])), as_listed(str(row[column])))
            for row in rows
            if max(names, column) < len(row) and row[names] != "" and row[column] != ""
        }
        # A name may be spelled in two ways, but a party has one number.
        of_names, of_numbers = (len({pair[part] for pair in pairs}) for part in (0, 1))
        against[role] = 2 * (len(pairs) - of_names) + len(pairs) - of_numbers
    if abs(against["buyer"] - against["supplier"]) < _MIN_DIFFERENCE:
        return "unclear"
    return min(against, key=lambda role: against[role])


def amounts(
    keys: Sequence[str], columns: Sequence[int], quantities: Collection[str], prices: Collection[str]
) -> list[int]:
    """
    Return the columns of amounts, in order of preference.

    Beside a quantity, a column called a price is a unit price, not the amount of the contract; a total is.

    :param keys: keys of all headers
    """
    if not any(key in quantities for key in keys):
        return list(columns)
    wholes = [column for column in columns if keys[column] not in prices]
    return sorted(wholes, key=lambda column: "total" not in keys[column])


def with_currencies(sources: Sources, names: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Sources:
    """
    Return the sources with the columns of currencies next to those of amounts, whatever their header. A header of
    amounts that names a currency takes precedence.

    Where the header of amounts spans two columns, the first may hold the currencies, and the next one, which has no
    header of its own, the numbers.

    :param rows: the first rows of the table
    """
    found = dict(sources)
    used = columns_of(sources)
    # The currency of the contract's amount comes first: an estimate without a currency column shares it.
    facts = sorted(filter(is_amount, sources), key=lambda name: name != "amount")
    own: dict[str, int] = {}
    beside: dict[str, list[int]] = {}
    for fact in facts:
        column = sources[fact][0].columns[0]
        number = column + 1
        if not _holds_currencies(column, rows):
            near = [other for other in (column - 1, number) if 0 <= other < len(names) and other not in used]
            is_told = is_code(with_unit(names[column])[1].currency)
            beside[fact] = [] if is_told else [other for other in near if _holds_currencies(other, rows)]
        elif number < len(names) and not names[number] and number not in used:
            found[fact] = (Source((number,)), *sources[fact][1:])
            own[fact] = column
    if "currency" in sources:
        return found
    # A currency between two amounts belongs to the one that has no other.
    for fact in sorted(beside, key=lambda fact: len(beside[fact])):
        if free := [column for column in beside[fact] if column not in own.values()]:
            own[fact] = free[0]
    for fact in filter(own.__contains__, facts):
        name = f"{fact.removesuffix('amount')}currency" if "currency" in found else "currency"
        found[name] = (Source((own[fact],)),)
    return found


def _holds_currencies(column: int, rows: Sequence[Sequence[Cell]]) -> bool:
    texts = set(map(str, filled_cells(rows, column)))
    return bool(texts) and all(map(is_currency, texts))
