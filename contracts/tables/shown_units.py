"""The unit of an amount whose cell shows one beside its number: "R$ 1.200", "1.5 millones", 1500000 as "1,500"."""

from contracts.ocds.codelists.currencies import currency_or_none
from contracts.ocds.problems import Problem
from contracts.tables.left_out.number_formats import Beside
from contracts.tables.units import Unit, unit_of


def unit_as_shown(column: Unit, beside: Beside, *, named: str, country: str) -> tuple[Unit, Problem | None]:
    """
    Return the unit of a number, and what is told of it.

    A number that is shown divided is the whole amount, whatever its header says. Programs set formats by themselves:
    the currency that a header or a row names goes before theirs.

    :param column: the unit of its column
    :param named: the currency that its row names, as it is written
    :param country: ISO 3166-1, to tell whose ``$`` or peso it is
    """
    shown_unit = unit_of(beside.text)
    own = currency_or_none(named or column.currency, country)
    shown = currency_or_none(shown_unit.currency if shown_unit else "", country)
    power = shown_unit.power if shown_unit else 0
    problem = None
    if beside.power:
        problem = Problem("number_format", "divided", {"number": 10**beside.power})
    elif shown_unit is None:
        problem = Problem("number_format", "unread", {"text": beside.text})
    elif shown and own and shown != own:
        problem = Problem("number_format", "currencies", {"text": beside.text, "currency": own})
    elif power:
        problem = Problem("number_format", "scaled", {"text": beside.text, "number": 10**power})
    currency = (
        column.currency if named or own else shown or column.currency or (shown_unit.currency if shown_unit else "")
    )
    return Unit(currency, 0 if beside.power else power or column.power), problem
