"""Columns whose SQL is written once return the same values; a column may declare that only if it holds."""

import pytest
from django.db import models
from django.db.models import F, Sum
from django.db.models.expressions import RawSQL
from django.utils.translation import override

from audits.models import Flag, Review
from audits.triage import review_flag
from contracts.api.protocol.rows import columns
from contracts.api.protocol.rows.columns import Amount, read_rows
from contracts.api.protocol.rows.written_by_postgres import json_rows
from contracts.models import Contract, ContractingProcess
from contracts.postgres.steady import written
from tests.support.clients import new_user
from tests.support.triage import load_release, made_up_release, raise_flag

pytestmark = pytest.mark.django_db
LISTS = ("contracts", "contracting-processes", "flags", "organizations")


@pytest.fixture
def changed() -> Flag:
    """A confirmed flag that has changed since."""
    flag = raise_flag(load_release(made_up_release()))
    review_flag(flag=flag, reviewer=new_user("auditor"), decision=Review.Decision.CONFIRMED, reason="Seen.")
    Flag.objects.update(changed_because=Flag.Cause.RECORD)
    return flag


@pytest.mark.parametrize("name", LISTS)
def test_rows_are_equal_with_and_without_cached_sql(name, client, changed, monkeypatch):
    def rows() -> list[dict]:
        found = client.get(f"/api/v1/{name}/").json()["results"]
        assert found
        return found

    first, again = rows(), rows()
    monkeypatch.setattr(columns, "is_steady", lambda _make: False)
    assert first == again == rows()


def test_sql_is_cached_per_language(client, changed):
    def notice(language: str) -> str:
        (row,) = client.get("/api/v1/flags/", headers={"Accept-Language": language}).json()["results"]
        return row["notice"]

    notices = [notice(language) for language in ("es", "pt", "en", "es")]
    assert notices[0] == notices[3]
    assert len(set(notices)) == 3


def test_a_changed_setting_takes_effect(client, changed, settings):
    def counted() -> list:
        (row,) = client.get("/api/v1/contracting-processes/").json()["results"]
        return row["flags"]

    assert counted()
    settings.VEEDOR_PUBLICATION = "none"
    assert not counted()
    settings.VEEDOR_PUBLICATION = "reviewed"
    assert counted()


def test_a_page_generates_the_sql_once(changed, monkeypatch):
    made = []
    field = Amount()
    monkeypatch.setattr(columns, "_column", lambda *given: made.append(given) or F("amount"))
    for _ in range(3):
        read_rows(ContractingProcess.objects.all(), {"amount": field})
    assert len(made) == 1


def test_postgres_writes_rows_with_cached_sql(changed, monkeypatch):
    made = []
    field = Amount()
    monkeypatch.setattr(columns, "_column", lambda *given: made.append(given) or F("amount"))
    for _ in range(3):
        found, _read = json_rows(ContractingProcess.objects.order_by("pk"), {"amount": field}, ("pk",))
        assert found.count() == 1
    assert len(made) == 1


def test_query_dependent_columns_are_not_cached():
    assert isinstance(written(Contract, models.Func("amount", function="trim_scale")), RawSQL)
    joined = models.Func("process__amount", function="trim_scale")
    assert written(Contract, joined) is joined
    summed = models.Func("total", function="trim_scale", output_field=models.DecimalField())
    assert written(Contract, summed) is summed
    rows = ContractingProcess.objects.values("country").annotate(total=Sum("amount"))
    with override("en"):
        assert read_rows(rows, {"total": Amount()}) == []
