"""
Figures reduced to what rules can distinguish, so that other changes make no audit due.

A share changes with every purchase of its buyer, and hardly any change matters to a rule. Values that no rule can
distinguish are passed to rules, and digested, as equal: nothing is judged again until a bound is crossed.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from msgspec import structs


class ValuesRead(Enum):
    """
    Which values a rule reads of an entry, beyond its supplier and the members in ``always``.

    ``ABOVE``: all of an entry that reaches the minimums. ``BELOW``: the values below the minimums. ``NOTHING``: only
    whether the entry reaches the minimums.
    """

    ABOVE = "above"
    BELOW = "below"
    NOTHING = "nothing"


class Bounds(NamedTuple):
    """
    What a rule reads of the entries of a figure: member → the parameter with its minimum.

    The rule ignores an entry that does not reach all that it ``needs``. Of one that does not reach all of ``least``,
    it reads only the supplier, which members are ``None``, and those in ``always``. It ignores the figure if the one
    ``beside`` it has no entry that reaches what the rule requires there.
    """

    least: Mapping[str, str] = {}
    needs: Mapping[str, str] = {}
    values_read: ValuesRead = ValuesRead.ABOVE
    always: tuple[str, ...] = ()
    beside: str = ""


class BoundsInForce(NamedTuple):
    """The bounds of one rule with the parameters in force: member → minimum."""

    least: Mapping[str, Any]
    needs: Mapping[str, Any]
    values_read: ValuesRead
    always: tuple[str, ...]
    beside: "Beside | None" = None

    def is_reached_by(self, entry: Any) -> bool:
        """Return whether an entry reaches all minimums of the rule."""
        return _reaches(entry, self.needs) and _reaches(entry, self.least)

    def as_distinguished(self, entry: Any) -> dict[str, Any] | None:
        """Return the members of an entry as the rule reads them; ``None`` if it reads all of it."""
        needs = {member: least for member, least in self.needs.items() if getattr(entry, member) is not None}
        known = {**needs, **{member: getattr(entry, member) for member in self.always}}
        if self.values_read is ValuesRead.BELOW:
            below = {member: getattr(entry, member) for member in self.least}
            return known | {
                member: min(value, self.least[member]) for member, value in below.items() if value is not None
            }
        if not _reaches(entry, self.least):
            return known
        return None if self.values_read is ValuesRead.ABOVE else {**known, **self.least}


class Beside(NamedTuple):
    """The name of a figure, and the members that one of its entries must reach for a rule to read another figure."""

    name: str
    least: Mapping[str, Any]

    def is_reached(self, figures: Any) -> bool:
        return any(_reaches(entry, self.least) for entry in getattr(figures, self.name) or ())


def reduced_figure(figure: Any, bounds: Sequence[BoundsInForce]) -> Any:
    """Return a figure, one entry or a list, reduced to what the rules with these bounds can distinguish."""
    if not isinstance(figure, list):
        return _reduced_entry(figure, bounds)
    entries = ((entry, [of_rule for of_rule in bounds if _reaches(entry, of_rule.needs)]) for entry in figure)
    return [_reduced_entry(entry, readers) for entry, readers in entries if readers]


def _reaches(entry: Any, least: Mapping[str, Any]) -> bool:
    """Return whether all members reach a value; ``None`` requires nothing."""
    for member, bound in least.items():
        value = getattr(entry, member)
        if value is not None and value < bound:
            return False
    return True


def _reduced_entry(entry: Any, bounds: Sequence[BoundsInForce]) -> Any:
    known: dict[str, Any] = {}
    for of_rule in bounds:
        as_distinguished = of_rule.as_distinguished(entry)
        if as_distinguished is None:
            return entry
        for member, value in as_distinguished.items():
            known[member] = max(known.get(member, value), value)
    # No rule distinguishes present members above zero.
    nothing = {member: value for member, value in type(entry).NOTHING.items() if getattr(entry, member) is not None}
    return structs.replace(entry, **{**nothing, **known})
