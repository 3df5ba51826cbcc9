"""Migrations that stand for many: the same models after them (that tables are the same, tests/upgrade asks)."""

from itertools import pairwise

import pytest
from django.db.migrations import AddField, AddIndex, CreateModel
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import BigAutoField, ForeignKey, Index, TextField, deletion

from contracts.postgres.squashing import Together, migrations_until, operations_of, tables_and_triggers

SQUASHED = {
    "contracts": "0001_squashed_0048_indexes_that_others_begin_with",
    "audits": "0001_squashed_0062_place_in_queue",
}


def described(state):
    """Return what a state says of each model; fields within fields are compared by what they are, not which."""
    return {
        key: (
            [(name, *as_told(field)) for name, field in model.fields.items()],
            model.options | {"indexes": [index.deconstruct() for index in model.options["indexes"]]},
            model.bases,
        )
        for key, model in state.models.items()
    }


def as_told(field):
    _name, path, arguments, options = field.deconstruct()
    if "base_field" in options:
        options["base_field"] = as_told(options["base_field"])
    return path, arguments, options


def test_the_models_of_a_database_made_at_once_are_those_of_one_that_was_migrated():
    at_once, one_by_one = (MigrationLoader(None, replace_migrations=which) for which in (True, False))
    for app, name in SQUASHED.items():
        assert (app, name) in at_once.graph.nodes
        assert not {(app, "0002_lz4"), (app, "0002_flag_queue")} & at_once.graph.nodes.keys()
    assert described(at_once.project_state()) == described(one_by_one.project_state())


@pytest.mark.parametrize("app", SQUASHED)
def test_all_migrations_until_the_last_are_replaced_and_no_later_one(app):
    name = SQUASHED[app]
    last = name.removeprefix("0001_squashed_")
    replaced = migrations_until(app, last)
    migrations = MigrationLoader(None).disk_migrations
    assert (replaced[0], replaced[-1]) == ((app, "0001_initial"), (app, last))
    for before, migration in pairwise(replaced):
        assert before in migrations[migration].dependencies
    assert migrations[app, name].replaces == replaced


def test_tables_precede_their_triggers_and_columns_keep_the_order_of_their_migrations():
    tables, triggers = tables_and_triggers(migrations_until("audits", "0062_place_in_queue"))
    assert {type(operation) for operation in tables.operations} == {CreateModel}
    (flag,) = (table for table in tables.operations if table.name == "Flag")
    names = [name for name, _field in flag.fields]
    assert names.index("fingerprint") < names.index("country") < names.index("decision") < names.index("cause")
    assert "triggers" not in flag.options
    of_flags = {operation.trigger.name for operation in triggers.operations if operation.model_name == "flag"}
    assert "place_in_queue" in of_flags
    assert not of_flags & {"cause", "priority"}  # gone since 0062
    assert operations_of("audits", "0062_place_in_queue")[0].name == "cause"


def test_models_are_rendered_once_with_all_that_changes(monkeypatch):
    rendered = []
    render = ProjectState.apps.func

    def count(state):
        rendered.append(state)
        return render(state)

    monkeypatch.setattr(ProjectState.apps, "func", count)
    key = ("id", BigAutoField(primary_key=True))
    book = CreateModel("Book", [key, ("title", TextField())])
    page = CreateModel("Page", [key, ("book", ForeignKey("tests.Book", deletion.CASCADE))])
    state = ProjectState()
    assert state.apps  # rendered before, as a migration finds it
    together = Together(
        book, page, AddField("book", "note", TextField()), AddIndex("page", Index("id", name="page_id"))
    )
    together.state_forwards("tests", state)
    assert len(rendered) == 1
    assert [field.name for field in state.apps.get_model("tests.book")._meta.fields] == ["id", "title", "note"]
    assert state.apps.get_model("tests.page")._meta.get_field("book").related_model.__name__ == "Book"
    assert len(rendered) == 2
