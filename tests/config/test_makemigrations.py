"""`manage.py makemigrations` writes changes of the database only, not of names and texts."""

import re
from pathlib import Path

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.state import ModelState, ProjectState

from config.management.commands.makemigrations import SchemaAutodetector

ROOT = Path(__file__).parents[2]


def _state(field):
    state = ProjectState()
    state.add_model(ModelState("contracts", "Sheet", [("id", models.AutoField(primary_key=True)), ("kind", field)]))
    return state


def test_a_trigger_that_writes_other_columns_needs_a_migration():
    def state(condition):
        found = ProjectState()
        trigger = pgtrigger.Protect(name="kept", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__id=condition))
        fields = [("id", models.AutoField(primary_key=True))]
        found.add_model(ModelState("contracts", "Sheet", fields, {"triggers": [trigger]}))
        return found

    graph = MigrationGraph()
    graph.add_node(("contracts", "0001_initial"), None)
    changes = SchemaAutodetector(state(1), state(2)).changes(graph)
    assert "AddTrigger" in {type(entry).__name__ for entry in changes["contracts"][0].operations}


def _operations(earlier, later):
    graph = MigrationGraph()
    graph.add_node(("contracts", "0001_initial"), None)
    changes = SchemaAutodetector(_state(earlier), _state(later)).changes(graph)
    return [operation for found in changes.values() for migration in found for operation in migration.operations]


def test_what_a_field_is_called_on_pages_needs_no_migration():
    earlier = models.CharField("kind", max_length=10, choices=[("a", "one")])
    renamed = models.CharField("sort", max_length=10, choices=[("a", "one"), ("b", "two")], help_text="Which.")
    assert _operations(earlier, renamed) == []

    (altered,) = _operations(earlier, models.CharField("sort", max_length=20, choices=[("a", "one")]))
    assert altered.field.deconstruct()[3] == {"max_length": 20}


def test_the_fields_within_a_field_are_written_without_what_they_are_called():
    named = ArrayField(models.CharField("one", max_length=10), verbose_name="all")
    assert _operations(named, ArrayField(models.CharField(max_length=10, choices=[("a", "one")]))) == []


def test_no_migration_holds_what_fields_are_called():
    for path in ROOT.glob("*/migrations/*.py"):
        assert not re.findall(r"\b(?:choices|help_text|verbose_name)=", path.read_text(encoding="utf-8")), path
