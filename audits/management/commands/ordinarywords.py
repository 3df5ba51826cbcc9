"""Collect ordinary words, which are not names of products. Needs no database."""

from argparse import ArgumentParser
from itertools import chain
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audits.facts.technology.supply.brands import PRODUCTS
from audits.matching.reference.data import Reference
from audits.matching.reference.files import ORDINARY_WORDS
from audits.matching.texts.normalize import fold
from audits.measuring.evaluation import REFERENCE, read_rows
from audits.measuring.ordinary_words import ordinary_words


class Command(BaseCommand):
    help = (
        "Collect the words that buyers write in lower case in Spanish and Portuguese notices, with "
        "which T04 distinguishes ordinary words from product names, and write them to "
        "fixtures/reference/ordinary_words.txt."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "notices", nargs="+", type=Path, metavar="NOTICES", help="CSV files, optionally compressed with gzip"
        )
        parser.add_argument(
            "--buyers",
            type=int,
            default=3,
            help="minimum number of buyers that write a word in lower case (default: 3)",
        )
        parser.add_argument("--output", type=Path, help="write the words to this file instead")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rows = chain.from_iterable(map(read_rows, options["notices"]))
            words = ordinary_words(rows, buyers=options["buyers"], named=_named())
        except FileNotFoundError as error:
            raise CommandError(f"{error.filename} does not exist") from error
        path = options["output"] or settings.BASE_DIR / REFERENCE / ORDINARY_WORDS
        path.write_text("".join(f"{word}\n" for word in words), encoding="utf-8")
        self.stdout.write(f"{len(words)} words are in {path}")


def _named() -> frozenset[str]:
    """Return the words of the listed names of products."""
    reference = Reference.read(settings.BASE_DIR / REFERENCE)
    return frozenset(
        word for term in reference.terms if term.concept in PRODUCTS for word in fold(term.term).text.split()
    )
