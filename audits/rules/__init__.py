"""
The rules, discovered: every module of this package that makes a ``Rule`` adds it to ``RULES`` under its code.

Adding a rule is adding a file; removing it is deleting the file.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from audits.rules.base import Rule, Subject

RULES: dict[str, Rule]


@cache
def _discover() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for info in sorted(iter_modules(__path__), key=lambda info: info.name):
        module = import_module(f"{__name__}.{info.name}")
        for member in vars(module).values():
            if isinstance(member, Rule) and member.judge.__module__ == module.__name__:
                if member.code in found:
                    raise ValueError(f"two rules have the code {member.code}")
                found[member.code] = member
    return dict(sorted(found.items()))


def rules_about(subject: Subject) -> dict[str, Rule]:
    """Return code → rule of those that ask about processes, or about organizations."""
    return {code: rule for code, rule in _discover().items() if rule.subject is subject}


def __getattr__(name: str) -> Any:
    # Not at import: rules read dossiers, and a dossier knows the vocabulary of rules.
    if name == "RULES":
        return _discover()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
