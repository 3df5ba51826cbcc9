"""Keeps an older version of Veedor from migrating the database of a newer one, and tells its workers."""

from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.apps import AppConfig
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder


def later_migrations(app: str, using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Return the names of migrations that a newer version made; those of an older one may be gone from the disk."""
    newest = max(module.name for module in iter_modules(import_module(f"{app}.migrations").__path__))
    rows = MigrationRecorder.Migration.objects.using(using).filter(app=app, name__gt=newest)
    return sorted(rows.values_list("name", flat=True))


def refuse_newer(sender: AppConfig, using: str, **_options: Any) -> None:
    """Receiver of ``pre_migrate``; raise CommandError if the database has later migrations of an app than the disk."""
    is_new = not MigrationRecorder(connections[using]).has_table()
    if not is_new and (newer := later_migrations(sender.label, using)):
        raise CommandError(
            f"The database was migrated by a newer version of Veedor ({sender.label}: {', '.join(newer)}). Start that "
            "one, or restore the backup that was made before the upgrade."
        )
