"""When a flag is overdue: one definition for the queue, its figures and the dashboard."""

from datetime import datetime, timedelta

from django.conf import settings

from contracts.postgres.conditions import SqlCondition

# More severe questions are due sooner: share of the desk's days.
DUE_SHARES = {"high": 0.25, "medium": 0.5, "low": 1, "context": 1}


class IsOverdue(SqlCondition):
    """
    Whether a flag has waited too long since it was raised or, if it changed, since then. Depends on
    ``VEEDOR_DESK_DAYS`` and severity.
    """

    sql = "({})".format(
        " OR ".join(
            f"({{0}} = '{severity}' AND {{1}} < %s AND ({{2}} <> 'changed' OR {{3}} < %s))" for severity in DUE_SHARES
        )
    )

    def __init__(self, now: datetime) -> None:
        days = [settings.VEEDOR_DESK_DAYS * share for share in DUE_SHARES.values()]
        before = [now - timedelta(days=number) for number in days for _column in range(2)]
        super().__init__("severity", "raised_at", "state", "changed_at", given=tuple(before))
