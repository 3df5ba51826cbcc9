"""Compute the chain of decisions again, and print the head of each day."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

# A decision is broken where its chain is not that of its content and of the one before, or where a number is missing.
_BROKEN = """
    SELECT number FROM (
        SELECT number, chain, lag(number, 1, 0::bigint) OVER log AS number_before,
               audits_review_chain(
                   lag(chain, 1, ''::bytea) OVER log, number, flag_id, decision, reason, reviewer_id, reviewed_at,
                   judged_digest, judged
               ) AS expected
        FROM audits_review WINDOW log AS (ORDER BY number)
    ) checked
    WHERE chain <> expected OR number <> number_before + 1 ORDER BY number LIMIT 10
"""
_HEADS = """
    SELECT DISTINCT ON (day) day::text, number, encode(chain, 'hex')
    FROM (SELECT (reviewed_at AT TIME ZONE 'UTC')::date AS day, number, chain FROM audits_review) dated
    ORDER BY day, number DESC
"""


class Command(BaseCommand):
    help = (
        "Check that no decision was changed, removed or put in between, and print the head of each day: its number "
        "and hash. Keep the heads outside; --expect FILE says whether the log still holds them. Exit status 1 if not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--expect", type=Path, metavar="FILE", help="heads that were printed before with --json")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_BROKEN)
            broken = [number for (number,) in cursor.fetchall()]
            cursor.execute(_HEADS)
            heads = [{"day": day, "number": number, "hash": head} for day, number, head in cursor.fetchall()]
            missing = [head for head in _expected(options["expect"]) if not _holds(cursor, head)]
        if options["json"]:
            self.stdout.write(json.dumps({"heads": heads, "broken": broken, "missing": missing}))
        else:
            for head in heads:
                self.stdout.write(f"{head['day']} {head['number']} {head['hash']}")
            for number in broken:
                self.stderr.write(f"decision {number} does not continue the chain")
            for head in missing:
                self.stderr.write(f"the head of {head['day']} (decision {head['number']}) is no longer in the log")
        if broken or missing:
            sys.exit(1)


def _expected(file: Path | None) -> list[dict[str, Any]]:
    if file is None:
        return []
    try:
        return list(json.loads(file.read_text(encoding="utf-8"))["heads"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CommandError(f"{file} is not what --json prints: {error}") from error


def _holds(cursor: Any, head: dict[str, Any]) -> bool:
    cursor.execute("SELECT encode(chain, 'hex') FROM audits_review WHERE number = %s", [head["number"]])
    return cursor.fetchone() == (head["hash"],)
