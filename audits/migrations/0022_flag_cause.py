"""Names what identical flags share; the database sets it, whoever writes."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0021_flag_changes"),
        ("contracts", "0018_receipts"),
    ]

    operations = [
        migrations.AddField(model_name="flag", name="cause", field=models.UUIDField(editable=False, null=True)),
        pgtrigger.migrations.AddTrigger(
            model_name="flag",
            trigger=pgtrigger.compiler.Trigger(
                name="cause",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    declare="DECLARE buyer TEXT;",
                    func="\n    SELECT coalesce(process.buyer_id::text, nullif('=' || process.buyer_name, '=')) INTO buyer\n    FROM contracts_contractingprocess process WHERE process.id = NEW.process_id;\n    NEW.cause := CASE WHEN buyer IS NOT NULL THEN md5(jsonb_build_array(\n        NEW.rule, NEW.severity, NEW.sentence, NEW.values - 'places', buyer\n    )::text)::uuid END;\n    RETURN NEW;\n",
                    hash="2013e482259ec267e1edfc6379bc784e5fb25c20",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_cause_30948",
                    table="audits_flag",
                    when="BEFORE",
                ),
            ),
        ),
    ]
