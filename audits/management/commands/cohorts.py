"""Refresh the statistics of populations, and audit again the subjects that read a changed one, without a worker."""

import json
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audits.engine import organizations, processes
from audits.engine.cohorts import refresh_cohorts
from audits.engine.processes import BATCH_PROCESSES
from audits.models import Cohort, PopulationChange
from audits.reference.rules_in_force import refuse_to_audit
from audits.reports.priorities import refresh_priorities
from audits.reports.publishing import publish_figures
from audits.reports.rule_health import refresh_outcome_counts


class Command(BaseCommand):
    help = (
        "Refresh the statistics of populations, audit again the subjects that read a changed one, count "
        "outcomes, and publish figures if they are due. Unchanged results are not written."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_to_audit()
        started = time.monotonic()
        PopulationChange.objects.create()  # who asks for it has them computed, written to or not
        changed, stale, concerned = refresh_cohorts()
        written = sum(
            processes.audit_due(stale[start : start + BATCH_PROCESSES])
            for start in range(0, len(stale), BATCH_PROCESSES)
        )
        written += organizations.audit_due()
        refresh_outcome_counts()
        refresh_priorities()
        publish_figures()
        seconds = round(time.monotonic() - started, 3)
        kept = Cohort.objects.count()
        if options["json"]:
            names = [{"name": cohort.name, "key": cohort.key, "n": cohort.n} for cohort in changed]
            report = {
                "cohorts": kept,
                "changed": names,
                "processes": len(stale),
                "organizations": len(concerned),
                "audits_written": written,
            }
            self.stdout.write(json.dumps({**report, "seconds": seconds}, ensure_ascii=False))
            return
        for cohort in changed:
            self.stdout.write(f"{cohort}: {cohort.n} values")
        self.stdout.write(
            f"{kept} cohorts, {len(changed)} changed; {len(stale)} processes and {len(concerned)} "
            f"organizations judged again, {written} audits written, {seconds} s"
        )
