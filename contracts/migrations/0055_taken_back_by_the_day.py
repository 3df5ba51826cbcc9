"""What is taken back, and erased in nobody's name, has a day and no time."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0054_reading_version_and_basis"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="claimdecision",
            name="append",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="trailentry",
            name="append",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="claimdecision",
            trigger=pgtrigger.compiler.Trigger(
                name="append",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE previous RECORD;",
                    func="\n    PERFORM pg_advisory_xact_lock(hashtextextended('contracts_claimdecision', 0));\n    SELECT number, chain INTO previous FROM contracts_claimdecision ORDER BY number DESC LIMIT 1;\n    NEW.number := coalesce(previous.number, 0) + 1;\n    NEW.decided_at := CASE WHEN NEW.decided_by_id IS NULL AND NEW.kind = 'rejected' THEN date_trunc('day', clock_timestamp(), 'UTC') ELSE clock_timestamp() END;\n    NEW.chain := (SELECT decision_chain(coalesce(previous.chain, ''), ARRAY[number::text, claim_id::text, kind, to_jsonb(members)::text, to_jsonb(releases)::text, reason, decided_by_id::text, extract(epoch FROM decided_at)::text]) FROM (SELECT NEW.*) AS entry);\n    RETURN NEW;\n",
                    hash="afd38774bfa0dc82737f25ea23f559885021ea8c",
                    operation="INSERT",
                    pgid="pgtrigger_append_07c0c",
                    table="contracts_claimdecision",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trailentry",
            trigger=pgtrigger.compiler.Trigger(
                name="append",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.at := CASE WHEN NEW.actor_id IS NULL AND NEW.action IN ('claim_decided', 'submission_erased') THEN date_trunc('day', clock_timestamp(), 'UTC') ELSE clock_timestamp() END; RETURN NEW;",
                    hash="d28feec2de01f06f4d3645728651c4c789782236",
                    operation="INSERT",
                    pgid="pgtrigger_append_7dbeb",
                    table="contracts_trailentry",
                    when="BEFORE",
                ),
            ),
        ),
    ]
