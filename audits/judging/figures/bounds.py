"""
Figures reduced to what rules can distinguish, so that other changes make no audit due.

A share changes with every purchase of its buyer, and hardly any change matters to a rule. Values that no rule can
distinguish are passed to rules, and digested, as equal: nothing is judged again until a bound is crossed.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, NamedTuple

from msgspec import structs


class Telling(Enum):
    """What a rule reads of an entry besides: all of it from its bounds on, its presence, or nothing."""

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
    tells: Telling = Telling.ABOVE
    always: tuple[str, ...] = ()
    beside: str = ""


class Asked(NamedTuple):
    """The bounds of one rule with the parameters in force: member → minimum."""

    least: Mapping[str, Any]
    needs: Mapping[str, Any]
    tells: Telling
    always: tuple[str, ...]
    beside: "Beside | None" = None

    def looks_at(self, entry: Any) -> bool:
        """Return whether an entry reaches all minimums of the rule."""
        return _reaches(entry, self.needs) and _reaches(entry, self.least)

    def as_distinguished(self, entry: Any) -> dict[str, Any] | None:
        """Return the members of an entry as the rule reads them; ``None`` if it reads all of it."""
        needs = {member: least for member, least in self.needs.items() if getattr(entry, member) is not None}
        known = {**needs, **{member: getattr(entry, member) for member in self.always}}
        if self.tells is Telling.BELOW:
            below = {member: getattr(entry, member) for member in self.least}
            return known | {
                member: min(value, self.least[member]) for member, value in below.items() if value is not None
            }
        if not _reaches(entry, self.least):
            return known
        return None if self.tells is Telling.ABOVE else {**known, **self.least}


class Beside(NamedTuple):
    """The name of a figure, and the members that one of its entries must reach for a rule to read another figure."""

    name: str
    least: Mapping[str, Any]

    def is_reached(self, figures: Any) -> bool:
        return any(_reaches(entry, self.least) for entry in getattr(figures, self.name) or ())


def as_asked(figure: Any, asked: Sequence[Asked]) -> Any:
    """Return a figure, of one entry or a list, as the rules with these bounds can distinguish it."""
    if not isinstance(figure, list):
        return _entry(figure, asked)
    entries = ((entry, [of_rule for of_rule in asked if _reaches(entry, of_rule.needs)]) for entry in figure)
    return [_entry(entry, looking) for entry, looking in entries if looking]


def _reaches(entry: Any, least: Mapping[str, Any]) -> bool:
    """Return whether all members reach a value; ``None`` requires nothing."""
    for member, bound in least.items():
        value = getattr(entry, member)
        if value is not None and value < bound:
            return False
    return True


def _entry(entry: Any, asked: Sequence[Asked]) -> Any:
    known: dict[str, Any] = {}
    for of_rule in asked:
        as_distinguished = of_rule.as_distinguished(entry)
        if as_distinguished is None:
            return entry
        for member, value in as_distinguished.items():
            known[member] = max(known.get(member, value), value)
    # No rule distinguishes present members above zero.
    nothing = {member: value for member, value in type(entry).NOTHING.items() if getattr(entry, member) is not None}
    return structs.replace(entry, **{**nothing, **known})
