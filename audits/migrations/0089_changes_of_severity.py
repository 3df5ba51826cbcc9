"""Readers of changes are told of a flag whose severity alone changed: the trial of its rule began or ended."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0088_fill_monthly_spend"),
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
                    func="INSERT INTO contracts_change (kind, flag_id) VALUES (CASE WHEN NEW.state = 'withdrawn' THEN 'flag_withdrawn' WHEN NEW.state NOT IN ('new', 'changed') THEN 'flag_decided' ELSE 'flag_changed' END, NEW.id); RETURN NULL;",
                    hash="39823f6672d3baadda13fa360919baf999b468e7",
                    operation="UPDATE",
                    pgid="pgtrigger_tells_changed_b2896",
                    table="audits_flag",
                    when="AFTER",
                ),
            ),
        ),
    ]
