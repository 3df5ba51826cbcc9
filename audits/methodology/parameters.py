"""The parameters of a rule as they are in force: its own values, and where people set other ones."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from audits.judging.rule.vocabulary import Rule
from audits.reference.rule_sets import settings_in_force


class Value(Struct, frozen=True):
    """A value as a page shows it: ``text``, or ``rows`` of (name, text) where it is a list of mappings."""

    text: str = ""
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()


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
    """The parameters of a rule, and where it is switched off: (country or ``""``, source)."""

    parameters: tuple[ShownParameter, ...]
    switched_off: tuple[tuple[str, str], ...]


def parameters_in_force(rule: Rule) -> ShownParameters:
    """Return the parameters of a rule with the values in force beside them: one query."""
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
            # What a row leaves empty is left out.
            return Value(
                rows=tuple(
                    tuple((name, _text(cell)) for name, cell in member.items() if cell is not None and cell != "")
                    for member in value
                )
            )
        return Value(", ".join(_text(member) for member in value))
    if isinstance(value, Mapping):
        return Value(", ".join(f"{name}: {_text(member)}" for name, member in value.items()))
    return Value(_text(value))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
