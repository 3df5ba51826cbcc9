"""The parameters of a rule as they are in force: its own values, and where people set other ones."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from audits.models import RuleOverride
from audits.rules.base import Rule
from audits.rulesets import THRESHOLDS
from audits.thresholds import read_thresholds, threshold_parameters


class Value(Struct, frozen=True):
    """
    A value as a page shows it: ``text``, or ``rows`` under ``heads`` where it is a list of mappings.

    Each row holds a cell for each head, ``""`` where the mapping has none.
    """

    text: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class Setting(Struct, frozen=True):
    """A value that people set, in a country or (``""``) everywhere, and its source."""

    country: str
    value: Value
    source: str


class ShownParameter(Struct, frozen=True):
    name: str
    value: Value
    settings: tuple[Setting, ...]


class ShownParameters(Struct, frozen=True):
    """What a rule can be told, and where it is switched off: (country or ``""``, source)."""

    parameters: tuple[ShownParameter, ...]
    switched_off: tuple[tuple[str, str], ...]


def parameters_in_force(rule: Rule) -> ShownParameters:
    """Return the parameters of a rule with the overrides that are enabled: one query."""
    overrides = list(RuleOverride.objects.filter(rule=rule.code, enabled=True).order_by("country"))
    set_by_people = {(override.country, override.parameter) for override in overrides}
    # Legal limits stand in a table of their own, each with its source in its row.
    settings = [
        (name, Setting(country, shown_value(value), ""))
        for country, by_rule in threshold_parameters(read_thresholds(THRESHOLDS), [rule]).items()
        for name, value in by_rule.get(rule.code, {}).items()
        if (country, name) not in set_by_people
    ]
    settings.extend(
        (override.parameter, Setting(override.country, shown_value(override.value), override.source))
        for override in overrides
    )
    return ShownParameters(
        tuple(
            ShownParameter(
                name,
                shown_value(value),
                tuple(setting for parameter, setting in settings if parameter == name),
            )
            for name, value in rule.parameters.items()
        ),
        tuple((override.country, override.source) for override in overrides if not override.parameter),
    )


def shown_value(value: Any) -> Value:
    """Return a value of a parameter, JSON or a tuple of it, as a page shows it."""
    if value is None or value in ([], (), {}, ""):
        return Value()
    if isinstance(value, list | tuple):
        if all(isinstance(member, Mapping) for member in value):
            # A column that says nothing in any row is left out.
            heads = tuple(dict.fromkeys(name for member in value for name in member if member[name] not in {"", None}))
            return Value(
                heads=heads, rows=tuple(tuple(_text(member.get(head, "")) for head in heads) for member in value)
            )
        return Value(", ".join(_text(member) for member in value))
    if isinstance(value, Mapping):
        return Value(", ".join(f"{name}: {_text(member)}" for name, member in value.items()))
    return Value(_text(value))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
