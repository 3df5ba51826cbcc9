"""Rules that nobody wrote, for tests of what runs them."""

from collections.abc import Callable
from typing import Any

from audits.judging.rule.vocabulary import Severity, Stage, rule


def made_up(code: str, sentence: str = "", **options: Any) -> Callable[[Callable], Any]:
    """Return a decorator that makes a rule; ``options`` are those of ``rule``."""
    usual = {"title": "", "stage": Stage.AWARD, "severity": Severity.LOW, "version": 1}
    return rule(code=code, **usual | {"sentences": {"default": sentence}} | options)
