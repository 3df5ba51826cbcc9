"""
Which of several versions of this program audits: the one that migrated last.

Two versions may differ in nothing but rules, limits and lists: then they find the same migrations in the database, and
each finds due what the other one audited. So `manage.py migrate`, with which every release begins, puts the rules of
its program in force, and workers of another one leave audits alone.
"""

import hashlib
import json
import socket
from functools import cache
from typing import Any

from django.core.management.base import CommandError
from django.db import connections
from django.db.models.functions import Now

from audits.judging.rule_set import RuleSet
from audits.matching.reference.data import Reference
from audits.matching.reference.files import read_shipped
from audits.models import RulesInForce
from audits.reference.rule_sets import FOLDER, shipped_limits
from audits.rules import RULES
from contracts.postgres.versions import MIGRATE, later_migrations, refuse_incomplete


@cache
def program_digest() -> bytes:
    """Return the digest of what comes with this program that can change an outcome: no row of the database."""
    reference = Reference(terms=[], entries=[], **read_shipped(FOLDER))
    rules = RuleSet(RULES.values(), reference_digest=reference.digest)
    return hashlib.sha256(rules.digest + json.dumps(shipped_limits(), sort_keys=True, default=str).encode()).digest()


def put_in_force(*, using: str, **_signal: Any) -> None:
    """Put the rules of this program in force. Receiver of ``post_migrate``, also before there is a table for it."""
    if RulesInForce._meta.db_table not in connections[using].introspection.table_names():
        return
    rows = RulesInForce.objects.using(using)
    if rows.filter(digest=program_digest()).exists():
        return
    given = {"digest": program_digest(), "host": socket.gethostname()}
    rows.update_or_create(pk=1, defaults={**given, "since": Now()}, create_defaults=given)


def other_rules() -> RulesInForce | None:
    """Return the rules in force, if they are those of another program."""
    return RulesInForce.objects.exclude(digest=program_digest()).first()


def why_not_to_audit() -> str:
    """Return why this program leaves audits to others, in one sentence; ``""`` if it does not."""
    if newer := later_migrations():
        return f"This program is older than the database ({newer[-1]}): it audits nothing. Stop it."
    if other := other_rules():
        return (
            f"Another version's rules are in force ({other}): this program audits nothing. Stop it, or let its rules "
            f"take their place: {MIGRATE}"
        )
    return ""


def refuse_to_audit() -> None:
    """Raise CommandError if the database lacks migrations, or if this program leaves audits to others."""
    refuse_incomplete()
    if reason := why_not_to_audit():
        raise CommandError(reason)
