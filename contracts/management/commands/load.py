"""Load files and folders of OCDS records and tables; no worker needed."""

import json
import logging
import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection

from contracts.intake.processing import process_submission
from contracts.intake.received.spooling import CHUNK_BYTES
from contracts.management.publishers import named_publisher
from contracts.models import Publisher, Submission
from contracts.ocds.problems import RefusedError
from contracts.postgres.versions import refuse_incomplete
from contracts.submitting import submit_local
from contracts.translating import problem_detail, problem_line

logger = logging.getLogger(__name__)

# Tables are named one by one: beside records lie lists of other things.
SUFFIXES = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
COUNTS = (
    "releases_new",
    "releases_known",
    "processes",
    "awards",
    "contracts",
    "bids",
    "organizations",
    "corrections",
    "problems",
)


class Command(BaseCommand):
    help = (
        "Load OCDS packages, records, releases, JSON Lines, gzip of these, simple contracts, and tables. Folders are "
        "searched for "
        + ", ".join(SUFFIXES)
        + "; the number of other files is reported. A file that fails does not stop the others. Exit "
        "status 1 if a file could not be read at all."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument(
            "--publisher", metavar="SLUG", help="publisher of the records; default: by their ocid prefix"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_incomplete()
        slug = options["publisher"]
        publisher = None if slug is None else named_publisher(slug)
        failed: list[str] = []
        total: Counter[str] = Counter(dict.fromkeys(("files", "failed_files", *COUNTS), 0))
        passed_over: list[Path] = []
        for path in _files(options["paths"], passed_over):
            total["files"] += 1
            counts, failure = self._load_or_report(path, publisher, quiet=options["json"])
            total.update(counts)
            if failure:
                total["failed_files"] += 1
                failed.append(f"{path}: {failure}")
                self.stderr.write(failed[-1])
        if options["json"]:
            self.stdout.write(json.dumps(dict(total)))
        else:
            self.stdout.write(", ".join(f"{number} {name.replace('_', ' ')}" for name, number in total.items()))
        if passed_over:
            self.stderr.write(
                f"{len(passed_over)} files in folders were passed over, such as {passed_over[0]}: folders are "
                f"searched for {', '.join(SUFFIXES)}. Name other files one by one."
            )
        if failed:
            # Said again at the end: what was said of each is far above.
            self.stderr.write("\n".join([f"{len(failed)} of {total['files']} files failed:", *failed]))
            sys.exit(1)

    def _load_or_report(self, path: Path, publisher: Publisher | None, *, quiet: bool) -> tuple[dict[str, int], str]:
        """Load one file; an unexpected error is logged and reported, and the next files are loaded."""
        try:
            return self._load(path, publisher, quiet=quiet)
        except Exception as error:
            logger.exception("Loading %s failed.", path)
            if not connection.in_atomic_block and not connection.is_usable():
                connection.close()  # the next file gets a new one
            return {"problems": 1}, f"loading failed with {type(error).__name__}: {error}"

    def _load(self, path: Path, publisher: Publisher | None, *, quiet: bool) -> tuple[dict[str, int], str]:
        """Load one file; return its counts, and an error if nothing of it could be read."""
        try:
            file_name = path.name.encode("utf-8", "replace").decode()
            submission, is_new = submit_local(_chunks(path), publisher=publisher, file_name=file_name)
        except RefusedError as refusal:
            return {"problems": 1}, "; ".join(map(problem_line, refusal.problems))
        except OSError as error:
            return {"problems": 1}, f"{error.strerror or error}"

        def progress(read: int) -> None:
            if not quiet:
                self.stderr.write(f"{path.name}: {read} releases read", ending="\r" if self.stderr.isatty() else "\n")

        processed = process_submission(submission.pk, progress=progress)
        if processed is None:
            if is_new or submission.state != "processed":
                submission.refresh_from_db()
                return {}, _why_not_read(submission)
            if read := submission.counts.get("releases_read"):
                if not quiet:
                    self.stdout.write(f"{path.name}: the same file was loaded before; nothing changed")
                return {"releases_known": read}, ""
            processed = submission  # It failed before: say why again.
        parts = [processed, *_members(processed)]
        counts: Counter[str] = Counter()
        for part in parts:
            self._print_problems(path, part)
            counts.update({**part.counts, "problems": part.problem_count})
        return {name: counts[name] for name in COUNTS}, "" if counts["releases_read"] else _why_nothing(parts)

    def _print_problems(self, path: Path, submission: Submission) -> None:
        shown: Counter[str] = Counter()
        for problem in submission.found_problems:
            shown[problem.code] += 1
            if shown[problem.code] <= 3:
                self.stderr.write(problem_line(problem, path.name))
        for code, number in shown.items():
            if number > 3:
                self.stderr.write(f"{path.name}: {number - 3} more of {code}")


def _members(bundle: Submission) -> Iterator[Submission]:
    """Yield the files of a ZIP or an e-mail, processed; none of anything else."""
    for member in Submission.objects.filter(in_bundles__bundle=bundle).order_by("in_bundles__number"):
        yield process_submission(member.pk) or member


def _why_nothing(parts: list[Submission]) -> str:
    """Say that nothing of a file, or of those in it, could be read, and the first problem."""
    first = next((problem for part in parts for problem in part.found_problems), None)
    return "no release could be read" + (f": {problem_line(first)}" if first else "")


def _why_not_read(submission: Submission) -> str:
    """Return why a submission is not due, and what to do about it."""
    if submission.failure:
        reason = problem_detail(submission.failure)
        return f"it failed: {reason} To try it again: manage.py retrysubmissions {submission.pk}"
    return (
        "another process reads it. If that one was killed, a worker goes on with the file in "
        f"{settings.VEEDOR_LEASE_SECONDS} seconds, or load it again then: what is stored is recognised."
    )


def _files(paths: list[Path], passed_over: list[Path]) -> Iterator[Path]:
    """Yield the files to load; those in folders that are of another kind go to `passed_over`."""
    for path in paths:
        if path.is_dir():
            for entry in sorted(entry for entry in path.rglob("*") if entry.is_file()):
                if entry.name.endswith(SUFFIXES):
                    yield entry
                else:
                    passed_over.append(entry)
        else:
            yield path


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
