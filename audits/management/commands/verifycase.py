"""Verify the signature of case files and the chain links of their decisions."""

import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.postgres.chain import link
from contracts.signed_json import BadSignatureError, interoperable, verify_signature
from contracts.signing_key import public_key


class Command(BaseCommand):
    help = (
        "Verify that a case file (JSON) was signed by this installation and is unchanged, and that each "
        "decision in it has the right link of the chain. --key is the public key of another "
        "installation. Without a file, print the public key. Exit status 1 if the signature or a link "
        "is not valid."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path)
        parser.add_argument("--key", metavar="BASE64", help="public key; default: that of this installation")

    def handle(self, *args: Any, **options: Any) -> None:
        key = options["key"] or public_key()
        if key is None:
            raise CommandError("This installation has no key: set VEEDOR_SIGNING_KEY, or give --key.", returncode=2)
        if options["file"] is None:
            self.stdout.write(key)
            return
        try:
            document = json.loads(options["file"].read_bytes())
        except (OSError, ValueError, RecursionError) as error:
            raise CommandError(f"The file cannot be read as JSON: {error}", returncode=2) from error
        if not isinstance(document, dict):
            raise CommandError("The file is not a case file.", returncode=2)
        try:
            verify_signature(document, key)
        except BadSignatureError as error:
            self.stderr.write(str(error))
            sys.exit(1)
        self.stdout.write("The signature fits.")
        decisions = document.get("decisions", [])
        chained = [entry for entry in decisions if "chained" in entry]  # older files lack it
        broken = [entry["number"] for entry in chained if not _is_linked(entry, document["flag"]["id"])]
        for number in broken:
            self.stderr.write(f"decision {number} does not give its link of the chain")
        if broken:
            sys.exit(1)
        for entry in decisions:
            self.stdout.write(f"decision {entry['number']} {entry['chain']}")


def _is_linked(entry: dict[str, Any], flag: int) -> bool:
    """Return whether a decision, as the file tells it of its flag, is the one of which its link was made."""
    number, on, decision, reason, _person, time, judged_digest, text = entry["chained"]["parts"]
    judged = interoperable(json.loads(text))
    chained = (number, on, decision, reason, judged.get("reason_code"), float(time), judged_digest, judged)
    at = datetime.fromisoformat(entry["reviewed_at"]).timestamp()
    columns = (entry["decision"], entry["reason"], entry["reason_code"], at, entry["judged_digest"], entry["judged"])
    is_chained = chained == (str(entry["number"]), str(flag), *columns)
    return (
        is_chained
        and link(bytes.fromhex(entry["chained"]["after"]), entry["chained"]["parts"]).hex() == entry["chain"]
    )
