"""Read a table without storing it. Needs no database."""

import json
import sys
from argparse import ArgumentParser
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.intake.reading.entries import read_entries
from contracts.intake.reading.report import Report
from contracts.intake.received.spooling import CHUNK_BYTES, spool
from contracts.models import Submission
from contracts.ocds.gate.document import encode
from contracts.ocds.gate.reading import Received
from contracts.ocds.problems import RefusedError
from contracts.tables.headers.given_mapping import GivenMapping, read_given
from contracts.translating import problem_as_json, problem_detail


class Command(BaseCommand):
    help = (
        "Read a table (CSV, XLSX, XLS, ODS, DOCX, PDF, a list in JSON) as a submission would be read, and report its "
        "mapping, rows and problems. Nothing is stored. Exit status 1 if no row could be read."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--mapping", type=Path, metavar="FILE", help='facts in its columns, as JSON: {"columns": {header: fact}}'
        )
        parser.add_argument(
            "--releases", action="store_true", help="also print the OCDS releases; with --json, as part of the object"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            given = _given(options["mapping"]) if options["mapping"] else None
            report = read(options["path"], given, with_releases=options["releases"])
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror or error}") from error
        if options["json"]:
            self.stdout.write(encode(report).decode())
        else:
            self._print(report)
        if not report["rows_read"]:
            sys.exit(1)

    def _print(self, report: dict[str, Any]) -> None:
        for sheet in report["sheets"]:
            name = f"{sheet['sheet']}: " if sheet["sheet"] else ""
            self.stdout.write(
                f"{name}{sheet['title'] or 'not recognised'}: {sheet['rows_read']} of {sheet['rows']} rows read"
            )
            for header, fact in sheet["columns"].items():
                self.stdout.write(f"  {header} → {fact}")
            if sheet["unused"]:
                self.stdout.write(f"  not used: {', '.join(sheet['unused'])}")
        for release in report.get("releases", ()):
            self.stdout.write(encode(release).decode())
        for problem in report["problems"]:
            place = f"{problem['where']}: " if problem["where"] else ""
            self.stderr.write(f"{place}{problem['detail']} {problem['hint']}")
        if report["problem_count"] > len(report["problems"]):
            self.stderr.write(f"{report['problem_count'] - len(report['problems'])} more problems")


def _given(path: Path) -> GivenMapping:
    try:
        return read_given(json.loads(path.read_bytes()))
    except ValueError as error:
        raise CommandError(f"{path}: {error}") from error
    except RefusedError as refused:
        raise CommandError(f"{path}: {' '.join(map(problem_detail, refused.problems))}") from refused


def read(path: Path, given: GivenMapping | None = None, *, with_releases: bool = False) -> dict[str, Any]:
    """
    Return what a table holds.

    :param given: what its columns hold, if somebody says it
    :returns: ``rows`` and ``rows_read`` of all ``sheets``, ``mapping`` of the one with the most rows (``None`` if it
        is not recognised), the first ``problems``, ``problem_count``, and ``releases`` if asked for
    """
    report = Report()
    releases: list[Any] = []
    try:
        with path.open("rb") as file, spool(iter(lambda: file.read(CHUNK_BYTES), b"")) as spooled:
            for entry in read_entries(spooled, Submission.Kind.TABLE, given=given):
                report.add(entry)
                if with_releases and isinstance(entry, Received):
                    releases.append(entry.document.value)
    except RefusedError as refusal:
        report.add_all(refusal.problems)
    sheets = report.package.get("sheets", [])
    main = max(sheets, key=itemgetter("rows"), default=None)
    return {
        "rows": sum(sheet["rows"] for sheet in sheets),
        "rows_read": sum(sheet["rows_read"] for sheet in sheets),
        "mapping": {"name": main["mapping"], "title": main["title"], "columns": main["columns"]}
        if main and main["mapping"]
        else None,
        "sheets": sheets,
        "problem_count": report.problem_count,
        "problems": [problem_as_json(problem, path.name) for problem in report.problems],
    } | ({"releases": releases} if with_releases else {})
