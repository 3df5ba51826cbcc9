"""
Words of items, lots, awards and contracts find a process: brands and models seldom stand in its title.

Records that are there have none until they are compiled again; until then they are found as before.
"""

from importlib import import_module

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

from contracts.postgres.indexes import AddIndexConcurrently

windows = import_module("contracts.migrations.0036_search_windows")
statistics = import_module("contracts.migrations.0060_words_without_statistics")

COLUMNS = ("language", "title", "description", "ocid", "buyer_name", "supplier_names", "items")
WORDS = models.Func(*map(models.F, COLUMNS), function="process_words", output_field=SearchVectorField())


class Migration(migrations.Migration):
    # The version before goes on working, and searching, while the index is built.
    atomic = False

    dependencies = [("contracts", "0075_texts_of_items")]

    operations = [
        AddIndexConcurrently("contractingprocess", GinIndex(WORDS, windows.WINDOW, name="process_words_and_items")),
        statistics.without_statistics("process_words_and_items"),
        RemoveIndexConcurrently("contractingprocess", "process_words_newest"),
    ]
