"""Load lexicon, watchlists and public lists from fixtures/reference, and convert amounts at the current rates."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audits.models import PopulationChange
from audits.reference.loading import load_reference
from contracts.intake.rows.converting import convert_stored
from contracts.intake.rows.masking import mask_stored
from contracts.trail import Action, record

SHOWN = 5


class Command(BaseCommand):
    help = (
        "Load the reference data and report what changes in the tables. Repeating it changes nothing. "
        "Rows edited in the admin are kept; other rows that the files no longer contain are switched "
        "off. Amounts are converted to US dollars again where the installed exchange rates differ, and numbers "
        "masked that are known to be of natural persons."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=settings.BASE_DIR / "fixtures" / "reference")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            differences = load_reference(options["folder"])
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        for difference in differences:
            parts = [f"{difference.same} same"]
            for label in ("added", "changed", "kept", "missing", "off"):
                names = getattr(difference, label)
                if names:
                    shown = "; ".join(sorted(names)[:SHOWN]) + ("; …" if len(names) > SHOWN else "")
                    parts.append(f"{len(names)} {label} ({shown})")
            self.stdout.write(f"{difference.file}: {', '.join(parts)}")
        PopulationChange.objects.create()  # it runs with each new version, which may compute cohorts otherwise
        if converted := convert_stored():
            self.stdout.write(f"exchange rates: {converted} amounts converted")
        if masked := mask_stored():
            self.stdout.write(f"numbers of natural persons: {masked} organizations changed")
        written = {entry.file: len(entry.added) + len(entry.changed) + len(entry.off) for entry in differences}
        if any(written.values()):
            record(None, Action.REFERENCE_LOADED, rows={file: number for file, number in written.items() if number})
