"""A database as an earlier version made it."""

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


def begin_at(*targets: tuple[str, str]) -> None:
    """Empty the database of the tests and migrate it to these migrations; the command ``migrate`` brings it back."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    ContentType.objects.clear_cache()
    executor = MigrationExecutor(connection)
    # Those that stand for others would be taken, and know nothing of what is between.
    executor.loader.replace_migrations = False
    executor.loader.build_graph()
    executor.migrate([(app, executor.loader.get_migration_by_prefix(app, number).name) for app, number in targets])
