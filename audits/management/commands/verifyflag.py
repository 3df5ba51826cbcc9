"""Judge the record of a flag again, and report differences from the flag."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audits.engine.verifying import UnverifiableError, verify_flag
from audits.models import Flag


class Command(BaseCommand):
    help = (
        "Judge the stored record of a flag again with the rules and parameters in force, without "
        "writing, and report whether the flag is equal or what differs: input of the rule (record, "
        "rule_off, rule_version, parameters, figures) and content of the flag. Exit status 1 if "
        "anything differs. Only for flags on processes."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("flag", type=int, metavar="ID")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        flag = Flag.objects.select_related("last_audit").filter(pk=options["flag"]).first()
        if flag is None:
            raise CommandError(f"There is no flag {options['flag']}.", returncode=2)
        try:
            verified = verify_flag(flag)
        except UnverifiableError as error:
            raise CommandError(str(error), returncode=2) from error
        if options["json"]:
            self.stdout.write(json.dumps({"flag": flag.pk, "equal": verified.is_equal, **verified._asdict()}))
        elif verified.is_equal:
            self.stdout.write("equal")
        else:
            for name in verified.inputs:
                self.stdout.write(f"read otherwise than when it was judged: {name}")
            for name in verified.differences:
                self.stdout.write(f"the flag differs from what its rule says now: {name}")
        if not verified.is_equal:
            sys.exit(1)
