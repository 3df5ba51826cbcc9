import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audits", "0003_cohort"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="audit",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("is_current", True)),
                fields=["sectors"],
                name="audit_sectors",
                opclasses=["jsonb_path_ops"],
            ),
        ),
    ]
