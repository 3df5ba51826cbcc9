"""A reply that is taken back in nobody's name has a day and no time, as what was sent has."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0061_retention_clock"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="trailentry",
            name="append",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="trailentry",
            trigger=pgtrigger.compiler.Trigger(
                name="append",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="NEW.at := CASE WHEN NEW.actor_id IS NULL AND NEW.action IN ('claim_decided', 'reply_erased', 'submission_erased') THEN date_trunc('day', clock_timestamp(), 'UTC') ELSE clock_timestamp() END; RETURN NEW;",
                    hash="7b058318484e2725c40ce4a44b7fd8511b7ff45b",
                    operation="INSERT",
                    pgid="pgtrigger_append_7dbeb",
                    table="contracts_trailentry",
                    when="BEFORE",
                ),
            ),
        ),
    ]
