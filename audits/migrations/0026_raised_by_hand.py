"""Room for what rules withhold and people raise; audits fill it. ``0034`` builds the index while others write."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audits", "0025_review_reason_code")]

    operations = [
        migrations.AddField(
            model_name="audit",
            name="withheld",
            field=ArrayField(base_field=models.CharField(max_length=10), db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            model_name="flag", name="is_raised_by_hand", field=models.BooleanField(db_default=False, default=False)
        ),
    ]
