from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


def _orders(model: str, name: str) -> list[AddIndexConcurrently]:
    down = models.F("amount_usd").desc(nulls_last=True)
    return [
        AddIndexConcurrently(model, models.Index(fields=["amount_usd", "id"], name=f"{name}_up")),
        AddIndexConcurrently(model, models.Index(down, models.F("id").desc(), name=f"{name}_down")),
    ]


class Migration(migrations.Migration):
    # The version before goes on working while they are built.
    atomic = False

    dependencies = [("contracts", "0025_dollars")]

    operations = [
        # what an attempt that was broken off has left
        *(
            migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", migrations.RunSQL.noop)
            for name in ("contract_dollars_up", "contract_dollars_down", "process_dollars_up", "process_dollars_down")
        ),
        *_orders("contract", "contract_dollars"),
        *_orders("contractingprocess", "process_dollars"),
    ]
