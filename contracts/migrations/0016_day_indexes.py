from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("contracts", "0015_days")]

    operations = [
        AddIndexConcurrently("contract", models.Index(fields=["signed_on"], name="contract_signed_on")),
        AddIndexConcurrently("contract", models.Index(fields=["date"], name="contract_date")),
        RemoveIndexConcurrently("contract", "contract_date_signed"),
    ]
