"""The index of passages knows the window of keys that a flag is in."""

from importlib import import_module

from django.db import migrations

windows = import_module("contracts.migrations.0036_search_windows")


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("audits", "0048_exports"), ("contracts", "0036_search_windows")]

    operations = windows.with_windows("flag", "evidence_words", ["evidence"], replaced="flag_passages")
