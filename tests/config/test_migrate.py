"""`manage.py migrate` beside another one."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from config.management.commands.migrate import MIGRATING
from contracts.postgres.locks import hold_if_free
from tests.support.waiting import Beside


@pytest.mark.django_db(transaction=True)
def test_who_migrates_beside_another_one_waits_and_goes_on_from_where_it_ended(wait_until):
    out, err = StringIO(), StringIO()
    migrating = Beside(lambda: call_command("migrate", stdout=out, stderr=err))
    with hold_if_free(MIGRATING) as is_free:
        assert is_free
        migrating.start()
        wait_until(err.getvalue)
        # who holds it, for an operator to end where its process is gone
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            (session,) = cursor.fetchone()
        assert "waits for it" in err.getvalue()
        assert f"SELECT pg_terminate_backend({session})" in err.getvalue()
        assert out.getvalue() == ""
        # Who only asks what is left to do does not wait.
        call_command("migrate", check_unapplied=True, stdout=StringIO())

    assert migrating.join() == []
    assert "No migrations to apply" in out.getvalue()
