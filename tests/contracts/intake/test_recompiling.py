"""Another country or time zone of a publisher: its records are read anew, in slices."""

import time
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import OperationalError, connection

from audits.models import Audit
from contracts import tasks
from contracts.intake import recompiling
from contracts.models import ContractingProcess, Organization, Party, Publisher, Recompilation
from contracts.ocds.parsing.parse import READING_VERSION
from tests.support.auditing import audit_due
from tests.support.records import break_release, load, release

pytestmark = pytest.mark.django_db
COUNT = 5


@pytest.fixture
def publisher(monkeypatch):
    monkeypatch.setattr(recompiling, "SLICE_PROCESSES", 2)
    publisher = Publisher.objects.create(slug="p", name="P", ocid_prefix="ocds-test01", time_zone="UTC")
    records = [release(f"ocds-test01-{number}", date=f"2024-03-0{number + 1}T22:00:00") for number in range(COUNT)]
    for record in records:
        record["awards"][0]["date"] = "2024-03-31T22:00:00"
        del record["parties"][0]["address"]
    load(*records, {**records[0], "ocid": "ocds-other-1"})
    audit_due()
    return publisher


def hours():
    own = ContractingProcess.objects.filter(ocid__startswith="ocds-test01").order_by("pk")
    return [(day.hour, country) for day, country in own.values_list("award_date", "country")]


def change(publisher, **fields):
    for name, value in fields.items():
        setattr(publisher, name, value)
    publisher.save()


def test_dates_and_countries_are_read_anew_and_audited(publisher):
    before = ContractingProcess.objects.get(ocid="ocds-other-1").compiled_at
    assert hours() == [(22, "")] * COUNT
    change(publisher, time_zone="America/Bogota", country="CO")
    assert hours() == [(22, "")] * COUNT
    tasks.recompile_records()
    assert hours() == [(3, "CO")] * COUNT
    assert not Recompilation.objects.exists()
    assert ContractingProcess.objects.get(ocid="ocds-other-1").compiled_at == before
    assert Audit.objects.filter(is_current=True, is_due=True).count() == COUNT


def test_one_slice_after_another_and_anew_when_it_changes_again(publisher):
    change(publisher, time_zone="America/Bogota")
    assert recompiling.recompile_slice()
    assert [hour for hour, _ in hours()] == [3, 3, 22, 22, 22]
    change(publisher, time_zone="America/La_Paz")
    while recompiling.recompile_slice():
        pass
    assert [hour for hour, _ in hours()] == [2] * COUNT


def as_an_earlier_version_read_them(*ocids):
    """Have records be as a worker of an earlier version leaves them."""
    joined = Organization.objects.create(key="name:PE:persona natural", name="persona natural", country="PE")
    Party.objects.filter(roles__contains=["supplier"], process__ocid__in=ocids).update(organization=joined)
    ContractingProcess.objects.filter(ocid__in=ocids).update(read_by=READING_VERSION - 1, amount=1, amount_basis="")
    return joined


def test_records_of_an_earlier_version_are_read_again_and_count_as_no_fresher(publisher):
    before = dict(ContractingProcess.objects.values_list("ocid", "compiled_at"))
    joined = as_an_earlier_version_read_them("ocds-test01-1", "ocds-test01-3")
    tasks.recompile_records()
    assert not joined.parties.exists()
    read = ContractingProcess.objects.values_list("amount", "amount_basis", "read_by")
    assert set(read) == {(Decimal("900.5"), "contracts", READING_VERSION)}
    assert dict(ContractingProcess.objects.values_list("ocid", "compiled_at")) == before
    assert not recompiling.recompile_slice()


def test_records_that_an_earlier_version_loads_later_are_found_in_the_next_round(publisher, monkeypatch):
    monkeypatch.setattr(recompiling, "LOOKED_AT", 2)
    for _round in range(3):
        tasks.recompile_records()
    joined = as_an_earlier_version_read_them("ocds-test01-1")
    for _round in range(COUNT):
        tasks.recompile_records()
    assert not joined.parties.exists()


def test_only_records_that_read_differently_are_recompiled(publisher, monkeypatch):
    compiled = []
    compile_processes = recompiling.compile_processes
    monkeypatch.setattr(
        recompiling, "compile_processes", lambda ocids: compile_processes(compiled.append(ocids) or ocids)
    )
    as_an_earlier_version_read_them("ocds-test01-1")
    tasks.recompile_records()
    assert compiled == [["ocds-test01-1"]]


def test_records_read_by_a_later_version_are_skipped(publisher):
    ContractingProcess.objects.update(read_by=READING_VERSION + 1)
    assert not recompiling.recompile_slice()


def test_a_changed_name_recompiles_nothing(publisher):
    change(publisher, name="Q", licence="CC0")
    assert not Recompilation.objects.exists()
    assert not recompiling.recompile_slice()


def test_a_slice_that_fails_stays_due(publisher, monkeypatch):
    change(publisher, time_zone="America/Bogota")

    def die(_ocids):
        raise OperationalError

    with monkeypatch.context() as broken:
        broken.setattr(recompiling, "compile_processes", die)
        with pytest.raises(OperationalError):
            tasks.recompile_records()
    assert Recompilation.objects.get().up_to == 0
    tasks.recompile_records()
    assert [hour for hour, _ in hours()] == [3] * COUNT


def test_a_record_that_cannot_be_compiled_stays_as_it_was_and_holds_up_no_other(publisher, caplog):
    broken = ContractingProcess.objects.get(ocid="ocds-test01-2")
    break_release(broken.ocid)
    change(publisher, time_zone="America/Bogota")
    tasks.recompile_records()
    assert [hour for hour, _ in hours()] == [3, 3, 22, 3, 3]
    assert not Recompilation.objects.exists()
    assert f"[{broken.pk}]" in caplog.text


def test_out_of_memory_records_are_compiled_one_by_one_and_the_failing_one_stays(publisher, monkeypatch, caplog):
    compile_them, large = recompiling.compile_processes, ContractingProcess.objects.get(ocid="ocds-test01-2")

    def run_out(ocids):
        if large.ocid in ocids:
            raise MemoryError
        compile_them(ocids)

    monkeypatch.setattr(recompiling, "compile_processes", run_out)
    change(publisher, time_zone="America/Bogota")
    tasks.recompile_records()
    assert [hour for hour, _ in hours()] == [3, 3, 22, 3, 3]
    assert not Recompilation.objects.exists()
    assert f"[{large.pk}]" in caplog.text


def test_however_long_it_takes_to_merge_what_it_holds_a_slice_keeps_its_connection(publisher, monkeypatch):
    compile_them = recompiling.compile_processes

    def dawdle(ocids):
        time.sleep(1.5)
        compile_them(ocids)

    monkeypatch.setattr(recompiling, "compile_processes", dawdle)
    change(publisher, time_zone="America/Bogota")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '1s'")
        tasks.recompile_records()
    assert [hour for hour, _ in hours()] == [3] * COUNT


def test_no_slice_is_broken_off_and_none_begun_when_its_time_is_over(publisher, monkeypatch):
    monkeypatch.setattr(tasks, "SECONDS_OF_SLICES", 0)
    change(publisher, time_zone="America/Bogota")
    tasks.recompile_records()
    assert [hour for hour, _ in hours()] == [3, 3, 22, 22, 22]
    assert tasks.recompile_records.soft_time_limit > 10 * settings.CELERY_TASK_SOFT_TIME_LIMIT


def test_an_unchanged_recompilation_keeps_the_freshness(publisher):
    def moments():
        return dict(ContractingProcess.objects.values_list("ocid", "compiled_at"))

    before = moments()
    change(publisher, time_zone="America/Bogota")
    tasks.recompile_records()
    assert hours() == [(3, "")] * COUNT
    assert moments() == before
    load({**release("ocds-test01-0"), "id": "later", "date": "2024-05-01T00:00:00Z", "language": "pt"})
    changed = {ocid for ocid, moment in moments().items() if moment > before[ocid]}
    assert changed == {"ocds-test01-0"}
