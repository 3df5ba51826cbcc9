"""Records from before days were kept have the days that they would be written with."""

from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from contracts.models import Award, Contract, ContractingProcess
from tests.support.migrations import begin_at

BEFORE = ("contracts", "0014_recompilation")


@pytest.fixture
def before(transactional_db):
    begin_at(BEFORE, ("audits", "0016"))
    yield MigrationExecutor(connection).loader.project_state(BEFORE).apps
    call_command("migrate", verbosity=0)


def test_days_are_filled_in(before):
    publisher = before.get_model("contracts", "Publisher").objects.create(slug="co", time_zone="America/Bogota")
    signed, awarded = "2017-01-25T00:00:00+02:00", "2017-01-20T03:00:00Z"
    process = before.get_model("contracts", "ContractingProcess").objects.create(
        ocid="ocds-before-1",
        publisher=publisher,
        digest=bytes(32),
        compiled_release={
            "awards": [{"id": "A", "date": awarded}],
            "contracts": [
                {"awardID": "A", "dateSigned": signed},
                {"awardID": "A", "period": {"endDate": "2018-12-31"}},
            ],
        },
        award_count=1,
    )
    before.get_model("contracts", "Award").objects.create(
        process=process, award_id="A", path="/awards/0", date=datetime.fromisoformat(awarded)
    )
    contracts = before.get_model("contracts", "Contract").objects
    contracts.create(process=process, award_id="A", path="/contracts/0", date_signed=datetime.fromisoformat(signed))
    contracts.create(process=process, award_id="A", path="/contracts/1", end=datetime(2018, 12, 31, 5, tzinfo=UTC))
    call_command("migrate", verbosity=0)

    assert [str(day) for day in Award.objects.values_list("awarded_on", flat=True)] == ["2017-01-19"]
    rows = Contract.objects.order_by("path").values_list("signed_on", "ends_on", "date", "date_basis")
    assert [tuple(map(str, row)) for row in rows] == [
        ("2017-01-25", "None", "2017-01-25", "signature"),
        ("None", "2018-12-31", "2017-01-19", "award"),
    ]
    (row,) = ContractingProcess.objects.values_list("awarded_on", "signed_on")
    assert tuple(map(str, row)) == ("2017-01-19", "2017-01-25")
