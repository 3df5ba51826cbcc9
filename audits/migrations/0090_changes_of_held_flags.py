"""Of a flag on a held record, readers of changes are told the day: the minute could tell who sent it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0089_changes_of_severity"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="flag",
            name="tells_changed",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flag",
            trigger=pgtrigger.compiler.Trigger(
                name="tells_changed",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state IS DISTINCT FROM NEW.state OR OLD.decision IS DISTINCT FROM NEW.decision OR OLD.judged_digest IS DISTINCT FROM NEW.judged_digest OR OLD.severity IS DISTINCT FROM NEW.severity)",
                    func="INSERT INTO contracts_change (kind, flag_id, at) VALUES (CASE WHEN NEW.state = 'withdrawn' THEN 'flag_withdrawn' WHEN NEW.state NOT IN ('new', 'changed') THEN 'flag_decided' ELSE 'flag_changed' END, NEW.id, CASE WHEN EXISTS (SELECT FROM contracts_contractingprocess p WHERE p.id = NEW.process_id AND p.verification = 'unverified') THEN date_trunc('day', clock_timestamp(), 'UTC') ELSE clock_timestamp() END); RETURN NULL;",
                    hash="0232fc36587aa307473367fb226e0ac67b3a7e7c",
                    operation="UPDATE",
                    pgid="pgtrigger_tells_changed_b2896",
                    table="audits_flag",
                    when="AFTER",
                ),
            ),
        ),
    ]
