"""Report the results of rules over the current audits, and which rules flag so much that their flags are context."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audits.judging.rule.vocabulary import OutcomeKind
from audits.reports.rule_health import MAX_SHARE_FLAGGED, MIN_ASSESSED, Health, health_of_rules

# The five outcomes, and the other columns of a rule.
_HEADS = (
    *("flagged", "clear", "no data", "n/a", "failed"),
    *("withheld", "share", "confirmed", "by one", "dismissed", "precision", "r/i/w"),
)


class Command(BaseCommand):
    help = (
        "Report, for each rule, the five outcomes over the current audits, the withheld findings, the share of "
        "assessed records that were flagged, the flags confirmed (by two people, or by one so far) and dismissed, and "
        f"the blind judgements right, idle or wrong (r/i/w). A rule that flags over {MAX_SHARE_FLAGGED:.0%} of "
        f"{MIN_ASSESSED} records or more is context."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        rules = health_of_rules()
        context = [code for code, health in rules.items() if health.is_context]
        if options["json"]:
            report = {"rules": {code: _as_json(health) for code, health in rules.items()}, "context": context}
            self.stdout.write(json.dumps(report))
            return
        self.stdout.write(f"{'rule':<6}" + "".join(f"{head:>10}" for head in _HEADS))
        for health in rules.values():
            self.stdout.write(_line(health))
        for health in rules.values():
            if health.withheld:
                reasons = ", ".join(f"{reason} {number}" for reason, number in health.withheld)
                self.stdout.write(f"{health.code} withholds: {reasons}")
        for code in context:
            health = rules[code]
            share = f"{health.asking_share:.0%} of the {health.assessed} records that it could assess"
            self.stdout.write(f"{code} flags {share}: context")


def _as_json(health: Health) -> dict[str, Any]:
    # Which reasons people chose is for those who run the site: the API does not tell of so few.
    return {**health.as_json(), "reasons": dict(health.reasons)}


def _line(health: Health) -> str:
    precision, found = health.decisions.precision, health.verdicts
    report = [
        *(str(health.outcomes[kind]) for kind in OutcomeKind),
        str(health.withheld_records),
        "-" if health.share is None else f"{health.share:.1%}",
        str(health.decisions.confirmed),
        str(health.decisions.confirmed_by_one),
        str(health.decisions.dismissed),
        f"{precision.low:.2f}-{precision.high:.2f}" if precision else "-",
        f"{found.right}/{found.idle}/{found.wrong}" if found.judged else "-",
    ]
    return f"{health.code:<6}" + "".join(f"{figure:>10}" for figure in report)
