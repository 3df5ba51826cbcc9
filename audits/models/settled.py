"""When a new flag reaches the desk: once the figures that it rests on have settled."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from audits.rules import RULES
from contracts.postgres.conditions import SqlCondition

# Rules whose answer may differ once more records are counted; those of the others are at the desk at once.
READING = tuple(code for code, rule in RULES.items() if rule.reads)


def settled_by() -> datetime:
    """Return the moment of whose flags, and earlier ones, nobody waits for the figures any more."""
    return timezone.now() - timedelta(minutes=settings.VEEDOR_SETTLING_MINUTES)


class IsSettled(SqlCondition):
    """
    Whether figures were counted anew since a flag was raised, and what these made due was judged again.

    While much is being loaded, rules judge by what came first, and figures of all withdraw some of their flags. After
    ``VEEDOR_SETTLING_MINUTES`` a flag is at the desk whatever is still to be counted. One that a person raised by hand
    waits for nothing, and records that come later send none away. What must be asked of each flag is in a function
    that a migration makes.
    """

    sql = """NOT (
        {4} = 'new' AND NOT {5} AND {3} > %s AND {0} = ANY(%s) AND flag_is_unsettled({1}, {2}, {3})
    )"""

    def __init__(self) -> None:
        columns = ("rule", "process_id", "last_audit_id", "raised_at", "state", "is_raised_by_hand")
        super().__init__(*columns, given=(settled_by(), list(READING)))
