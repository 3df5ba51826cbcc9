"""The indexes of words know the window of keys that a row is in: of very many rows the newest are read, and no others."""

from importlib import import_module

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import BtreeGinExtension, RemoveIndexConcurrently
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models
from django.db.migrations.operations.base import Operation
from django.db.models.functions import Left

from contracts.postgres.indexes import AddIndexConcurrently

search = import_module("contracts.migrations.0005_search")

WINDOW = models.Func(models.F("id"), output_field=models.BigIntegerField(), template="(%(expressions)s / 2048)")


def with_windows(model: str, function: str, columns: list[str], *, replaced: str) -> list[Operation]:
    """Return what builds the index of words that knows windows, and drops the one it replaces."""
    words = models.Func(*map(models.F, columns), function=function, output_field=SearchVectorField())
    return [
        AddIndexConcurrently(model, GinIndex(words, WINDOW, name=f"{replaced}_newest")),
        RemoveIndexConcurrently(model, replaced),
    ]


class Migration(migrations.Migration):
    # The version before goes on working, and searching, while they are built.
    atomic = False

    dependencies = [("contracts", "0035_proofs")]

    operations = [
        BtreeGinExtension(),
        *(
            operation
            for model, (function, columns) in search.INDEXED.items()
            for operation in with_windows(model, function, columns, replaced=function)
        ),
        AddIndexConcurrently(
            "organization", models.Index(Left("name", 100), models.F("id"), name="organization_name")
        ),
    ]
