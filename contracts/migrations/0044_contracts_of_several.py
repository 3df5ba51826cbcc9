"""Roles other than of a sole supplier are found by an index of the few contracts that have them."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("contracts", "0043_contract_number")]

    operations = [
        RemoveIndexConcurrently("contract", "contract_supplier_roles"),
        AddIndexConcurrently(
            "contract",
            models.Index(
                fields=["id"],
                condition=models.Q(("supplier_roles__contained_by", ["sole"]), _negated=True),
                name="contract_of_several",
            ),
        ),
    ]
