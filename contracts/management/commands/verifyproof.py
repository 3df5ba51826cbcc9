"""Verify a proof that the form gave."""

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
        "Verify a proof that the form gave: that bytes of its SHA-256 were sent here on its day. --file says whether "
        "they are those of a file; --key names the public key of another installation. Without a proof, print the "
        "public key. Exit status 1 if the proof, or the file, does not fit."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("proof", nargs="?", metavar="PROOF")
        parser.add_argument("--file", type=Path)
        parser.add_argument("--key", metavar="BASE64", help="the public key; by default this installation's")

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
            self.stderr.write("The proof does not fit: it is changed, cut off, or of another key.")
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
            self.stdout.write("They are those of the file.")
