"""Measure the rules against labelled notices or known projects. No database, no servers."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audits.matching.reference import Reference
from audits.reports.evaluation import Count, Evaluation, ProjectEvaluation, evaluate_labels, evaluate_projects

REFERENCE = Path("fixtures", "reference")


class Command(BaseCommand):
    help = (
        "Compare the T-rules with the labels of a folder (sample.csv and labels.csv), or with a table of known "
        "projects (--projects). The lists are those of fixtures/reference, as installed, not as edited."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, metavar="LABELS_DIR")
        parser.add_argument("--projects", type=Path, metavar="CSV", help="a table of known projects")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--errors", action="store_true", help="print each wrong row with what misled the rules")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["folder"] is None) == (options["projects"] is None):
            raise CommandError("name a folder of labels, or --projects with a table: one of them")
        try:
            reference = Reference.read(settings.BASE_DIR / REFERENCE)
            evaluation = (
                evaluate_projects(options["projects"], reference)
                if options["projects"]
                else evaluate_labels(options["folder"], reference)
            )
        except FileNotFoundError as error:
            raise CommandError(f"{error.filename} does not exist") from error
        except KeyError as error:
            raise CommandError(f"a column or row is missing: {error}") from error
        if options["json"]:
            self.stdout.write(json.dumps(evaluation.as_json(), ensure_ascii=False))
        elif isinstance(evaluation, ProjectEvaluation):
            self._tell_projects(evaluation)
        else:
            self._tell_labels(evaluation, errors=options["errors"])

    def _tell_labels(self, evaluation: Evaluation, *, errors: bool) -> None:
        self.stdout.write(f"{evaluation.rows} rows")
        self.stdout.write(f"{'column':<9}{'tp':>5}{'fp':>5}{'fn':>5}{'tn':>5}{'precision':>11}{'recall':>8}{'f1':>7}")
        for name, count in evaluation.columns.items():
            self.stdout.write(f"{name:<9}{_figures(count)}")
        flagged = ", ".join(f"{code} {number}" for code, number in sorted(evaluation.base.items())) or "none"
        self.stdout.write(f"flagged of {evaluation.out_of_scope} rows out of scope: {flagged}")
        if errors:
            for wrong in evaluation.errors:
                told = "missed" if wrong.expected else "flagged without reason"
                self.stdout.write(f"\n{wrong.column} {wrong.row}: {told}\n  {wrong.title}")
                for passage in wrong.passages:
                    self.stdout.write(f"    {passage}")

    def _tell_projects(self, evaluation: ProjectEvaluation) -> None:
        recall = "undefined" if evaluation.recall is None else f"{evaluation.recall:.3f}"
        self.stdout.write(f"{evaluation.rows} projects, recall {recall}")
        for code, (expected, found) in evaluation.codes.items():
            self.stdout.write(f"{code}: {found} of {expected}")
        for name, code in evaluation.missed:
            self.stdout.write(f"missed: {code} in {name}")
        for name, code in evaluation.unexpected:
            self.stdout.write(f"neither expected nor allowed: {code} in {name}")


def _figures(count: Count) -> str:
    figures = "".join(f"{number:>5}" for number in (count.tp, count.fp, count.fn, count.tn))
    rates = [count.precision, count.recall, count.f1]
    told = [f"{'-' if rate is None else format(rate, '.3f')}" for rate in rates]
    return f"{figures}{told[0]:>11}{told[1]:>8}{told[2]:>7}"
