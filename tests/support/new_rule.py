"""
`make rule CODE=R098 NAME=short_enquiry_period`: write the files of a new rule, to be filled in.

Whatever says TODO fails the tests of rules (`make test ARGS="-m rules"`) until it is filled in.
"""

import re
import sys
from pathlib import Path

from audits.judging.rule.texts import LANGUAGES
from audits.rules import RULES

FOLDER = Path(__file__).parents[2] / "audits" / "rules"
HEADINGS = {
    "en": ("Why it matters", "Method", "Exclusions", "Sources"),
    "es": ("Por qué importa", "Método", "Exclusiones", "Fuentes"),
    "pt": ("Por que importa", "Método", "Exclusões", "Fontes"),
}
MODULE = '''"""
{page}
"""

from collections.abc import Iterator

from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import (
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)


@rule(
    code="{code}",
    title="TODO",
    stage=Stage.TENDER,
    severity=Severity.LOW,
    version=1,
    sentences={{"default": "TODO: what the record says, with {{days}}."}},
    reasons={{"no_question": "TODO: why the question makes no sense here"}},
)
def {name}(dossier: Dossier, *, minimum_days: int = 10) -> Iterator[Finding]:
    period = dossier.process.tender.tender_period
    if period is None or period.start is None or period.end is None:
        raise InsufficientDataError("/tender/tenderPeriod")
    if period.end < period.start:
        raise NotApplicableError("no_question")
    days = (period.end - period.start).days
    if days < minimum_days:
        yield Finding(
            evidence=(Evidence(f"{{period.path}}/endDate", period.end.isoformat()),),
            values={{"days": days}},
        )
'''
FRONT = """---
title: TODO
sentences:
  default: 'TODO: {days}.'
reasons:
  no_question: TODO
---

"""
CASES = """# TODO: a case for each outcome, both sides of each threshold, one `example` with the values of its flag.
- name: one day below the minimum
  outcome: flagged
  threshold: minimum_days
  cites: [/tender/tenderPeriod/endDate]
  example: {days: 9}
  release: {tender: {tenderPeriod: {startDate: "2024-03-01", endDate: "2024-03-10"}}}
- name: exactly the minimum
  outcome: clear
  threshold: minimum_days
  release: {tender: {tenderPeriod: {startDate: "2024-03-01", endDate: "2024-03-11"}}}
- name: TODO
  outcome: not_applicable
  release: {tender: {tenderPeriod: {startDate: "2024-03-02", endDate: "2024-03-01"}}}
- name: nothing to count
  outcome: insufficient_data
  release: {tender: {}}
"""


def page(language: str) -> str:
    sections = [f"## {heading}\n\nTODO" for heading in HEADINGS[language]]
    sections[1] += " `minimum_days`"
    sections[2] = sections[2].replace("TODO", "* TODO")
    return "\n\n".join(["TODO: the question, in one line.", *sections])


def files_of(code: str, name: str) -> dict[Path, str]:
    """
    Return path → content of the files of a new rule, by their paths in `audits/rules`.

    :raises ValueError: if code or name is not of the form asked for, or the code is taken
    """
    if not re.fullmatch(r"[A-Z]\d{2,3}", code):
        raise ValueError(f"{code!r} is not a code: a capital letter and two or three digits, as R098")
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        raise ValueError(f"{name!r} is not a name: lower-case words joined by _, as short_enquiry_period")
    if code in RULES:
        raise ValueError(f"{code} is {RULES[code].judge.__module__}")
    stem = f"{code.lower()}_{name}"
    return {
        Path(f"{stem}.py"): MODULE.format(page=page("en"), code=code, name=name),
        **{Path(language, f"{stem}.md"): FRONT + page(language) + "\n" for language in LANGUAGES if language != "en"},
        Path("cases", f"{code.lower()}.yaml"): CASES,
    }


def main(code: str, name: str) -> int:
    """Write the files and name them; return 1 if they can not be written."""
    try:
        files = files_of(code, name)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for path, content in files.items():
        (FOLDER / path).write_text(content, encoding="utf-8")
        sys.stdout.write(f"audits/rules/{path}\n")
    sys.stdout.write('Fill in what says TODO, then: make test ARGS="-m rules"\n')
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
