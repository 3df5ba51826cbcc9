"""What everybody sees of the numbers of natural persons has a column; the next migration fills it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0072_financiers")]

    operations = [
        migrations.AddField("organization", "masked", models.TextField(blank=True, db_default="", default="")),
    ]
