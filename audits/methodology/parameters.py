"""The parameters of a rule as they are in force: its own values, and where people set other ones."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from audits.rules.base import Rule
from audits.rulesets import settings_in_force


class Value(Struct, frozen=True):
    """
    A value as a page shows it: ``text``, or ``rows`` under ``heads`` where it is a list of mappings.

    Each row holds a cell for each head, ``""`` where the mapping has none.
    """

    text: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


class ShownSetting(Struct, frozen=True):
    """A value in a country or (``""``) everywhere, and its source."""

    country: str
    value: Value
    source: str


class ShownParameter(Struct, frozen=True):
    name: str
    value: Value
    settings: tuple[ShownSetting, ...]


class ShownParameters(Struct, frozen=True):
    """What a rule can be told, and where it is switched off: (country or ``""``, source)."""

    parameters: tuple[ShownParameter, ...]
    switched_off: tuple[tuple[str, str], ...]


def parameters_in_force(rule: Rule) -> ShownParameters:
    """Return the parameters of a rule with what it is told beside them: one query."""
    settings = [setting for setting in settings_in_force() if setting.rule == rule.code]
    return ShownParameters(
        tuple(
            ShownParameter(
                name,
                shown_value(value),
                tuple(
                    ShownSetting(setting.country, shown_value(setting.value), setting.source)
                    for setting in settings
                    if setting.parameter == name
                ),
            )
            for name, value in rule.parameters.items()
        ),
        tuple((setting.country, setting.source) for setting in settings if not setting.parameter),
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
