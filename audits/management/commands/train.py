"""Train the text classifier (the reader) on labelled notices. Only ``--decisions`` needs a database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from audits.matching.purchases.notice_reader import NoticeReader
from audits.matching.reference.data import Reference
from audits.measuring.decided_rows import decided_rows
from audits.measuring.evaluation import IN_SCOPE, REFERENCE, read_rows

WEIGHTS = "reader.json"
# Rows, each with its label.
LabelledRows = list[tuple[dict[str, str], str]]


class Command(BaseCommand):
    help = (
        "Train the text classifier of the T-rules (the reader) on folders of labelled notices "
        "(sample.csv and labels.csv), on notices marked by people, and on decisions of this "
        "installation (--decisions); measure it by cross-validation over buyers, and write its weights "
        "to fixtures/reference/reader.json. --start continues from existing weights. Needs "
        "scikit-learn, which is in the development requirements."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folders", nargs="*", type=Path, metavar="LABELS_DIR")
        parser.add_argument(
            "--decisions",
            action="store_true",
            help="add records whose flags people confirmed, or dismissed because something else is bought",
        )
        parser.add_argument(
            "--notices", nargs="+", type=Path, metavar="FILE", help="the unlabelled notices that --marks refers to"
        )
        parser.add_argument(
            "--marks",
            type=Path,
            metavar="CSV",
            help="CSV with source_file, source_row, in_scope and taught_on of notices that people read",
        )
        parser.add_argument(
            "--start",
            type=Path,
            metavar="JSON",
            help=(
                "continue from these weights, with marks of later days, and only with rows in which the lexicon "
                "finds technology, since only those can be withheld"
            ),
        )
        parser.add_argument("--output", type=Path, help="write the weights to this file instead")
        parser.add_argument("--json", action="store_true", help="print the card as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            from audits.measuring import training  # noqa: PLC0415  # scikit-learn is not there in production
        except ImportError as error:
            raise CommandError(f"{error.name} is not installed: install requirements-dev.txt") from error
        if bool(options["marks"]) != bool(options["notices"]):
            raise CommandError("--marks and --notices belong together")
        folder = settings.BASE_DIR / REFERENCE
        reference, start, rows = _read(folder, options)
        found = {
            source: [entry for row, label in kept if (entry := training.example(row, label, reference))]
            for source, kept in rows.items()
        }
        if options["decisions"]:
            found["decisions"] = [
                training.example_of(row.dossier, row.buyer, row.language, expected=row.is_technology)
                for row in decided_rows(reference)
            ]
        if start:
            found = {source: [entry for entry in entries if entry.is_found] for source, entries in found.items()}
        examples = [entry for entries in found.values() for entry in entries]
        buyers, answers = {entry.buyer for entry in examples}, {entry.expected for entry in examples}
        if len(buyers) < training.FOLDS or len(answers) < 2:
            raise CommandError(
                f"{len(examples)} rows are too few to train on: both answers, and several buyers, are needed"
            )
        sources = {source: len(entries) for source, entries in found.items() if entries}
        card = {
            "trained_on": timezone.localdate().isoformat(),
            **training.card_of(examples, training.cross_validate(examples, start), sources),
        }
        if start:
            card["start"] = {
                name: start.card[name] for name in ("trained_on", "sources", "buyers", "start") if name in start.card
            }
        training.train(examples, start, card).save(options["output"] or folder / WEIGHTS)
        if options["json"]:
            self.stdout.write(json.dumps(card))
        else:
            self._show(card, len(examples))

    def _show(self, card: dict[str, Any], rows: int) -> None:
        self.stdout.write(f"{rows} rows of {card['buyers']} buyers; cross-validated over buyers:")
        self.stdout.write(f"{'language':<10}{'threshold':>10}{'precision':>11}{'recall':>8}")
        for language, thresholds in card["cross_validated"].items():
            for threshold, figures in thresholds.items():
                rates = [figures["precision"], figures["recall"]]
                shown = ["-" if rate is None else format(rate, ".3f") for rate in rates]
                self.stdout.write(f"{language:<10}{threshold:>10}{shown[0]:>11}{shown[1]:>8}")


def _read(folder: Path, options: dict[str, Any]) -> tuple[Reference, NoticeReader | None, dict[str, LabelledRows]]:
    """
    Return the reference data with the reader that is continued, that reader, and source → rows.

    :raises CommandError: if a file or one of its columns is missing
    """
    try:
        reference = Reference.read(folder, off=["reader"])
        start = reference.reader = NoticeReader.load(options["start"]) if options["start"] else None
        since = start.card["trained_on"] if start else ""
        marked = _marked(options["notices"], options["marks"], since)
        return reference, start, {"labelled": _labelled(options["folders"]), "marked": marked}
    except FileNotFoundError as error:
        raise CommandError(f"{error.filename} does not exist") from error
    except KeyError as error:
        raise CommandError(f"a column is missing: {error}") from error
    except ValueError as error:
        raise CommandError(str(error)) from error


def _labelled(folders: list[Path]) -> LabelledRows:
    """Return the rows of folders with their label; where careful readers differ, it is neither 0 nor 1."""
    found: LabelledRows = []
    for folder in folders:
        labels = {row["id"]: row[IN_SCOPE] for row in read_rows(folder / "labels.csv")}
        found.extend((row, labels[row["id"]]) for row in read_rows(folder / "sample.csv") if row["id"] in labels)
    return found


def _marked(notices: list[Path] | None, marks: Path | None, since: str) -> LabelledRows:
    """Return the notices that a table of marks names, with their mark, where it taught on a day after ``since``."""
    if notices is None or marks is None:
        return []
    marked = {
        (row["source_file"], row["source_row"]): row[IN_SCOPE] for row in read_rows(marks) if row["taught_on"] > since
    }
    return [
        (row, marked[row["source_file"], row["source_row"]])
        for path in notices
        for row in read_rows(path)
        if (row["source_file"], row["source_row"]) in marked
    ]
