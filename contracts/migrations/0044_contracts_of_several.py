"""Roles other than of a sole supplier are found by an index of the few contracts that have them."""

from importlib import import_module

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

add_index = import_module("contracts.migrations.0036_search_windows").add_index


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("contracts", "0043_contract_number")]

    operations = [
        RemoveIndexConcurrently("contract", "contract_supplier_roles"),
        *add_index(
            "contract",
            models.Index(
                fields=["id"],
                condition=models.Q(("supplier_roles__contained_by", ["sole"]), _negated=True),
                name="contract_of_several",
            ),
        ),
    ]
