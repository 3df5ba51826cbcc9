"""A rule that kills the process that runs it, for workers that must survive such a record."""

import os
from collections.abc import Iterable

from audits.judging.rule.vocabulary import Finding, Severity, Stage, rule
from audits.rules import RULES


@rule(code="X99", title="", stage=Stage.TENDER, severity=Severity.LOW, version=1, sentences={})
def poison(dossier) -> Iterable[Finding]:
    if dossier.process.tender.title == "POISON":
        os._exit(9)
    return ()


def install() -> None:
    """Add the rule to those in force: done by a worker that is told to include this module."""
    RULES[poison.code] = poison


if os.environ.get("VEEDOR_TEST_POISON"):
    install()
