"""Compares the sums by month with the purchases, on a schedule, and corrects them."""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import connection, transaction

from audits.contributions.recording import bump_peer_groups
from audits.models.monthly_spend import CONTEST, MONTH, PRICED, SECTORS
from contracts.postgres.querying import execute, query
from contracts.postgres.slices import slices

logger = logging.getLogger(__name__)

# Number of organizations that are checked together, in the order of their primary keys.
_ORGANIZATIONS = 500
_LONG_AGO = datetime(1900, 1, 1, tzinfo=UTC)
_COLUMNS = "buyer_id, month, sector, currency, amount, contests, purchases"
_SUMS = f"""
    SELECT q.buyer_id, {MONTH} AS month, sector, q.currency,
           coalesce(sum(q.amount) FILTER (WHERE {PRICED}), 0) AS amount,
           count(DISTINCT ({CONTEST}) COLLATE "C") FILTER (WHERE {PRICED}) AS contests, count(*) AS purchases
    FROM audits_purchase q CROSS JOIN LATERAL {SECTORS} AS s (sector)
    WHERE {{buyers}}
    GROUP BY 1, 2, 3, 4
"""  # noqa: S608  -- expressions of ours
_BETWEEN = "buyer_id BETWEEN %(first)s AND %(last)s"
_DIFFERING = f"""
    WITH summed AS ({_SUMS.format(buyers=_BETWEEN)}), held AS (
        SELECT {_COLUMNS} FROM audits_monthlyspend WHERE {_BETWEEN}
    )
    SELECT DISTINCT buyer_id FROM (
        (TABLE summed EXCEPT TABLE held) UNION ALL (TABLE held EXCEPT TABLE summed)
    ) AS differing
    ORDER BY 1
"""  # noqa: S608  -- expressions of ours


def check_sums() -> int:
    """
    Compare all sums by month with the purchases, and correct those that differ; return the number of buyers concerned.
    Their processes are then checked, because figures were computed from the sums.
    """
    differing = [
        buyer
        for first, last in slices(connection, "contracts_organization", _ORGANIZATIONS)
        for (buyer,) in query(_DIFFERING, {"first": first, "last": last})
    ]
    for buyer in differing:
        logger.error("The sums by month of buyer %d differed from its purchases.", buyer)
        with transaction.atomic():
            # From then on nobody writes purchases of this buyer until the sums are written.
            bump_peer_groups({buyer: _LONG_AGO}, [buyer])
            _sum_up([buyer])
    return len(differing)


def _sum_up(buyers: Iterable[int]) -> None:
    values = {"buyers": list(buyers)}
    execute("DELETE FROM audits_monthlyspend WHERE buyer_id = ANY(%(buyers)s)", values)
    execute(
        f"INSERT INTO audits_monthlyspend ({_COLUMNS}) {_SUMS.format(buyers='buyer_id = ANY(%(buyers)s)')}",
        values,
    )
