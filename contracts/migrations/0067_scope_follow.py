"""Tokens may have the scope `follow`: only the choices change."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

SCOPES = [
    ("read", "read"),
    ("submit", "submit records"),
    ("review", "see and review flags"),
    ("follow", "save searches"),
]


class Migration(migrations.Migration):
    dependencies = [("contracts", "0066_processes_by_region")]

    operations = [
        migrations.AlterField(
            model_name="apitoken",
            name="scopes",
            field=ArrayField(
                base_field=models.CharField(choices=SCOPES, max_length=10), size=None, verbose_name="scopes"
            ),
        ),
    ]
