"""A database as an earlier version made it."""

from collections.abc import Iterable
from importlib import import_module

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations import RunPython, RunSQL
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps


def begin_at(*targets: tuple[str, str]) -> StateApps:
    """Empty the database of the tests and migrate it to these migrations; the command ``migrate`` brings it back."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    ContentType.objects.clear_cache()
    return go_to(*targets)


def go_to(*targets: tuple[str, str]) -> StateApps:
    """Migrate to these migrations, and what they need of others; return the models of that state."""
    executor = _executor()
    named = _named(executor, targets)
    executor.migrate(named)
    return executor.loader.project_state(named).apps


def fill_again(app: str, name: str) -> None:
    """Run what one migration does to rows on the tables in force: to migrate back and forth takes far longer."""
    migration = import_module(f"{app}.migrations.{name}").Migration
    with connection.schema_editor(atomic=False) as editor:
        for operation in migration.operations:
            if isinstance(operation, RunPython):
                operation.code(apps, editor)
            elif isinstance(operation, RunSQL):
                editor.execute(operation.sql)


def _named(executor: MigrationExecutor, targets: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(app, executor.loader.get_migration_by_prefix(app, number).name) for app, number in targets]


def _executor() -> MigrationExecutor:
    executor = MigrationExecutor(connection)
    # Those that stand for others would be taken, and know nothing of what is between.
    executor.loader.replace_migrations = False
    executor.loader.build_graph()
    return executor
