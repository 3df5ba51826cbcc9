"""What a buyer may buy so that figures stay as they are: in which currency, and up to how many purchases."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audits", "0069_failures_by_day")]

    operations = [
        migrations.AddField(
            model_name="audit", name="settled", field=models.JSONField(blank=True, db_default={}, default=dict)
        ),
        # The version before writes it, and takes what this one writes for unsettled; a later migration drops it.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="audit", name="settled_in")],
        ),
    ]
