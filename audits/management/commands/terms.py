"""Measure the terms of the lexicon on notices. Needs no database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audits.matching.reference.data import Reference
from audits.measuring.evaluation import REFERENCE, read_rows
from audits.measuring.term_measures import TermMeasures, measure_terms


class Command(BaseCommand):
    help = (
        "Print for each term of the lexicon the number of notices per 10,000 that contain it, how many "
        "of these are in scope and flagged, and a sample of passages. The lexicon is read from "
        "fixtures/reference, without edits made in the admin."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "notices", type=Path, metavar="NOTICES", help="a CSV file, optionally compressed with gzip"
        )
        parser.add_argument("--concept", default="", help="only measure terms of this concept")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        reference = Reference.read(settings.BASE_DIR / REFERENCE)
        concept = options["concept"]
        known = {term.concept for term in reference.terms}
        if concept and concept not in known:
            raise CommandError(f"{concept} is not a concept of the lexicon; these are: {', '.join(sorted(known))}")
        try:
            measures = measure_terms(read_rows(options["notices"]), reference, concept=concept)
        except FileNotFoundError as error:
            raise CommandError(f"{error.filename} does not exist") from error
        except UnicodeDecodeError as error:
            raise CommandError(f"{options['notices']} is not UTF-8 text: {error}") from error
        if options["json"]:
            self.stdout.write(json.dumps(measures.as_json(), ensure_ascii=False))
        else:
            self._print_table(measures)

    def _print_table(self, measures: TermMeasures) -> None:
        met = [measure for measure in measures.terms if measure.notices]
        self.stdout.write(f"{measures.rows} notices; {len(met)} of {len(measures.terms)} terms were met")
        self.stdout.write(
            f"{'notices':>8}{'/10,000':>9}{'in scope':>9}{'flagged':>8}  concept, language, term, strength"
        )
        for measure in met:
            self.stdout.write(
                f"{measure.notices:>8}{measure.per_10_000(measures.rows):>9}{measure.in_scope:>9}{measure.flagged:>8}"
                f"  {measure.concept} {measure.language} {measure.term} ({measure.strength})"
            )
            for passage in measure.passages:
                self.stdout.write(f"{'':>36}{' '.join(passage.split())}")
