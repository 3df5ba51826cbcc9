"""
What people see of a database, as JSON: flags with their decisions and traces, what is switched and set, what was sent.

`python -m tests.upgrade.seen SECRET` prints it for the database of DATABASE_URL. It reads through models alone, so
that it runs with the code before an upgrade and after it.
"""

import json
import os
import sys
from typing import Any


def seen(secret: str) -> dict[str, Any]:
    """
    Return what people see, in an order that does not depend on primary keys.

    :param secret: of the token whose holder is looked up
    """
    from audits.models import Audit, LexiconTerm, RuleOverride, Watchlist
    from contracts.models import ApiToken, ContractingProcess, Submission

    token = ApiToken.objects.find(secret)
    audits = Audit.objects.filter(is_current=True, process__isnull=False)
    return {
        "flags": _flags(),
        "processes": {
            process.ocid: bytes(process.digest).hex() for process in ContractingProcess.objects.order_by("ocid")
        },
        "audits": {
            audit.process.ocid: bytes(audit.process_digest).hex()
            for audit in audits.select_related("process").order_by("process__ocid")
        },
        "overrides": [
            [row.country, row.rule, row.parameter, row.value, row.source, row.enabled]
            for row in RuleOverride.objects.order_by("country", "rule", "parameter")
        ],
        "terms_switched_off": [
            list(row)
            for row in LexiconTerm.objects.filter(enabled=False)
            .order_by("concept", "language", "term")
            .values_list("concept", "language", "term")
        ],
        "watchlists": dict(Watchlist.objects.order_by("slug").values_list("slug", "enabled")),
        "token": {"holder": token.user.get_username(), "scopes": sorted(token.scopes)} if token else None,
        "submissions": [
            [row.kind, row.channel, row.content_id, row.processed_at is not None, row.problem_count, row.ocids]
            for row in Submission.objects.order_by("received_at")
        ],
    }


def _flags() -> list[dict[str, Any]]:
    from audits.models import Flag

    flags = Flag.objects.select_related("process", "organization", "last_audit").prefetch_related("reviews__reviewer")
    rows = [
        {
            "subject": flag.process.ocid if flag.process else flag.organization.key,
            "rule": flag.rule,
            "rule_version": flag.rule_version,
            "severity": flag.severity,
            "state": flag.state,
            "sentence": flag.render("en"),
            "decisions": [
                {
                    "decision": review.decision,
                    "reason": review.reason,
                    "reviewer": review.reviewer.get_username(),
                    "reviewed": review.reviewed_at.isoformat(),
                    "judged": review.judged["text"]["en"],
                }
                for review in flag.reviews.order_by("pk")
            ],
            "trace": {
                "release": bytes(flag.last_audit.process_digest).hex(),
                "dossier": bytes(flag.last_audit.dossier_digest).hex(),
                "rule_set": bytes(flag.last_audit.ruleset_digest).hex(),
            },
        }
        for flag in flags
    ]
    return sorted(rows, key=lambda row: (row["subject"], row["rule"], row["sentence"], row["state"]))


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    json.dump(seen(sys.argv[1]), sys.stdout, ensure_ascii=False)
