from typing import Any

from django.db import migrations, transaction

from contracts.postgres.slices import slices

_BUYERS = 500
_CONTEST = "coalesce(nullif(q.contest, ''), q.process_id::text)"
_DATE = "q.date AT TIME ZONE 'UTC'"
_PRICED = "q.amount > 0 AND q.currency <> ''"
_FILL = f"""
    INSERT INTO audits_monthlyspend (buyer_id, month, sector, currency, amount, contests, purchases)
    SELECT q.buyer_id, ((extract(year FROM {_DATE}) * 12 + extract(month FROM {_DATE}))::int - 1), sector, q.currency,
           coalesce(sum(q.amount) FILTER (WHERE {_PRICED}), 0),
           count(DISTINCT ({_CONTEST}) COLLATE "C") FILTER (WHERE {_PRICED}), count(*)
    FROM audits_purchase q CROSS JOIN LATERAL unnest(array_append(q.sectors, '')) AS s (sector)
    WHERE buyer_id BETWEEN %s AND %s
    GROUP BY 1, 2, 3, 4
"""  # noqa: S608  -- expressions of ours


def fill(_apps: Any, editor: Any) -> None:
    """
    Add up the purchases of buyers, so many at a time.

    What is written between two slices, by the version before too, adds itself up; during one it waits. Broken off, it
    starts again from the first buyer.
    """
    connection = editor.connection
    for bounds in slices(connection, "contracts_organization", _BUYERS):
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE audits_purchase IN SHARE ROW EXCLUSIVE MODE")
            cursor.execute("DELETE FROM audits_monthlyspend WHERE buyer_id BETWEEN %s AND %s", bounds)
            cursor.execute(_FILL, bounds)
    with connection.cursor() as cursor:
        # Without statistics, the triggers read the whole table.
        cursor.execute("ANALYZE audits_monthlyspend")


class Migration(migrations.Migration):
    # The version before goes on working while it runs.
    atomic = False

    dependencies = [("audits", "0087_monthly_spend")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
