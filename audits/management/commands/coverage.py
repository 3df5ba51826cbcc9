"""Report which rules the data supports: the outcomes of each rule, and the fields most often missing."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import override

from audits.judging.rule.vocabulary import OutcomeKind
from audits.reports.coverage import Coverage, coverage_of_all, coverage_of_publisher
from audits.reports.habits import habits_by_source, habits_in_words, habits_of_source, rows_of
from contracts.management.publishers import unknown_publisher

_COLUMNS = {
    OutcomeKind.FLAGGED: "flagged",
    OutcomeKind.CLEAR: "clear",
    OutcomeKind.INSUFFICIENT_DATA: "no data",
    OutcomeKind.NOT_APPLICABLE: "n/a",
    OutcomeKind.FAILED: "failed",
}


class Command(BaseCommand):
    help = (
        "Report which rules the data of a publisher supports: for each rule the five outcomes over the "
        "current audits and the fields most often missing; then how the publisher fills its fields, and "
        "which rules do not flag its records because of that. Without --publisher, count all records, "
        "with a row for each publisher."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--publisher", metavar="SLUG", help="only the records of this publisher")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @override("en")  # as all that commands print
    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["publisher"]
        if slug is not None:
            coverage = coverage_of_publisher(slug)
            if coverage is None:
                raise unknown_publisher(slug)
            habits = habits_in_words(habits_of_source(slug))
            if options["json"]:
                self.stdout.write(json.dumps({"publisher": slug, **coverage.as_json(), **habits}))
            else:
                self._print_rules(coverage)
                self._print_habits(habits)
            return
        together, groups = coverage_of_all()
        if options["json"]:
            habits = habits_by_source(slug for slug in groups if slug)
            publishers = [
                {"publisher": slug, **coverage.as_json(), **habits_in_words(habits.get(slug or "") or rows_of({}))}
                for slug, coverage in groups.items()
            ]
            self.stdout.write(json.dumps({**together.as_json(), "publishers": publishers}))
            return
        self._print_rules(together)
        heads = f"{'processes':>10}{'unaudited':>10}{'rules fed':>10}  most often missing"
        self.stdout.write(f"\n{'publisher':<30}{heads}")
        for group, coverage in groups.items():
            self.stdout.write(f"{'(none)' if group is None else group:<30}{_summary(coverage)}".rstrip())

    def _print_rules(self, coverage: Coverage) -> None:
        self.stdout.write(f"{coverage.processes} processes with a current audit, {coverage.unaudited} without")
        heads = "".join(f"{head:>10}" for head in _COLUMNS.values())
        self.stdout.write(f"{'rule':<6}{heads}  most often missing")
        for code, counts in coverage.rules.items():
            columns = "".join(f"{counts.outcomes[kind]:>10}" for kind in _COLUMNS)
            self.stdout.write(f"{code:<6}{columns}  {_missing(counts.missing)}".rstrip())

    def _print_habits(self, habits: dict[str, Any]) -> None:
        if habits["habits"]:
            self.stdout.write(f"\n{'most common answer':<22}{'records':>10}{'of':>10}  how it fills its fields")
        for row in habits["habits"]:
            rules = f" (not asked by {', '.join(row['rules'])})" if row["is_common"] and row["rules"] else ""
            self.stdout.write(f"{row['answer']:<22.20}{row['same']:>10}{row['records']:>10}  {row['text']}{rules}")
        if months := habits["months"]:
            gaps = "without a gap" if months["without_gaps"] else "with gaps"
            span = (
                f"{months['first']} to {months['last']}, {gaps}, {months['records']} processes or more in a usual one"
            )
            self.stdout.write(f"{months['held']:<22}{'':>20}  months: {span}")
        for row in habits["methods"]:
            self.stdout.write(f"{row['code'] or '-':<22.20}{row['records']:>10}{'':>10}  method “{row['name']}”")


def _summary(coverage: Coverage) -> str:
    figures = (coverage.processes, coverage.unaudited, len(coverage.fed))
    return "".join(f"{figure:>10}" for figure in figures) + f"  {_missing(coverage.missing)}"


def _missing(fields: Any) -> str:
    return ", ".join(f"{name} {number}" for name, number in fields[:3])
