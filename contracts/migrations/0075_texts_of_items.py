"""The texts of items, lots, awards and contracts have a column, and the words of a process a function with it."""

from importlib import import_module

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models

search = import_module("contracts.migrations.0005_search")

# What is indexed of all parts of a record together, in characters.
MAX_LENGTH = 50_000
PARTS = "array_to_string(items, ' ')"
FUNCTION = search.words_function(
    "process_words",
    "language text, title text, description text, ocid text, buyer_name text, supplier_names text[], items text[]",
    names=["ocid", "array_to_string(supplier_names, ' ')"],
    prose=["title", "description", "buyer_name", PARTS],
    language="language",
).replace(f"left({PARTS}, {search.MAX_LENGTH})", f"left({PARTS}, {MAX_LENGTH})")


class Migration(migrations.Migration):
    dependencies = [("contracts", "0074_mask_numbers")]

    operations = [
        migrations.AddField(
            "contractingprocess",
            "items",
            ArrayField(models.TextField(), db_default=[], default=list),
        ),
        migrations.RunSQL(FUNCTION, "DROP FUNCTION process_words(text, text, text, text, text, text[], text[])"),
    ]
