"""The indexes of the search come to a database that holds rows, also after an attempt that was broken off."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from contracts.models import ContractingProcess
from contracts.postgres.search import with_words
from tests.support.migrations import begin_at


@pytest.fixture
def at_0003(transactional_db):
    begin_at(("contracts", "0003"))
    yield
    call_command("migrate", verbosity=0)


def make_process(number, model=ContractingProcess):
    model.objects.create(
        ocid=f"ocds-before-{number}", digest=bytes(32), compiled_release={}, title=f"Cámara número {number}"
    )


def test_rows_from_before_and_after_are_found(at_0003):
    before = MigrationExecutor(connection).loader.project_state(("contracts", "0003_publisher_history"))
    make_process(1, before.apps.get_model("contracts", "ContractingProcess"))
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX process_words ON contracts_contractingprocess (id)")
    call_command("migrate", verbosity=0)
    make_process(2)
    found = with_words(ContractingProcess.objects.order_by("ocid"), "camaras", "")

    assert [process.ocid for process in found] == ["ocds-before-1", "ocds-before-2"]
