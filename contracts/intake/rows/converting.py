"""Convert stored amounts again: after an upgrade, and when the exchange rates have changed."""

import json
from typing import Any

from django.db import connection, transaction

from contracts.models import Contract, ContractingProcess
from contracts.ocds.codelists.exchange import rates
from contracts.postgres.querying import execute
from contracts.postgres.slices import slices

# Number of rows per transaction.
SLICE_ROWS = 20_000

# The day for a row's rate, as in ``contracts.intake.rows.process_rows``.
_DAYS = {Contract: "date", ContractingProcess: "coalesce(signed_on, awarded_on, (date AT TIME ZONE 'UTC')::date)"}
# ``contracts.ocds.codelists.exchange.in_dollars`` in SQL: %(rates)s is currency → period → units a dollar.
_CONVERT = """
    UPDATE {table} AS kept SET amount_usd = due.dollars, rate_period = due.period
    FROM (
        SELECT id, period, round(amount / (known ->> period)::numeric, 2) AS dollars
        FROM (
            SELECT id, amount, known, coalesce(
                CASE WHEN amount IS NOT NULL THEN
                    CASE WHEN known ? to_char(day, 'YYYY-MM') THEN to_char(day, 'YYYY-MM')
                         WHEN known ? to_char(day, 'YYYY') THEN to_char(day, 'YYYY') END
                END, '') AS period
            FROM (
                SELECT id, amount, %(rates)s::jsonb -> currency AS known, {day} AS day
                FROM {table} WHERE id BETWEEN %(first)s AND %(last)s
            ) AS dated
        ) AS told
    ) AS due
    WHERE kept.id = due.id AND (kept.amount_usd, kept.rate_period) IS DISTINCT FROM (due.dollars, due.period)
"""


def convert_stored() -> int:
    """Convert stored amounts whose conversion has changed; return the number of rows written."""
    table = {
        currency: {period: str(rate.per_usd) for period, rate in known.items()} for currency, known in rates().items()
    }
    return sum(_convert(model, json.dumps(table)) for model in _DAYS)


def _convert(model: type[Any], table: str) -> int:
    name = connection.ops.quote_name(model._meta.db_table)
    statement = _CONVERT.format(table=name, day=_DAYS[model])
    written = 0
    for first, last in slices(connection, name, SLICE_ROWS):
        with transaction.atomic():
            written += execute(statement, {"rates": table, "first": first, "last": last})
    return written
