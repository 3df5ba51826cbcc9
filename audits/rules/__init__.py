"""
The rules, discovered: every module of this package that makes a ``Rule``, or a tuple of them that differ in words
alone, adds it to ``RULES`` under its code.

Adding a rule is adding a file; removing it is deleting the file.
"""

from importlib import import_module
from itertools import chain
from pkgutil import iter_modules

from audits.judging.rule.vocabulary import Rule, Subject


def _discover() -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for info in iter_modules(__path__):
        module = import_module(f"{__name__}.{info.name}")
        members = chain.from_iterable(
            member if isinstance(member, tuple) else (member,) for member in vars(module).values()
        )
        for member in members:
            if isinstance(member, Rule) and member.judge.__module__ == module.__name__:
                if member.code in found:
                    raise ValueError(f"two rules have the code {member.code}")
                found[member.code] = member
    return dict(sorted(found.items()))


RULES: dict[str, Rule] = _discover()


def rules_about(subject: Subject) -> dict[str, Rule]:
    """Return code → rule of those that ask about processes, or about organizations."""
    return {code: rule for code, rule in RULES.items() if rule.subject is subject}
