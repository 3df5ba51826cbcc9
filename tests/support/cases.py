"""The cases of rules: their dossiers and documents, and what rules answer; each is judged once."""

from functools import cache
from pathlib import Path

import msgspec

from audits.judging.dossiers.building import build_dossier
from audits.judging.dossiers.organization import OrganizationDossier
from audits.judging.figures.organizations import OrganizationFigures
from audits.judging.figures.processes import ProcessFigures
from audits.judging.rule.examples import Case, cases_of
from audits.judging.rule.vocabulary import (
    ON_TRIAL,
    Subject,
)
from audits.judging.rule_set import BoundRule
from audits.matching.reference.data import Reference
from audits.rules import RULES
from contracts.documents.texts import ReadDocument, ReadPage

ROOT = Path(__file__).parents[2]
CASES_OF = {code: cases_of(rule) for code, rule in RULES.items()}
_KNOWN = {}


@cache
def reference():
    return Reference.read(ROOT / "fixtures" / "reference")


class Watched:
    """Figures that note which of them are read."""

    def __init__(self, figures):
        self.figures = figures
        self.read = set()

    def __getattr__(self, name):
        self.read.add(name)
        return getattr(self.figures, name)


def dossier_of(rule, case, figures):
    """Return the dossier of a case, of a process or of an organization."""
    if rule.subject is Subject.ORGANIZATION:
        return OrganizationDossier("XX-ID:1", "Organización de Prueba", "PE", frozenset(case["roles"]), figures)
    dossier = build_dossier(case["release"], reference=reference(), documents=documents_of(case))
    return dossier.with_statistics(figures, digest="")


def answered(rule, case):
    """Return the outcome of a case, and the names of the figures that the rule read."""
    kind = OrganizationFigures if rule.subject is Subject.ORGANIZATION else ProcessFigures
    figures = Watched(msgspec.convert(case.get("statistics", {}), kind))
    # Cases ask what a rule finds, on trial or not.
    bound = BoundRule(rule, {**rule.parameters, ON_TRIAL: False, **case.get("parameters", {})})
    return bound.judge(dossier_of(rule, case, figures)), figures.read


def judged(code, case):
    """Return the outcome of one of ``CASES_OF``: each is judged once, whatever is asked of the answer."""
    return known(code, case)[0]


def known(code, case):
    """Return the outcome of a case, and the names of the figures that its rule read."""
    if (code, id(case)) not in _KNOWN:
        _KNOWN[code, id(case)] = answered(RULES[code], case)
    return _KNOWN[code, id(case)]


def findings_of(code):
    """Yield the findings in the cases of a rule, each with its case."""
    for case in CASES_OF[code]:
        for finding in judged(code, case).findings:
            yield case, finding


def documents_of(case: Case) -> tuple[ReadDocument, ...]:
    """Return the documents of a case: the texts of their ``pages``, and how many these are of, ``page_count``."""
    return tuple(
        ReadDocument(
            sha256=f"{number:064}",
            kind="PDF",
            page_count=given.get("page_count", len(given["pages"])),
            pages_read=len(given["pages"]),
            pages=tuple(ReadPage(place, text) for place, text in enumerate(given["pages"], 1)),
        )
        for number, given in enumerate(case.get("documents", ()), 1)
    )
