"""A database as an earlier version made it."""

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import StateApps


def begin_at(*targets: tuple[str, str]) -> None:
    """Empty the database of the tests and migrate it to these migrations; the command ``migrate`` brings it back."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    ContentType.objects.clear_cache()
    executor = _executor()
    executor.migrate([(app, executor.loader.get_migration_by_prefix(app, number).name) for app, number in targets])


def go_to(app: str, number: str) -> StateApps:
    """Migrate an app to a version, and what it needs of others; return the models of that version."""
    executor = _executor()
    target = [(app, executor.loader.get_migration_by_prefix(app, number).name)]
    executor.migrate(target)
    return executor.loader.project_state(target).apps


def _executor() -> MigrationExecutor:
    executor = MigrationExecutor(connection)
    # Those that stand for others would be taken, and know nothing of what is between.
    executor.loader.replace_migrations = False
    executor.loader.build_graph()
    return executor
