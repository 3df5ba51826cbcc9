"""
Whether the database has the migrations of this program, and later ones.

An older version neither migrates the database of a newer one nor audits in it; a newer one does nothing in a database
that lacks its migrations, until `manage.py migrate` has run.
"""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.apps import AppConfig, apps
from django.core.management.base import CommandError
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# What mends a database that lacks migrations.
MIGRATE = "python manage.py migrate"
# In the names of migrations that stand for others, which are noted too.
_SQUASHED = "_squashed_"
_APPS = ("contracts", "audits")

# Whether the database had all migrations when this process last asked: while it has, only probes of health ask again.
_is_complete = False


@cache
def _on_disk(app: str) -> tuple[str, ...]:
    """Return the names of the migrations of an app in this version, in order; none where it has no models."""
    module, _is_given = MigrationLoader.migrations_module(app)
    if module is None:
        return ()
    try:
        package = import_module(module)
    except ModuleNotFoundError:
        return ()
    return tuple(
        sorted(found.name for found in iter_modules(getattr(package, "__path__", ())) if found.name[0] not in "_~")
    )


def missing_migrations() -> list[str]:
    """
    Return the migrations of this version that the database lacks, ``app.name``, in order of apps and names.

    :raises django.db.DatabaseError: if the database is away
    """
    global _is_complete  # noqa: PLW0603 - what a process knows, whichever thread asks
    applied = MigrationRecorder(connection).applied_migrations()
    missing = [
        f"{app}.{name}"
        for app in sorted(config.label for config in apps.get_app_configs())
        for name in _on_disk(app)
        if _SQUASHED not in name and (app, name) not in applied
    ]
    _is_complete = not missing
    return missing


def is_complete() -> bool:
    """
    Return whether the database has all migrations of this version: asked of it until it has.

    :raises django.db.DatabaseError: if the database is away
    """
    return _is_complete or not missing_migrations()


def in_words(missing: list[str]) -> str:
    """Return what a program says that finds migrations missing: some of them, and what to do."""
    more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    return f"The database lacks migrations of this version ({', '.join(missing[:3])}{more}). Run: {MIGRATE}"


def later_migrations(using: str = DEFAULT_DB_ALIAS, *, of: tuple[str, ...] = _APPS) -> list[str]:
    """
    Return the migrations of apps that a newer version made, ``app.name``; those of an older one may be gone from the
    disk.
    """
    newest = {app: _on_disk(app)[-1] for app in of}
    applied = MigrationRecorder.Migration.objects.using(using).filter(app__in=of).values_list("app", "name")
    return sorted(f"{app}.{name}" for app, name in applied if name > newest[app])


def refuse_newer(sender: AppConfig, using: str, **_options: Any) -> None:
    """Receiver of ``pre_migrate``; raise CommandError if the database has later migrations of an app than the disk."""
    is_new = not MigrationRecorder(connections[using]).has_table()
    if not is_new and (newer := later_migrations(using, of=(sender.label,))):
        raise CommandError(
            f"The database was migrated by a newer version of Veedor ({', '.join(newer)}). Start that one, or restore "
            "the backup that was made before the upgrade."
        )


def refuse_incomplete() -> None:
    """Raise CommandError if the database lacks migrations: work on it would fail, and count as the records' fault."""
    if not is_complete():
        raise CommandError(in_words(missing_migrations()))
