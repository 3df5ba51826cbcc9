"""
The result of many migrations, created at once where the database is empty.

Django renders the models of a migration's state anew after each of its operations, all that are related to each other:
for two hundred operations that takes ten times as long as their SQL. Here the operations of the migrations are folded
into one state, without a model rendered, and its tables are made together.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

# In the names of migrations that stand for others.
_SQUASHED = "_squashed_"


class Together(Operation):
    """Operations that need no state between them: the models are rendered once, with what all of them change."""

    def __init__(self, *operations: Operation) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # Without rendered models an operation renders none; the next user of the state renders them once.
        vars(state).pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"{len(self.operations)} operations at once"


def migrations_until(app_label: str, last: str) -> list[tuple[str, str]]:
    """Return app and name of the migrations of an app until `last`, in their order, for ``replaces``."""
    found = iter_modules(import_module(f"{app_label}.migrations").__path__)
    return [
        (app_label, name) for name in sorted(module.name for module in found) if name <= last and _SQUASHED not in name
    ]


def operations_of(app_label: str, name: str) -> list[Operation]:
    return import_module(f"{app_label}.migrations.{name}").Migration.operations


def tables_and_triggers(replaced: list[tuple[str, str]]) -> list[Operation]:
    """
    Return what makes the tables that migrations leave behind, their columns in the same order, and their triggers.

    SQL and Python that migrations run leave no trace in a state: the caller repeats what is still needed of it.

    :param replaced: app and name of all migrations of an app, from the first one on, in their order
    """
    state = ProjectState()
    for app_label, name in replaced:
        for operation in operations_of(app_label, name):
            operation.state_forwards(app_label, state)
    tables, triggers = [], []
    for model in state.models.values():
        options = dict(model.options)
        triggers += [AddTrigger(model.name_lower, trigger) for trigger in options.pop("triggers", [])]
        tables.append(CreateModel(model.name, list(model.fields.items()), options, model.bases, model.managers))
    return [Together(*tables), Together(*triggers)]
