"""Keeps an older version of Veedor from migrating the database of a newer one."""

from typing import Any

from django.apps import AppConfig
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader


def refuse_newer(sender: AppConfig, using: str, **_options: Any) -> None:
    """Receiver of ``pre_migrate``; raise CommandError if the database has later migrations of an app than the disk."""
    loader = MigrationLoader(connections[using])
    newest = max(name for app, name in loader.disk_migrations if app == sender.label)
    # Names of earlier ones may be gone from the disk, once others stand for them.
    if newer := sorted(name for app, name in loader.applied_migrations if app == sender.label and name > newest):
        raise CommandError(
            f"The database was migrated by a newer version of Veedor ({sender.label}: {', '.join(newer)}). Start that "
            "one, or restore the backup that was made before the upgrade."
        )
