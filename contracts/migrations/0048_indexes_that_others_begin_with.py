"""
Foreign keys whose column another index begins with need no index of their own.

``AlterField`` alone would drop the foreign key and validate it again under a lock that stops readers, and takes a unique
constraint with a condition on the same column for the index of the field.
"""

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


def drop_own_index(model: str, name: str, field: models.Field, *, index: str, on: str) -> Operation:
    """
    Return what drops the index that a field had by itself; others go on reading and writing meanwhile.

    :param field: as it is from now on
    :param index: as Django named it
    :param on: table and column that it is built on again, on the way back
    """
    dropped = f"DROP INDEX CONCURRENTLY IF EXISTS {index}"
    # The first of the way back: what an attempt that was broken off has left.
    return migrations.SeparateDatabaseAndState(
        [migrations.RunSQL(dropped, [dropped, f"CREATE INDEX CONCURRENTLY {index} ON {on}"])],
        [migrations.AlterField(model, name, field)],
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("contracts", "0047_kinds_of_suppliers")]

    operations = [
        drop_own_index(
            "contractingprocess",
            "buyer",
            models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=models.PROTECT,
                related_name="bought_processes",
                to="contracts.organization",
            ),
            index="contracts_contractingprocess_buyer_id_b2db45c6",
            on="contracts_contractingprocess (buyer_id)",
        ),
    ]
