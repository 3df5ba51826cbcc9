"""`manage.py migrate`: Django's, one at a time on a database, beside an earlier version that is at work."""

import logging
import time
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.core.management.commands import migrate
from django.db import OperationalError, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.utils.translation import gettext as _

from config.management.commands.makemigrations import SchemaAutodetector
from contracts.postgres.isolating import is_blocked
from contracts.postgres.locks import hold_if_free, session_that_holds

logger = logging.getLogger(__name__)

# The name of the lock for migrating.
MIGRATING = "migrate"
_PAUSE = 1.0
# Seconds for which a migration starts again whenever a table is not free within a second: whoever wants to read that
# table waits behind it, and requests give up after two. A migration that takes longer would lose its work each time.
_GIVING_WAY = 60.0


class NotingExecutor(MigrationExecutor):
    """
    Note a migration in the transaction that does it, and give way to whoever holds its tables.

    Django commits one that makes foreign keys before it notes it, and notes one by one what a squashed migration
    replaces: killed in between, no later attempt went on. Workers of the version that still runs lock tables in
    another order than a migration, and PostgreSQL ends either of the two.
    """

    def apply_migration(self, state: Any, migration: Migration, *args: Any, **options: Any) -> ProjectState:
        deadline = time.monotonic() + _GIVING_WAY
        while migration.atomic and time.monotonic() < deadline:
            try:
                with self._transaction(migration):
                    with self.connection.cursor() as cursor:
                        cursor.execute("SET LOCAL lock_timeout = '1s'")
                    return super().apply_migration(state.clone(), migration, *args, **options)
            except OperationalError as error:
                if not is_blocked(error):
                    raise
                logger.warning("Others hold a table that %s changes; it starts again.", migration)
                time.sleep(_PAUSE)
        with self._transaction(migration):
            return super().apply_migration(state, migration, *args, **options)

    def unapply_migration(self, state: Any, migration: Migration, *args: Any, **options: Any) -> ProjectState:
        with self._transaction(migration):
            return super().unapply_migration(state, migration, *args, **options)

    def _transaction(self, migration: Migration) -> AbstractContextManager[Any]:
        return transaction.atomic(using=self.connection.alias) if migration.atomic else nullcontext()


# Django's command has no other place to name it.
migrate.MigrationExecutor = NotingExecutor  # type: ignore[attr-defined]


class Command(migrate.Command):
    """
    Wait where another process migrates the same database, and go on from where it ended.

    Two at once would do the same migrations: one fails where the other has been, and may have dropped an index that
    the other one has noted. A process that dies lets go of the lock with its connection; where its machine died, or an
    index is being built, PostgreSQL notices late, so who waits is told how to end that session.
    """

    autodetector = SchemaAutodetector

    def handle(self, *args: Any, **options: Any) -> None:
        if options["plan"] or options["check_unapplied"]:
            super().handle(*args, **options)
            return
        is_told = False
        while not self._migrate_if_free(*args, **options):
            # None where it has just ended: the next attempt gets on.
            if not is_told and (session := session_that_holds(MIGRATING)):
                self.stderr.write(
                    _(
                        "Another process migrates this database, in session %(session)d of PostgreSQL; this one waits "
                        "for it. If that process is gone: SELECT pg_terminate_backend(%(session)d)"
                    )
                    % {"session": session}
                )
                is_told = True
            time.sleep(_PAUSE)

    def _migrate_if_free(self, *args: Any, **options: Any) -> bool:
        with hold_if_free(MIGRATING) as is_free:
            if is_free:
                super().handle(*args, **options)
            return is_free
