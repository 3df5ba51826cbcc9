"""Read a document without storing it. Needs no database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from msgspec import structs

from audits.matching.documents.clauses import ELSEWHERE, SUPPLIER, missing, passages, strongest_first, terms_elsewhere
from contracts.documents.reading import DocumentText
from contracts.intake.documents.printed_lists import read_with_lists
from contracts.ocds.problems import RefusedError
from contracts.translating import problem_as_json


class Command(BaseCommand):
    help = (
        "Read a document (PDF, DOCX, ODT, RTF, text, PNG, JPEG, TIFF) in a restricted process, and report its pages, "
        "how many were read, and its clauses about exit, source code, data ownership and other "
        "subjects. Nothing is stored. Exit status 1 if no page could be read."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--text", action="store_true", help="also print the text of each page; with --json, as part of the object"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = read(options["path"], with_text=options["text"])
        except OSError as error:
            raise CommandError(f"{options['path']}: {error.strerror or error}") from error
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self._print(report)
        if not report["pages_read"]:
            sys.exit(1)

    def _print(self, report: dict[str, Any]) -> None:
        self.stdout.write(
            f"{report['kind']}: {report['pages_read']} of {report['pages']} pages read, {report['ocr_pages']} by OCR, "
            f"{report['characters']} characters"
        )
        for part in report.get("texts", ()):
            self.stdout.write(f"--- {part['number']}\n{part['text']}")
        for clause in report["clauses"]:
            paragraphs = ", ".join(map(str, clause["paragraphs"]))
            place = f"paragraph {paragraphs}" if paragraphs else f"page {clause['page']}"
            sides = {"": "", SUPPLIER: ", favours the supplier", ELSEWHERE: f", {', '.join(clause['countries'])}"}
            side = sides[clause["favours"]]
            self.stdout.write(f"  {clause['rule']} {clause['clause']}{side}: {place}: {clause['quote']!r}")
        label = "not found" if report["pages_read"] == report["pages"] else "not found in what was read"
        self.stdout.write(f"  {label}: {', '.join(report['missing']) or '–'}")
        if report["terms_elsewhere"]:
            self.stdout.write(f"  terms of it stand elsewhere: {report['terms_elsewhere']!r}")
        for problem in report["problems"]:
            self.stderr.write(f"{problem['detail']} {problem['hint']}")


def read(path: Path, *, with_text: bool = False) -> dict[str, Any]:
    """
    Return what a document holds.

    :returns: ``pages``, ``pages_read``, ``ocr_pages``, ``paragraphs`` (how many, of a DOCX, whose pages are stretches
        of them), ``characters``; ``clauses`` by rule, first those that favour the supplier, then those that say who
        may or must something, each with ``page``, ``paragraphs`` (their numbers) and what a ``Passage`` has;
        ``missing`` clauses; ``terms_elsewhere``, what says that terms stand at an address; ``problems``; and ``texts``
    """
    try:
        with path.open("rb") as file:
            document = read_with_lists(file)
    except RefusedError as refusal:
        document = DocumentText("", 0, 0, 0, 0, (), refusal.problems)
    texts = [{"number": part.number, "text": part.text, "source": part.source} for part in document.parts]
    found = strongest_first((part, passage) for part in document.parts for passage in passages(part.text))
    return {
        "kind": document.kind,
        "pages": document.pages,
        "pages_read": document.pages_read,
        "ocr_pages": document.ocr_pages,
        "paragraphs": document.paragraphs,
        "characters": document.characters,
        "clauses": [
            {
                "page": part.number,
                "paragraphs": part.paragraphs_of(passage.start, passage.end),
                **structs.asdict(passage),
            }
            for part, passage in found
        ],
        "missing": missing(passage for _part, passage in found) if document.pages_read else [],
        "terms_elsewhere": next(filter(None, (terms_elsewhere(part.text) for part in document.parts)), ""),
        "problems": [problem_as_json(problem, path.name) for problem in document.problems],
    } | ({"texts": texts} if with_text else {})
