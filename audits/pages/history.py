"""The public history of a record here, day by day."""

from datetime import date
from typing import Any

from django.db.models import Q
from msgspec import Struct

from audits.api.changes import is_gone, visible_changes
from audits.models import Flag
from audits.pages.labels import rule_title
from contracts.models import Change, ContractingProcess
from contracts.pages.display import Rows, first_rows
from contracts.pages.rendering import EVERYONE

# Of a record that is amended every hour the latest changes are looked at.
MAX_CHANGES = 500


class Event(Struct, frozen=True):
    """What happened on a day (UTC); ``rule`` is the code of the flag that it is about, or empty."""

    day: date
    label: str
    rule: str
    title: str


def history_of(process: ContractingProcess) -> Rows:
    """Return the events of a process, the latest first; what happened to one thing again on one day stands once."""
    # Their keys first: PostgreSQL would look for them through all changes.
    flags = list(Flag.objects.filter(process=process.pk).values_list("pk", flat=True))
    changes = visible_changes(EVERYONE, Change.objects.filter(Q(ocid=process.ocid) | Q(flag_id__any_of=flags)))
    latest = first_rows(changes.order_by("-pk"), MAX_CHANGES)
    events = first_rows(list(dict.fromkeys(map(_event, latest.shown))))
    return Rows(events.shown, events.left_out + latest.left_out)


def _event(change: Any) -> Event:
    rule = change.rule if change.flag_id is not None and change.is_visible else ""
    # The record stands: what is gone is a question about it.
    label = Change.Kind.FLAG_REMOVED.label if is_gone(change) else Change.Kind(change.kind).label
    return Event(change.at.date(), str(label), rule, rule_title(rule) if rule else "")
