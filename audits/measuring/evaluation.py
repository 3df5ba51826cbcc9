"""
Compare the answers of rules with those of people who read the same notices.

Nothing here touches a database. Rows become releases through the simple contract form, as a submission would.
"""

import csv
import gzip
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field, structs

from audits.judging.dossiers.building import build_dossier
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import READER_THRESHOLD, Evidence, OutcomeKind, Severity
from audits.judging.rule_set import BoundRule
from audits.matching.lexicon import Mention
from audits.matching.reference.data import Reference
from audits.rules import RULES
from contracts.ocds.codelists.countries import country_code
from contracts.ocds.problems import RefusedError
from contracts.ocds.written.simple import release_from_simple

# Where the lists stand, below the root of the project.
REFERENCE = Path("fixtures", "reference")

IN_SCOPE = "in_scope"
COLUMNS = (IN_SCOPE, "T01", "T02", "T03", "T04", "T05", "T07", "T09", "T11", "T12", "T15", "T16")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"\d+(\.\d+)?")


class RuleAnswer(Struct, frozen=True):
    """
    What the rules said of one row in one column: flagged or not, and the evidence if so.

    ``is_context``: it is flagged beside others, and asks nothing by itself.
    """

    flagged: bool
    evidence: tuple[Evidence, ...] = ()
    reason: str = ""
    is_context: bool = False


class WrongRow(Struct, frozen=True):
    """A row whose answer differs from the reader's."""

    column: str
    row: str
    expected: bool
    title: str
    passages: tuple[str, ...]


class Count(Struct):
    """True and false positives and negatives of one column."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0

    def add(self, *, expected: bool, flagged: bool) -> None:
        if expected:
            self.tp, self.fn = self.tp + flagged, self.fn + (not flagged)
        else:
            self.fp, self.tn = self.fp + flagged, self.tn + (not flagged)

    @property
    def precision(self) -> float | None:
        """Return tp / (tp + fp), ``None`` if nothing was flagged."""
        return self.tp / (self.tp + self.fp) if self.tp + self.fp else None

    @property
    def recall(self) -> float | None:
        """Return tp / (tp + fn), ``None`` if nothing was to be found."""
        return self.tp / (self.tp + self.fn) if self.tp + self.fn else None

    @property
    def f1(self) -> float | None:
        """Return the harmonic mean of precision and recall, ``None`` if either is undefined."""
        if self.precision is None or self.recall is None:
            return None
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def as_json(self) -> dict[str, Any]:
        rates = {"precision": self.precision, "recall": self.recall, "f1": self.f1}
        return {**structs.asdict(self), **{name: _rounded(rate) for name, rate in rates.items()}}


class Evaluation(Struct):
    """
    The counts of each column, in all rows and by the language of the row, and the rows where rules and readers differ.

    ``base`` counts, for each T-rule, the rows out of scope that it flagged nevertheless; ``out_of_scope`` all of them.
    """

    rows: int = 0
    columns: dict[str, Count] = field(default_factory=lambda: {name: Count() for name in COLUMNS})
    languages: dict[str, dict[str, Count]] = field(default_factory=dict)
    errors: list[WrongRow] = field(default_factory=list)
    base: dict[str, int] = field(default_factory=dict)
    out_of_scope: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "columns": {name: count.as_json() for name, count in self.columns.items()},
            "languages": {
                language: {name: count.as_json() for name, count in columns.items()}
                for language, columns in sorted(self.languages.items())
            },
            "base_rate": {"out_of_scope": self.out_of_scope, "flagged": self.base},
        }


class BaseRates(Struct):
    """
    How many of unlabelled notices each column flags, by language: ``{column: {language: number}}``.

    ``context`` counts, of these, the ones that are context and no more.
    """

    rows: dict[str, int] = field(default_factory=dict)
    flagged: dict[str, dict[str, int]] = field(default_factory=dict)
    context: dict[str, dict[str, int]] = field(default_factory=dict)


class ProjectEvaluation(Struct):
    """
    What was found of known projects.

    ``codes`` maps a code to (expected, found); ``missed`` and ``unexpected`` hold (project, code).
    """

    rows: int
    codes: dict[str, tuple[int, int]]
    missed: list[tuple[str, str]]
    unexpected: list[tuple[str, str]]

    @property
    def recall(self) -> float | None:
        """Return the codes found / the codes expected, over all."""
        expected = sum(count for count, _ in self.codes.values())
        return sum(found for _, found in self.codes.values()) / expected if expected else None

    def as_json(self) -> dict[str, Any]:
        return {
            "rows": self.rows,
            "codes": {code: {"expected": count, "found": found} for code, (count, found) in self.codes.items()},
            "recall": _rounded(self.recall),
            "unexpected": [list(pair) for pair in self.unexpected],
        }


def evaluate_labels(folders: Iterable[Path], reference: Reference) -> Evaluation:
    """
    Compare with the labels of folders: each holds ``sample.csv`` and ``labels.csv``, joined by ``id``.

    :raises FileNotFoundError: if one of the files is missing
    :raises KeyError: if the column ``id`` is missing
    """
    evaluation = Evaluation()
    for folder in folders:
        labels = {row["id"]: row for row in read_rows(folder / "labels.csv")}
        for row in read_rows(folder / "sample.csv"):
            if row["id"] in labels:
                _compare(evaluation, row, labels[row["id"]], reference)
    return evaluation


def _compare(evaluation: Evaluation, row: Mapping[str, str], label: Mapping[str, str], reference: Reference) -> None:
    """Add one row to an evaluation; where the label is neither ``0`` nor ``1``, careful readers differ."""
    evaluation.rows += 1
    by_language = evaluation.languages.setdefault(_language(row), {name: Count() for name in COLUMNS})
    dossier = dossier_of(contract_of_notice(row), reference)
    answers = {name: judge_column(dossier, name) for name in COLUMNS}
    for name, given in answers.items():
        if label.get(name) not in {"0", "1"}:
            continue
        expected = label[name] == "1"
        for count in (evaluation.columns[name], by_language[name]):
            count.add(expected=expected, flagged=given.flagged)
        if expected != given.flagged:
            evaluation.errors.append(_wrong(name, row, given, dossier, expected=expected))
    if label.get(IN_SCOPE) == "0":
        evaluation.out_of_scope += 1
        for name, given in answers.items():
            if name != IN_SCOPE and given.flagged:
                evaluation.base[name] = evaluation.base.get(name, 0) + 1


def base_rates(path: Path, reference: Reference) -> BaseRates:
    """
    Count what the rules flag among notices that nobody labelled.

    :param path: a CSV file with the columns of ``sample.csv``, or such a file compressed with gzip (``.gz``)
    :raises FileNotFoundError: if it is missing
    """
    rates = BaseRates()
    for row in read_rows(path):
        language = _language(row)
        rates.rows[language] = rates.rows.get(language, 0) + 1
        dossier = dossier_of(contract_of_notice(row), reference)
        for name in COLUMNS:
            answer = judge_column(dossier, name)
            for counted in (rates.flagged,) * answer.flagged + (rates.context,) * answer.is_context:
                numbers = counted.setdefault(name, {})
                numbers[language] = numbers.get(language, 0) + 1
    return rates


def evaluate_projects(path: Path, reference: Reference) -> ProjectEvaluation:
    """
    Compare with a table of known projects.

    :param path: a CSV file; ``expected`` holds the codes that must be raised, ``allowed`` those that may
    """
    rows = list(read_rows(path))
    codes: dict[str, tuple[int, int]] = {}
    missed: list[tuple[str, str]] = []
    unexpected: list[tuple[str, str]] = []
    for row in rows:
        dossier = dossier_of(contract_of_project(row), reference)
        raised = {code for code in RULES if code.startswith("T") and judge_column(dossier, code).flagged}
        expected, allowed = _listed(row["expected"]), _listed(row.get("allowed") or "")
        for code in expected:
            count, found = codes.get(code, (0, 0))
            codes[code] = (count + 1, found + (code in raised))
            if code not in raised:
                missed.append((row["name"], code))
        unexpected.extend((row["name"], code) for code in sorted(raised) if code not in {*expected, *allowed})
    return ProjectEvaluation(len(rows), dict(sorted(codes.items())), missed, unexpected)


def dossier_of(contract: dict[str, Any], reference: Reference) -> Dossier:
    """
    Return the dossier of a simple contract.

    Fields that cannot be read (a date that is none, an unknown country) are left out, as their reader would do.
    """
    try:
        release = release_from_simple(contract)
    except RefusedError as error:
        unreadable = {problem.pointer.split("/")[1] for problem in error.problems}
        contract = {name: member for name, member in contract.items() if name not in unreadable}
        release = release_from_simple(contract)
    return build_dossier(release, reference=reference, country=country_code(contract.get("country", "")))


def judge_column(dossier: Dossier, column: str) -> RuleAnswer:
    """Return what the rules say in one column: ``in_scope``, or the code of a rule."""
    if column == IN_SCOPE:
        scope = dossier.scope
        places = tuple(
            Evidence(place.path, place.value, place.value, place.start, place.end, place.note)
            for place in scope.evidence
        )
        withheld = dossier.withheld(READER_THRESHOLD)
        return RuleAnswer(bool(scope) and not withheld, places, withheld.reason if withheld else "")
    bound = _bound(column)
    outcome = bound.judge(dossier)
    findings = outcome.findings
    if not findings:
        return RuleAnswer(flagged=False, reason=outcome.reason)
    evidence = tuple(place for finding in findings for place in finding.evidence)
    is_context = all(bound.severity(finding) is Severity.CONTEXT for finding in findings)
    return RuleAnswer(outcome.kind is OutcomeKind.FLAGGED, evidence, outcome.reason, is_context)


@cache
def _bound(code: str) -> BoundRule:
    return BoundRule(RULES[code], RULES[code].parameters)


def contract_of_notice(row: Mapping[str, str]) -> dict[str, Any]:
    """Return a labelled notice as a simple contract. Amounts and dates that are none are left out."""
    contract: dict[str, Any] = {
        name: row[name]
        for name in ("id", "title", "description", "buyer", "supplier", "method", "method_details", "language")
        if row.get(name)
    }
    contract["financing"] = row.get("financing") or ""
    if _NUMBER.fullmatch(row.get("amount") or ""):
        contract |= {"amount": row["amount"], "currency": row.get("currency") or ""}
    if _DATE.fullmatch((row.get("date") or "")[:10]):
        contract["date"] = row["date"][:10]
    if country_code(row.get("country") or ""):
        contract["country"] = row["country"]
    if not contract.get("title") and not contract.get("description"):
        contract["title"] = row["id"]
    return contract


def contract_of_project(row: Mapping[str, str]) -> dict[str, Any]:
    """Return a known project as a simple contract: vendors are suppliers, the financier is a funder."""
    columns = {name: row.get(name) or "" for name in ("buyer", "amount", "currency", "country")}
    of_project = {"title": row["name"], "description": row["what"], "date": f"{row.get('year')}-01-01"}
    contract = contract_of_notice({"language": "en", **columns, **of_project})
    if vendors := _listed(row.get("vendors") or ""):
        contract["suppliers"] = vendors
    if row.get("financier"):
        contract["funder"] = row["financier"]
    return contract


def _wrong(column: str, row: Mapping[str, str], given: RuleAnswer, dossier: Dossier, *, expected: bool) -> WrongRow:
    passages = tuple(f"{place.note} @ {place.path}: {place.passage or place.value}" for place in given.evidence)
    if expected:
        passages = (given.reason or "nothing found", *(_describe(found) for found in dossier.mentions))
    text = " | ".join(row.get(name) or "" for name in ("title", "description"))
    return WrongRow(column, row["id"], expected, text[:240], passages)


def _describe(found: Mention) -> str:
    denied = ", denied" if found.negated else ""
    return f"{found.concept} ({found.strength}{denied}) @ {found.path}: {found.written}"


def read_rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file, compressed with gzip if its name ends in ``.gz``."""
    with (
        gzip.open(path, "rt", encoding="utf-8", newline="")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8", newline="") as file
    ):
        yield from csv.DictReader(file)


def _language(row: Mapping[str, str]) -> str:
    return (row.get("language") or "").lower()[:2] or "??"


def _listed(cell: str) -> list[str]:
    return [code.strip() for code in (cell or "").split(";") if code.strip()]


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)
