"""Everybody sees a mask of the numbers of natural persons, and words find nobody by them."""

from importlib import import_module
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

from contracts.intake.rows.masking import mask_stored
from contracts.postgres.indexes import AddIndexConcurrently

windows = import_module("contracts.migrations.0036_search_windows")
statistics = import_module("contracts.migrations.0060_words_without_statistics")

NUMBER = models.Func(
    models.F("masked"),
    models.F("identifier"),
    template="(CASE %(expressions)s ELSE '' END)",
    arg_joiner=" WHEN '' THEN ",
    output_field=models.TextField(),
)
WORDS = models.Func(
    models.F("name"), models.F("scheme"), NUMBER, function="organization_words", output_field=SearchVectorField()
)


def fill(_apps: Any, editor: Any) -> None:
    """Write the rows of natural persons alone, slice by slice; broken off, it starts again from the first."""
    mask_stored(editor.connection)


class Migration(migrations.Migration):
    # The version before goes on working, and searching, while rows are filled and the index is built.
    atomic = False

    dependencies = [("contracts", "0073_masked_numbers")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        AddIndexConcurrently("organization", GinIndex(WORDS, windows.WINDOW, name="organization_words_public")),
        statistics.without_statistics("organization_words_public"),
        RemoveIndexConcurrently("organization", "organization_words_newest"),
    ]
