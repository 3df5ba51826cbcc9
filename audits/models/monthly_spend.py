"""Spend of buyers by month: running sums over purchases, maintained by triggers of their table."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from contracts.models.process import currency_field

# SQL over a purchase ``q``. Purchases of one contest count once (``audits.contributions.contests``); one written by an
# earlier version is a contest by itself.
CONTEST = "coalesce(nullif(q.contest, ''), q.process_id::text)"
PRICED = "q.amount > 0 AND q.currency <> ''"
_DATE = "q.date AT TIME ZONE 'UTC'"
MONTH = f"((extract(year FROM {_DATE}) * 12 + extract(month FROM {_DATE}))::int - 1)"
# The sector for all purchases.
EVERYTHING = ""
SECTORS = f"unnest(array_append(q.sectors, '{EVERYTHING}'))"


class MonthlySpend(models.Model):
    """
    The spend of a buyer in one month in one currency: in total (``sector`` empty), or on one sector of technology.
    ``purchases`` counts all purchases; ``amount`` is the sum of those with a value and a currency, and ``contests``
    their number if those of one contest count once. ``month`` is its number, twelve per year, in UTC.
    ``audits.contributions.monthly_sums`` compares them with the purchases.
    """

    # The first column of the constraint below.
    buyer = models.ForeignKey("contracts.Organization", on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.IntegerField(_("month"))
    sector = models.TextField(_("sector"), blank=True)
    currency = currency_field(_("currency"))
    amount = models.DecimalField(_("value"), max_digits=50, decimal_places=10)
    contests = models.BigIntegerField(_("contests"))
    purchases = models.BigIntegerField(_("purchases"))

    class Meta:
        verbose_name = _("spend of a month")
        verbose_name_plural = _("spend by month")
        constraints = [
            models.UniqueConstraint(fields=["buyer", "month", "sector", "currency"], name="monthly_spend_once")
        ]

    def __str__(self) -> str:
        return f"{self.buyer_id} {self.month} {self.sector} {self.currency}".strip()


# A writer of purchases of a buyer holds its group of peers, and others wait for it here, so that the purchases of a
# contest are counted one after the other. The statement is planned each time: a cached plan from when the table was
# empty would read all of it for each contest.
_ADD_UP = f"""
    PERFORM FROM audits_peergroup WHERE buyer_id IN (SELECT buyer_id FROM {{moved}} q)
    ORDER BY buyer_id FOR NO KEY UPDATE;
    EXECUTE $sums$
        INSERT INTO audits_monthlyspend AS held (buyer_id, month, sector, currency, amount, contests, purchases)
        SELECT buyer_id, month, sector, currency, sum(amount),
               sum((known.priced > 0)::int - (known.priced > moved.priced)::int), sum(purchases)
        FROM (
            SELECT q.buyer_id, {MONTH} AS month, sector, q.currency, {CONTEST} AS contest,
                   coalesce(sum(q.sign * q.amount) FILTER (WHERE {PRICED}), 0) AS amount,
                   coalesce(sum(q.sign) FILTER (WHERE {PRICED}), 0) AS priced, sum(q.sign) AS purchases
            FROM {{moved}} q CROSS JOIN LATERAL {SECTORS} AS s (sector)
            WHERE q.buyer_id IS NOT NULL
            GROUP BY 1, 2, 3, 4, 5
        ) moved CROSS JOIN LATERAL (
            -- One more than there came tells that there were others.
            SELECT count(*) AS priced FROM (
                -- By the index of contests, whatever the planner knows: it takes few rows for found at once.
                SELECT FROM (SELECT * FROM audits_purchase q WHERE {CONTEST} = moved.contest OFFSET 0) q
                WHERE q.buyer_id = moved.buyer_id AND q.currency = moved.currency AND {MONTH} = moved.month
                    AND {PRICED} AND (moved.sector = '{EVERYTHING}' OR moved.sector = ANY(q.sectors))
                LIMIT greatest(moved.priced, 0) + 1
            ) of_contest
        ) known
        GROUP BY 1, 2, 3, 4
        ORDER BY 1, 2, 3, 4
        ON CONFLICT (buyer_id, month, sector, currency) DO UPDATE SET
            amount = held.amount + EXCLUDED.amount, contests = held.contests + EXCLUDED.contests,
            purchases = held.purchases + EXCLUDED.purchases
    $sums$;
    {{end}}
    RETURN NULL;
"""  # noqa: S608  -- expressions of ours
_COLUMNS = "process_id, buyer_id, date, amount, currency, contest, sectors"
_ADDED = f"SELECT {_COLUMNS}, 1 AS sign FROM added"  # noqa: S608  -- columns of ours
_REMOVED = f"SELECT {_COLUMNS}, -1 AS sign FROM removed"  # noqa: S608  -- columns of ours
_FORGET = """
    DELETE FROM audits_monthlyspend WHERE purchases = 0 AND buyer_id IN (SELECT buyer_id FROM removed);
"""


def adds_up_months() -> list[pgtrigger.Trigger]:
    """Return the triggers that add changes of purchases to these sums: one statement for all of its rows."""
    return [
        _adds_up("adds_up_added", pgtrigger.Insert, _ADDED, new="added"),
        _adds_up("adds_up_removed", pgtrigger.Delete, _REMOVED, old="removed"),
        _adds_up("adds_up_changed", pgtrigger.Update, f"{_ADDED} UNION ALL {_REMOVED}", new="added", old="removed"),
    ]


def _adds_up(name: str, operation: pgtrigger.Operation, moved: str, **tables: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**tables),
        func=_ADD_UP.format(moved=f"({moved})", end=_FORGET if "old" in tables else ""),
    )
