from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently


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
        *_orders("contract", "contract_dollars"),
        *_orders("contractingprocess", "process_dollars"),
    ]
