"""Habits of sources, as API, command, admin and data page show them."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from audits.engine.cohorts import refresh_cohorts
from audits.models import Cohort
from audits.reports.habits import rows_of
from audits.reports.publishing import public_habits, publish_figures
from contracts.models import Publisher
from tests.support.clients import Client, client_with_token, new_user
from tests.support.purchases import audit
from tests.support.records import release

COMMON = {"answer": "yes", "same": 17, "n": 23}


def row(figures, public=False):
    rows = rows_of(figures)
    return (public_habits(rows) if public else rows)["habits"]


def test_a_row_says_what_most_do():
    (common,) = row({"habits": {"estimate_equals_award": COMMON}})
    assert common == {
        "habit": "estimate_equals_award",
        "field": "/tender/value/amount",
        "answer": "yes",
        "same": 17,
        "records": 23,
        "share": 0.73,
        "is_common": True,
    }
    assert [entry["is_common"] for entry in row({"habits": {"no_method": {"answer": "no", "same": 23, "n": 23}}})] == [
        False
    ]
    assert row({"habits": {"a_habit_of_before": COMMON}}) == []


def test_the_public_is_told_steps_of_five_and_nothing_below():
    habits = {
        "estimate_equals_award": COMMON,
        "rationale": {"answer": "Art. 5", "same": 4, "n": 9},
        "no_method": {"answer": "yes", "same": 4, "n": 4},
    }
    told = {entry["habit"]: entry for entry in row({"habits": habits}, public=True)}
    assert told.keys() == {"estimate_equals_award", "rationale"}
    assert [told["estimate_equals_award"][name] for name in ("same", "records", "share")] == [15, 20, 0.75]
    assert [told["rationale"][name] for name in ("answer", "same", "records", "share")] == [None, None, 5, None]
    methods = {"AD": {"direct": 12, "selective": 4}}
    assert public_habits(rows_of({"methods": methods}))["methods"] == [{"name": "AD", "code": "direct", "records": 10}]


HELD = {"months": ["2023-01", "2023-02", "2023-04"], "without_gaps": False, "records": 20}


def test_months_are_told_by_their_first_and_last_and_few_records_not_at_all():
    told = {"first": "2023-01", "last": "2023-04", "held": 3, "without_gaps": False, "records": 20}
    assert rows_of({"coverage": HELD})["months"] == told
    assert public_habits(rows_of({"coverage": HELD}))["months"] == told
    assert public_habits(rows_of({"coverage": HELD | {"records": 2}}))["months"] is None
    assert rows_of({"coverage": {"months": [], "without_gaps": True, "records": 0}})["months"] is None
    assert rows_of({})["months"] is None


@pytest.fixture
def publisher(db):
    found = Publisher.objects.create(slug="prueba", name="Prueba", ocid_prefix="ocds-test01")
    records = [release(f"ocds-test01-{number}") for number in range(12)]
    for record in records:
        record["tender"]["value"]["amount"] = 900.5
        record["tender"]["procurementMethodDetails"] = "Licitación pública"
    audit(*records)
    refresh_cohorts()
    return found


def of(rows, habit):
    (found,) = (entry for entry in rows if entry["habit"] == habit)
    return found


def test_the_api_tells_auditors_all_and_the_public_what_was_published(publisher):
    auditor = client_with_token(new_user("auditor", "audits.view_flag"), "read", "review")
    address = "/api/v1/publishers/prueba/coverage/"

    own = auditor.get(address, headers={"accept-language": "es"}).json()
    assert Client().get(address).json()["habits"] == []
    publish_figures()
    public = Client().get(address, headers={"accept-language": "es"}).json()

    same = {"text": "la estimación es la suma adjudicada", "answer": "yes", "is_common": True, "rules": ["R031"]}
    assert same.items() <= of(own["habits"], "estimate_equals_award").items()
    assert same.items() <= of(public["habits"], "estimate_equals_award").items()
    assert (of(own["habits"], "estimate_equals_award")["same"], own["methods"]) == (
        12,
        [{"name": "Licitación pública", "code": "open", "records": 12}],
    )
    assert (of(public["habits"], "estimate_equals_award")["same"], public["methods"]) == (
        10,
        [{"name": "Licitación pública", "code": "open", "records": 10}],
    )
    assert own["months"]["held"] == 1
    assert public["months"] == own["months"]


def test_the_command_tells_them(publisher):
    out = StringIO()
    call_command("coverage", "--publisher", "prueba", stdout=out)
    lines = out.getvalue().splitlines()
    assert any(
        line.split()[:3] == ["yes", "12", "12"]
        and line.endswith("the estimate is the sum awarded (not asked by R031)")
        for line in lines
    )
    assert any(line.endswith("method “Licitación pública”") for line in lines)
    assert any("months: " in line and "without a gap, 10 processes or more" in line for line in lines)
    out = StringIO()
    call_command("coverage", "--json", stdout=out)
    (group,) = json.loads(out.getvalue())["publishers"]
    assert of(group["habits"], "no_method")["answer"] == "no"


def test_the_data_page_tells_what_most_records_of_a_publisher_do(publisher, client):
    assert "suma adjudicada" not in client.get("/data/?lang=es").content.decode()
    publish_figures()
    page = client.get("/data/?lang=es").content.decode()
    assert 'la estimación es la suma adjudicada (10 de 10 registros): <a href="/methodology/R031/">R031</a>' in page
    assert "“Licitación pública” open (10)" in page
    assert "el método de contratación no consta" not in page
    assert "1 meses; en un mes habitual, 10 procesos o más" in page


def test_the_admin_shows_a_table(publisher, admin_client):
    cohort = Cohort.objects.get(name="source_habits")
    page = admin_client.get(f"/admin/audits/cohort/{cohort.pk}/change/", follow=True).content.decode()
    assert "the estimate is the sum awarded" in page
    assert "12 / 12" in page
    assert "months on record" in page
