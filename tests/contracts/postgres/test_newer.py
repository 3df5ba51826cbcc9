"""An older version does not migrate the database of a newer one."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("app", ["contracts", "audits"])
def test_the_database_of_a_newer_version_is_refused(app):
    MigrationRecorder(connection).record_applied(app, "9998_next")
    with pytest.raises(CommandError, match=rf"by a newer version of Veedor \({app}: 9998_next\)"):
        call_command("migrate", verbosity=0)


def test_migrations_that_others_stand_for_by_now_are_none_of_a_newer_version():
    MigrationRecorder(connection).record_applied("contracts", "0003_gone_from_the_disk")
    call_command("migrate", verbosity=0)
