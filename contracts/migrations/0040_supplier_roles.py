from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

ROLES = [
    ("sole", "only supplier"),
    ("lead", "lead of several"),
    ("member", "one of several"),
    ("consortium", "consortium"),
]


class Migration(migrations.Migration):
    dependencies = [("contracts", "0039_same_body_indexes")]

    operations = [
        migrations.AddField(
            "contract",
            "supplier_roles",
            ArrayField(
                base_field=models.TextField(choices=ROLES),
                db_default=[],
                default=list,
                size=None,
                verbose_name="roles of suppliers",
            ),
        ),
        migrations.AddField(
            "party",
            "member_of",
            ArrayField(
                base_field=models.BigIntegerField(),
                blank=True,
                db_default=[],
                default=list,
                size=None,
                verbose_name="member of",
            ),
        ),
    ]
