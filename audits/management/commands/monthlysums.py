"""Compare the sums of purchases by month with the purchases, and put right what differs."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audits.contributions.monthly_sums import check_sums
from audits.models import MonthlySpend


class Command(BaseCommand):
    help = "Compare the sums of purchases by month with the purchases, and put right what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        report = {"buyers_put_right": check_sums(), "sums": MonthlySpend.objects.count()}
        seconds = round(time.monotonic() - started, 3)
        if options["json"]:
            self.stdout.write(json.dumps({**report, "seconds": seconds}))
            return
        self.stdout.write(f"{report['sums']} sums; of {report['buyers_put_right']} buyers put right, {seconds} s")
