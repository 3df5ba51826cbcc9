from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0039_same_body_indexes")]

    operations = [
        migrations.AddField(
            "contract",
            "supplier_roles",
            ArrayField(base_field=models.TextField(), db_default=[], default=list, size=None),
        ),
        migrations.AddField(
            "party",
            "member_of",
            ArrayField(base_field=models.BigIntegerField(), blank=True, db_default=[], default=list, size=None),
        ),
    ]
