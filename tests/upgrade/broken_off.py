"""
``migrate`` as it goes where it was killed: what is in no transaction was done, and nobody noted it.

    python -m tests.upgrade.broken_off

Each such migration is done once, and then again, as the next ``migrate`` does it.
"""

from typing import Any

import django
from django.core.management import call_command
from django.db.migrations.executor import MigrationExecutor

_apply = MigrationExecutor.apply_migration


def _do_and_apply(executor: MigrationExecutor, state: Any, migration: Any, **options: Any) -> Any:
    if not migration.atomic:
        with executor.connection.schema_editor(atomic=False) as editor:
            migration.apply(state.clone(), editor)
    return _apply(executor, state, migration, **options)


if __name__ == "__main__":
    django.setup()
    MigrationExecutor.apply_migration = _do_and_apply
    call_command("migrate", interactive=False, verbosity=0)
