from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    # The version before goes on working while it is built.
    atomic = False

    dependencies = [("audits", "0039_flag_notes")]

    operations = [
        AddIndexConcurrently(
            model_name="flag",
            index=models.Index(condition=~models.Q(decision=""), fields=["cause"], name="flag_cause_decided"),
        ),
    ]
