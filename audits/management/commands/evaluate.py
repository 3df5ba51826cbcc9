"""Measure the rules against labelled notices or known projects. Needs no database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from msgspec import structs

from audits.matching.reference.data import Reference
from audits.measuring.evaluation import (
    REFERENCE,
    BaseRates,
    Count,
    Evaluation,
    ProjectEvaluation,
    base_rates,
    evaluate_labels,
    evaluate_projects,
)


class Command(BaseCommand):
    help = (
        "Compare the T-rules with labelled notices in folders (each with sample.csv and labels.csv) or "
        "with a table of known projects (--projects), or count what they flag among unlabelled notices "
        "(--notices). Reference data is read from fixtures/reference, without edits made in the admin."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folders", nargs="*", type=Path, metavar="LABELS_DIR")
        parser.add_argument("--projects", type=Path, metavar="CSV", help="a table of known projects")
        parser.add_argument(
            "--notices", type=Path, metavar="FILE", help="add base rates on unlabelled notices (CSV, .gz)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--errors", action="store_true", help="print each wrong row with the passages that misled the rules"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folders, notices = options["folders"], options["notices"]
        if bool(options["projects"]) == bool(folders or notices):
            raise CommandError("name folders of labels or --notices, or else --projects with a table")
        try:
            reference = Reference.read(settings.BASE_DIR / REFERENCE)
            projects = evaluate_projects(options["projects"], reference) if options["projects"] else None
            labels = evaluate_labels(folders, reference) if folders else None
            rates = base_rates(notices, reference) if notices else None
        except (FileNotFoundError, NotADirectoryError) as error:
            raise CommandError(f"{error.filename} does not exist") from error
        except KeyError as error:
            raise CommandError(f"a column or row is missing: {error}") from error
        if options["json"]:
            report: dict[str, Any] = {}
            for part in (projects, labels):
                report |= part.as_json() if part else {}
            self.stdout.write(
                json.dumps(report | ({"notices": structs.asdict(rates)} if rates else {}), ensure_ascii=False)
            )
            return
        if projects:
            self._print_projects(projects)
        if labels:
            self._print_labels(labels, errors=options["errors"])
        if rates:
            self._print_rates(rates)

    def _print_labels(self, evaluation: Evaluation, *, errors: bool) -> None:
        self.stdout.write(f"{evaluation.rows} rows")
        self._print_counts(evaluation.columns)
        for language, columns in sorted(evaluation.languages.items()):
            if len(evaluation.languages) > 1:
                self.stdout.write(f"\nrows in {language}")
                self._print_counts(columns)
        flagged = ", ".join(f"{code} {number}" for code, number in sorted(evaluation.base.items())) or "none"
        self.stdout.write(f"flagged of {evaluation.out_of_scope} rows out of scope: {flagged}")
        if errors:
            for wrong in evaluation.errors:
                mistake = "missed" if wrong.expected else "flagged without reason"
                self.stdout.write(f"\n{wrong.column} {wrong.row}: {mistake}\n  {wrong.title}")
                for passage in wrong.passages:
                    self.stdout.write(f"    {passage}")

    def _print_counts(self, columns: dict[str, Count]) -> None:
        self.stdout.write(f"{'column':<9}{'tp':>5}{'fp':>5}{'fn':>5}{'tn':>5}{'precision':>11}{'recall':>8}{'f1':>7}")
        for name, count in columns.items():
            self.stdout.write(f"{name:<9}{_figures(count)}")

    def _print_rates(self, rates: BaseRates) -> None:
        rows = ", ".join(f"{language} {number}" for language, number in sorted(rates.rows.items()))
        self.stdout.write(f"flagged of {sum(rates.rows.values())} notices ({rows})")
        for name, by_language in rates.flagged.items():
            parts = ", ".join(f"{language} {number}" for language, number in sorted(by_language.items()))
            context = sum(rates.context.get(name, {}).values())
            in_context = f"; {context} are context" if context else ""
            self.stdout.write(f"{name:<9}{sum(by_language.values()):>7}  {parts}{in_context}")

    def _print_projects(self, evaluation: ProjectEvaluation) -> None:
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
    written = [f"{'-' if rate is None else format(rate, '.3f')}" for rate in rates]
    return f"{figures}{written[0]:>11}{written[1]:>8}{written[2]:>7}"
