"""
The worked example of a rule: a small record and the flag that it raises.

It is one of the rule's cases (``audits/rules/cases``: a file for each code, and one for all rules of a module): the
one with the values of its flag under ``example``. A test checks that the record raises this flag.
"""

import json
from collections.abc import Mapping
from functools import cache
from inspect import getfile
from pathlib import Path
from typing import Any

from msgspec import Struct, yaml

from audits.judging.rule.vocabulary import Rule

Case = dict[str, Any]

# Inputs of a rule.
_GIVEN = ("release", "documents", "roles", "statistics", "parameters")


class Example(Struct, frozen=True):
    """
    ``given`` is the input by name: a release with its documents, or the roles of an organization; statistics,
    parameters.

    ``sentence`` and ``severity`` are those of the flag, ``cites`` the JSON Pointers of its evidence.
    """

    given: Mapping[str, Any]
    sentence: str
    severity: str
    cites: tuple[str, ...]

    @property
    def record(self) -> str:
        """The record, as JSON for people, and its documents; ``""`` for an organization."""
        parts = [self.given[name] for name in ("release", "documents") if name in self.given]
        return "\n".join(json.dumps(part, ensure_ascii=False, indent=2, default=str) for part in parts)


def cases_of(rule: Rule) -> list[Case]:
    """Return the cases of a rule: those that all rules of its module share, and its own."""
    module = Path(getfile(rule.judge))
    files = (module.parent / "cases" / f"{name}.yaml" for name in (module.stem, rule.code.lower()))
    return [case for file in files if file.is_file() for case in _read(file)]


@cache
def _read(file: Path) -> list[Case]:
    return yaml.decode(file.read_bytes(), type=list[Case])


def example_of(rule: Rule, language: str) -> Example | None:
    """
    Return the worked example with its sentence in ``language``; ``None`` if no case is marked as one.

    Of several, the one whose record is in the language, else the first.
    """
    cases = [case for case in cases_of(rule) if "example" in case]
    if not cases:
        return None
    spoken = language.partition("-")[0]
    case = next((case for case in cases if case.get("release", {}).get("language") == spoken), cases[0])
    return Example(
        given={name: case[name] for name in _GIVEN if case.get(name)},
        sentence=rule.render(case.get("sentence", "default"), case["example"], language),
        severity=case.get("severity", rule.severity.value),
        cites=tuple(case.get("cites", ())),
    )
