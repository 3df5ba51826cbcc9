"""When a confirmed question ceased to be confirmed: corrections are listed by it."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0093_summaries"),
    ]

    operations = [
        migrations.AddField(
            model_name="flag",
            name="taken_back_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="flag",
            trigger=pgtrigger.compiler.Trigger(
                name="is_taken_back",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.decision IS DISTINCT FROM NEW.decision AND 'confirmed' IN (OLD.decision, NEW.decision))",
                    func="NEW.taken_back_at := CASE WHEN NEW.decision = 'confirmed' THEN NULL ELSE clock_timestamp() END; RETURN NEW;",
                    hash="b0e21cbfc69924cb801c8d18136c14e7998833a8",
                    operation="UPDATE",
                    pgid="pgtrigger_is_taken_back_9ecb9",
                    table="audits_flag",
                    when="BEFORE",
                ),
            ),
        ),
    ]
