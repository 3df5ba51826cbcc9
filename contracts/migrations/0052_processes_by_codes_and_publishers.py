"""
Several codes of processes together, and the figures of publishers, are read from indexes.

PostgreSQL takes codes for independent of each other: of a method that another country alone uses it expected half of
all, and looked for fifty among all. Statistics tell it which codes are found together.
"""

from importlib import import_module

from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently

drop_own_index = import_module("contracts.migrations.0048_indexes_that_others_begin_with").drop_own_index


def together(name: str, columns: str, table: str) -> migrations.RunSQL:
    """Return what has ANALYZE count values of several columns together."""
    dropped = f"DROP STATISTICS IF EXISTS {name}"
    return migrations.RunSQL([dropped, f"CREATE STATISTICS {name} (mcv) ON {columns} FROM {table}"], dropped)


class Migration(migrations.Migration):
    # The version before goes on working while indexes are built.
    atomic = False

    dependencies = [("contracts", "0051_changes_told_at_once")]

    operations = [
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(
                fields=["country", "procurement_method", "category", "currency", "status"], name="process_codes"
            ),
        ),
        AddIndexConcurrently(
            model_name="contractingprocess",
            index=models.Index(
                fields=["publisher", "date"], include=["verification", "compiled_at"], name="process_publisher"
            ),
        ),
        drop_own_index(
            "contractingprocess",
            "publisher",
            models.ForeignKey(
                blank=True, db_index=False, null=True, on_delete=models.PROTECT, to="contracts.publisher"
            ),
            index="contracts_contractingprocess_publisher_id_a1a0f6ee",
            on="contracts_contractingprocess (publisher_id)",
        ),
        together(
            "process_codes_together",
            "country, procurement_method, category, currency, status, publisher_id",
            "contracts_contractingprocess",
        ),
        together("contract_codes_together", "status, currency, basis, date_basis", "contracts_contract"),
    ]
