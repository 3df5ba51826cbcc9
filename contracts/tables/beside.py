"""What a column holds that its header alone does not say: the columns beside it do. Pure, over keys of headers."""

from collections.abc import Collection, Sequence


def tax_numbers(
    keys: Sequence[str], numbers: Collection[str], buyer: int | None, supplier: int | None
) -> dict[str, int]:
    """
    Return ``buyer`` and ``supplier`` → the column of their tax number, of columns that are called just "NIT" or "RUC".

    One alone is the supplier's, as in most tables, unless it follows the buyer and does not stand before the supplier.
    Of several, each is of the party that it follows.

    :param keys: of the headers, ``""`` where the column is used already
    :param numbers: keys of such headers
    :param buyer: the column of its name, ``None`` if there is none
    """
    found = [column for column, key in enumerate(keys) if key in numbers]
    if not found or buyer is None:
        return {"supplier": found[0]} if found else {}
    if len(found) == 1:
        (column,) = found
        is_of_buyer = column == buyer + 1 and (supplier is None or supplier not in (column + 1, column - 1))
        return {"buyer" if is_of_buyer else "supplier": column}
    if supplier is None:
        return {"buyer": found[0]}
    first, second = ("buyer", "supplier") if buyer < supplier else ("supplier", "buyer")
    later = max(buyer, supplier)
    behind = [column for column in found if column > later]
    before = [column for column in found if column < later]
    if behind and before:
        return {first: before[0], second: behind[0]}
    # Both behind their names, or both before them: in the same order.
    return {first: found[0], second: found[1]}


def amounts(
    keys: Sequence[str], columns: Sequence[int], quantities: Collection[str], prices: Collection[str]
) -> list[int]:
    """
    Return the columns of amounts in the order in which one of them is taken.

    Beside a quantity, what is called a price is that of one piece, and no amount of the contract; a total is.

    :param keys: of all headers
    """
    if not any(key in quantities for key in keys):
        return list(columns)
    wholes = [column for column in columns if keys[column] not in prices]
    return sorted(wholes, key=lambda column: "total" not in keys[column])
