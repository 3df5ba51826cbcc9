"""ANALYZE works out no words of passages."""

from importlib import import_module

from django.db import migrations

words = import_module("contracts.migrations.0060_words_without_statistics")


class Migration(migrations.Migration):
    dependencies = [("audits", "0079_words_by_country"), ("contracts", "0060_words_without_statistics")]

    operations = [words.without_statistics("flag_words_newest")]
