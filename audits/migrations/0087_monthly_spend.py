"""What buyers spend by month, added up from here on; the next migration adds what there was."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# Whoever writes purchases adds them up from here on, also a role that is not the owner and gets its rights afterwards.
LET_WRITERS_ADD_UP = """
    DO $$
    DECLARE writer text;
    BEGIN
        FOR writer IN
            SELECT grantee FROM information_schema.role_table_grants
            WHERE table_schema = current_schema() AND table_name = 'audits_purchase' AND privilege_type = 'INSERT'
                AND grantee <> 'PUBLIC'
        LOOP
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON audits_monthlyspend TO %I', writer);
        END LOOP;
    END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0086_contests_of_purchases"),
    ]

    operations = [
        migrations.CreateModel(
            name="MonthlySpend",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                (
                    "buyer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="contracts.organization",
                    ),
                ),
                ("month", models.IntegerField()),
                ("sector", models.TextField(blank=True)),
                ("currency", models.CharField(blank=True, default="", max_length=16)),
                ("amount", models.DecimalField(decimal_places=10, max_digits=50)),
                ("contests", models.BigIntegerField()),
                ("purchases", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "spend of a month",
                "verbose_name_plural": "spend by month",
                "constraints": [
                    models.UniqueConstraint(fields=["buyer", "month", "sector", "currency"], name="monthly_spend_once")
                ],
            },
        ),
        migrations.RunSQL(LET_WRITERS_ADD_UP, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="purchase",
            trigger=pgtrigger.compiler.Trigger(
                name="adds_up_added",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM FROM audits_peergroup WHERE buyer_id IN (SELECT buyer_id FROM (SELECT process_id, buyer_id, date, amount, currency, contest, sectors, 1 AS sign FROM added) q)\n    ORDER BY buyer_id FOR NO KEY UPDATE;\n    EXECUTE $sums$\n        INSERT INTO audits_monthlyspend AS held (buyer_id, month, sector, currency, amount, contests, purchases)\n        SELECT buyer_id, month, sector, currency, sum(amount),\n               sum((known.priced > 0)::int - (known.priced > moved.priced)::int), sum(purchases)\n        FROM (\n            SELECT q.buyer_id, ((extract(year FROM q.date AT TIME ZONE 'UTC') * 12 + extract(month FROM q.date AT TIME ZONE 'UTC'))::int - 1) AS month, sector, q.currency, coalesce(nullif(q.contest, ''), q.process_id::text) AS contest,\n                   coalesce(sum(q.sign * q.amount) FILTER (WHERE q.amount > 0 AND q.currency <> ''), 0) AS amount,\n                   coalesce(sum(q.sign) FILTER (WHERE q.amount > 0 AND q.currency <> ''), 0) AS priced, sum(q.sign) AS purchases\n            FROM (SELECT process_id, buyer_id, date, amount, currency, contest, sectors, 1 AS sign FROM added) q CROSS JOIN LATERAL unnest(array_append(q.sectors, '')) AS s (sector)\n            WHERE q.buyer_id IS NOT NULL\n            GROUP BY 1, 2, 3, 4, 5\n        ) moved CROSS JOIN LATERAL (\n            -- One more than there came tells that there were others.\n            SELECT count(*) AS priced FROM (\n                -- By the index of contests, whatever the planner knows: it takes few rows for found at once.\n                SELECT FROM (SELECT * FROM audits_purchase q WHERE coalesce(nullif(q.contest, ''), q.process_id::text) = moved.contest OFFSET 0) q\n                WHERE q.buyer_id = moved.buyer_id AND q.currency = moved.currency AND ((extract(year FROM q.date AT TIME ZONE 'UTC') * 12 + extract(month FROM q.date AT TIME ZONE 'UTC'))::int - 1) = moved.month\n                    AND q.amount > 0 AND q.currency <> '' AND (moved.sector = '' OR moved.sector = ANY(q.sectors))\n                LIMIT greatest(moved.priced, 0) + 1\n            ) of_contest\n        ) known\n        GROUP BY 1, 2, 3, 4\n        ORDER BY 1, 2, 3, 4\n        ON CONFLICT (buyer_id, month, sector, currency) DO UPDATE SET\n            amount = held.amount + EXCLUDED.amount, contests = held.contests + EXCLUDED.contests,\n            purchases = held.purchases + EXCLUDED.purchases\n    $sums$;\n    \n    RETURN NULL;\n",
                    hash="f6c33315c52f12c6499a5fa71a781e58cf7e9c7c",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_adds_up_added_e1db4",
                    referencing="REFERENCING NEW TABLE AS added ",
                    table="audits_purchase",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="purchase",
            trigger=pgtrigger.compiler.Trigger(
                name="adds_up_removed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM FROM audits_peergroup WHERE buyer_id IN (SELECT buyer_id FROM (SELECT process_id, buyer_id, date, amount, currency, contest, sectors, -1 AS sign FROM removed) q)\n    ORDER BY buyer_id FOR NO KEY UPDATE;\n    EXECUTE $sums$\n        INSERT INTO audits_monthlyspend AS held (buyer_id, month, sector, currency, amount, contests, purchases)\n        SELECT buyer_id, month, sector, currency, sum(amount),\n               sum((known.priced > 0)::int - (known.priced > moved.priced)::int), sum(purchases)\n        FROM (\n            SELECT q.buyer_id, ((extract(year FROM q.date AT TIME ZONE 'UTC') * 12 + extract(month FROM q.date AT TIME ZONE 'UTC'))::int - 1) AS month, sector, q.currency, coalesce(nullif(q.contest, ''), q.process_id::text) AS contest,\n                   coalesce(sum(q.sign * q.amount) FILTER (WHERE q.amount > 0 AND q.currency <> ''), 0) AS amount,\n                   coalesce(sum(q.sign) FILTER (WHERE q.amount > 0 AND q.currency <> ''), 0) AS priced, sum(q.sign) AS purchases\n            FROM (SELECT process_id, buyer_id, date, amount, currency, contest, sectors, -1 AS sign FROM removed) q CROSS JOIN LATERAL unnest(array_append(q.sectors, '')) AS s (sector)\n            WHERE q.buyer_id IS NOT NULL\n            GROUP BY 1, 2, 3, 4, 5\n        ) moved CROSS JOIN LATERAL (\n            -- One more than there came tells that there were others.\n            SELECT count(*) AS priced FROM (\n                -- By the index of contests, whatever the planner knows: it takes few rows for found at once.\n                SELECT FROM (SELECT * FROM audits_purchase q WHERE coalesce(nullif(q.contest, ''), q.process_id::text) = moved.contest OFFSET 0) q\n                WHERE q.buyer_id = moved.buyer_id AND q.currency = moved.currency AND ((extract(year FROM q.date AT TIME ZONE 'UTC') * 12 + extract(month FROM q.date AT TIME ZONE 'UTC'))::int - 1) = moved.month\n                    AND q.amount > 0 AND q.currency <> '' AND (moved.sector = '' OR moved.sector = ANY(q.sectors))\n                LIMIT greatest(moved.priced, 0) + 1\n            ) of_contest\n        ) known\n        GROUP BY 1, 2, 3, 4\n        ORDER BY 1, 2, 3, 4\n        ON CONFLICT (buyer_id, month, sector, currency) DO UPDATE SET\n            amount = held.amount + EXCLUDED.amount, contests = held.contests + EXCLUDED.contests,\n            purchases = held.purchases + EXCLUDED.purchases\n    $sums$;\n    \n    DELETE FROM audits_monthlyspend WHERE purchases = 0 AND buyer_id IN (SELECT buyer_id FROM removed);\n\n    RETURN NULL;\n",
                    hash="c32e9234f494b3762b868fc38481767b5e0d4065",
                    level="STATEMENT",
                    operation="DELETE",
                    pgid="pgtrigger_adds_up_removed_a86e0",
                    referencing="REFERENCING OLD TABLE AS removed ",
                    table="audits_purchase",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="purchase",
            trigger=pgtrigger.compiler.Trigger(
                name="adds_up_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    PERFORM FROM audits_peergroup WHERE buyer_id IN (SELECT buyer_id FROM (SELECT process_id, buyer_id, date, amount, currency, contest, sectors, 1 AS sign FROM added UNION ALL SELECT process_id, buyer_id, date, amount, currency, contest, sectors, -1 AS sign FROM removed) q)\n    ORDER BY buyer_id FOR NO KEY UPDATE;\n    EXECUTE $sums$\n        INSERT INTO audits_monthlyspend AS held (buyer_id, month, sector, currency, amount, contests, purchases)\n        SELECT buyer_id, month, sector, currency, sum(amount),\n               sum((known.priced > 0)::int - (known.priced > moved.priced)::int), sum(purchases)\n        FROM (\n            SELECT q.buyer_id, ((extract(year FROM q.date AT TIME ZONE 'UTC') * 12 + extract(month FROM q.date AT TIME ZONE 'UTC'))::int - 1) AS month, sector, q.currency, coalesce(nullif(q.contest, ''), q.process_id::text) AS contest,\n                   coalesce(sum(q.sign * q.amount) FILTER (WHERE q.amount > 0 AND q.currency <> ''), 0) AS amount,\n                   coalesce(sum(q.sign) FILTER (WHERE q.amount > 0 AND q.currency <> ''), 0) AS priced, sum(q.sign) AS purchases\n            FROM (SELECT process_id, buyer_id, date, amount, currency, contest, sectors, 1 AS sign FROM added UNION ALL SELECT process_id, buyer_id, date, amount, currency, contest, sectors, -1 AS sign FROM removed) q CROSS JOIN LATERAL unnest(array_append(q.sectors, '')) AS s (sector)\n            WHERE q.buyer_id IS NOT NULL\n            GROUP BY 1, 2, 3, 4, 5\n        ) moved CROSS JOIN LATERAL (\n            -- One more than there came tells that there were others.\n            SELECT count(*) AS priced FROM (\n                -- By the index of contests, whatever the planner knows: it takes few rows for found at once.\n                SELECT FROM (SELECT * FROM audits_purchase q WHERE coalesce(nullif(q.contest, ''), q.process_id::text) = moved.contest OFFSET 0) q\n                WHERE q.buyer_id = moved.buyer_id AND q.currency = moved.currency AND ((extract(year FROM q.date AT TIME ZONE 'UTC') * 12 + extract(month FROM q.date AT TIME ZONE 'UTC'))::int - 1) = moved.month\n                    AND q.amount > 0 AND q.currency <> '' AND (moved.sector = '' OR moved.sector = ANY(q.sectors))\n                LIMIT greatest(moved.priced, 0) + 1\n            ) of_contest\n        ) known\n        GROUP BY 1, 2, 3, 4\n        ORDER BY 1, 2, 3, 4\n        ON CONFLICT (buyer_id, month, sector, currency) DO UPDATE SET\n            amount = held.amount + EXCLUDED.amount, contests = held.contests + EXCLUDED.contests,\n            purchases = held.purchases + EXCLUDED.purchases\n    $sums$;\n    \n    DELETE FROM audits_monthlyspend WHERE purchases = 0 AND buyer_id IN (SELECT buyer_id FROM removed);\n\n    RETURN NULL;\n",
                    hash="da48aa5b7ff571ed6e1f572350eaea8c7300df82",
                    level="STATEMENT",
                    operation="UPDATE",
                    pgid="pgtrigger_adds_up_changed_e2a9f",
                    referencing="REFERENCING OLD TABLE AS removed  NEW TABLE AS added ",
                    table="audits_purchase",
                    when="AFTER",
                ),
            ),
        ),
    ]
