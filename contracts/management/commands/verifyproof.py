"""Verify a proof of submission issued by the form."""

import hashlib
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.proofs import BadProofError, read_proof
from contracts.signing_key import public_key


class Command(BaseCommand):
    help = (
        "Verify a proof of submission issued by the form: that bytes with its SHA-256 were sent to this "
        "installation on its day. --file compares them with a file; --key is the public key of another "
        "installation. Without a proof, print the public key. Exit status 1 if the proof is not valid "
        "or the file differs."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("proof", nargs="?", metavar="PROOF")
        parser.add_argument("--file", type=Path)
        parser.add_argument("--key", metavar="BASE64", help="public key; default: that of this installation")

    def handle(self, *args: Any, **options: Any) -> None:
        key = options["key"] or public_key()
        if key is None:
            raise CommandError("This installation has no key: set VEEDOR_SIGNING_KEY, or give --key.", returncode=2)
        if options["proof"] is None:
            self.stdout.write(key)
            return
        try:
            proof = read_proof(options["proof"], key)
        except BadProofError:
            self.stderr.write("The proof is not valid: it was changed, is incomplete, or was signed with another key.")
            sys.exit(1)
        except ValueError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"Bytes of SHA-256 {proof.sha256} were sent on {proof.day}.")
        if options["file"]:
            try:
                with options["file"].open("rb") as file:
                    found = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as error:
                raise CommandError(f"{options['file']}: {error.strerror or error}", returncode=2) from error
            if found != proof.sha256:
                self.stderr.write(f"The file is another one: its SHA-256 is {found}.")
                sys.exit(1)
            self.stdout.write("The file has the same SHA-256.")
