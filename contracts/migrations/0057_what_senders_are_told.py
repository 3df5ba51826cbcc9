"""What a person says of a decision to who sent the claim; part of the chain where there is something."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0055_taken_back_by_the_day"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="claimdecision",
            name="append",
        ),
        migrations.AddField(
            model_name="claimdecision",
            name="told",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claimdecision",
            trigger=pgtrigger.compiler.Trigger(
                name="append",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE previous RECORD;",
                    func="\n    PERFORM pg_advisory_xact_lock(hashtextextended('contracts_claimdecision', 0));\n    SELECT number, chain INTO previous FROM contracts_claimdecision ORDER BY number DESC LIMIT 1;\n    NEW.number := coalesce(previous.number, 0) + 1;\n    NEW.decided_at := CASE WHEN NEW.decided_by_id IS NULL AND NEW.kind = 'rejected' THEN date_trunc('day', clock_timestamp(), 'UTC') ELSE clock_timestamp() END;\n    NEW.chain := (SELECT decision_chain(coalesce(previous.chain, ''), ARRAY[number::text, claim_id::text, kind, to_jsonb(members)::text, to_jsonb(releases)::text, CASE told WHEN '' THEN reason ELSE to_jsonb(ARRAY[reason, told])::text END, decided_by_id::text, extract(epoch FROM decided_at)::text]) FROM (SELECT NEW.*) AS entry);\n    RETURN NEW;\n",
                    hash="b5d022acaf5db019ae928d854602992a2b6a4f48",
                    operation="INSERT",
                    pgid="pgtrigger_append_07c0c",
                    table="contracts_claimdecision",
                    when="BEFORE",
                ),
            ),
        ),
    ]
