from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The version before goes on working while it is built.
    atomic = False

    dependencies = [("audits", "0039_flag_notes")]

    operations = [
        # what an attempt that was broken off has left
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS flag_cause_decided", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="flag",
            index=models.Index(condition=~models.Q(decision=""), fields=["cause"], name="flag_cause_decided"),
        ),
    ]
