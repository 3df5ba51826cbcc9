"""The list of what rules withhold, and raising a finding by hand."""

import re

import pytest

from audits import groups
from audits.engine.processes import audit_again
from audits.models import Flag, LexiconTerm
from tests.support.pages import change_page
from tests.support.triage import load_release, made_up_release

pytestmark = pytest.mark.django_db
LIST = "/admin/audits/audit/withheld/"
TITLE = "Curso de cámaras de videovigilancia <b>"


@pytest.fixture
def process(db):
    LexiconTerm.objects.create(
        concept="video_surveillance", language="es", term="cámaras de videovigilancia", source="s"
    )
    process = load_release(made_up_release("ocds-madeup-course", title=TITLE, description=""))
    audit_again([process.pk])
    return process


@pytest.fixture
def address(process):
    return f"{LIST}T01/{process.pk}/"


def record_on(page) -> str:
    return re.search(r'name="record" value="([0-9a-f]{64})"', page)[1]


def test_the_list_counts_by_rule_and_shows_a_sample(auditor, process, address):
    page = auditor.get(LIST).content.decode()
    assert "?rule=T01" in page
    assert "ocds-madeup-course" not in page

    page = auditor.get(LIST, {"rule": "T01"}, headers={"Accept-Language": "es"}).content.decode()
    assert address in page
    assert "retenido: lo que se compra es «Curso»" in page
    assert TITLE not in page  # escaped
    assert auditor.get(LIST, {"rule": "T99"}).status_code == 404


def test_the_list_of_audits_leads_to_it(auditor):
    assert f'href="{LIST}"' in auditor.get("/admin/audits/audit/").content.decode()


def test_a_finding_is_read_and_raised_with_a_reason(auditor, address):
    page = auditor.get(address).content.decode()
    assert "<mark>cámaras de videovigilancia</mark>" in page

    answer = auditor.post(address, {"reason": "The cameras come with it.", "record": record_on(page)}, follow=True)
    flag = Flag.objects.get(rule="T01")
    assert answer.redirect_chain == [(f"/admin/audits/flag/{flag.pk}/change/", 302)]
    shown = answer.content.decode()
    assert "The cameras come with it." in shown
    assert "Raised by hand: the rule found the passage" in shown
    assert 'name="decision" value="confirmed"' in shown  # another decision follows
    assert 'value="raised"' not in shown
    assert "This rule withholds nothing" not in auditor.get(address).content.decode()
    assert address not in auditor.get(LIST, {"rule": "T01"}).content.decode()


def test_a_flag_raised_by_hand_waits_for_a_decision_even_if_its_rule_calls_it_context(auditor, address):
    """As all that a rule on trial finds: its page said that it waits, and it was in no queue."""
    record = record_on(auditor.get(address).content.decode())
    auditor.post(address, {"reason": "The cameras come with it.", "record": record})
    Flag.objects.filter(rule="T01").update(severity="context")
    flag = Flag.objects.get(rule="T01")
    waiting = Flag.objects.at_the_desk().filter(rule="T01")
    assert list(waiting) == [flag]
    assert f"/admin/audits/flag/{flag.pk}/change/" in auditor.get("/admin/audits/flag/").text
    assert "Context, not a question" not in auditor.get(change_page(flag)).text
    Flag.objects.update(is_raised_by_hand=False)
    assert not waiting.all().exists()
    assert "Context, not a question" in auditor.get(change_page(flag)).text


@pytest.mark.parametrize(("reason", "record", "status"), [("", None, 400), ("why", "0" * 64, 409), ("why", "x", 400)])
def test_a_finding_is_not_raised_unread_or_without_reason(auditor, address, reason, record, status):
    page = auditor.get(address).content.decode()
    answer = auditor.post(address, {"reason": reason, "record": record or record_on(page)})

    assert answer.status_code == status
    assert 'role="alert"' in answer.content.decode()
    assert not Flag.objects.filter(rule="T01").exists()


def test_readers_cannot_raise_findings(client, make_user, address):
    from django.contrib.auth.models import Permission

    reader = make_user()
    reader.user_permissions.set(Permission.objects.filter(codename__in=["view_audit", "view_flag"]))
    client.force_login(reader)
    page = client.get(address).content.decode()
    assert "<form method" not in page.split('id="content"')[1]
    assert client.post(address, {"reason": "why", "record": "0" * 64}).status_code == 403


def test_submitters_cannot_see_withheld_findings(sign_in, address):
    client = sign_in(groups.SUBMITTERS)
    assert client.get(address).status_code == 403
    assert client.get(LIST).status_code == 403


def test_the_flag_says_that_it_was_raised_by_hand_in_the_api(auditor, address):
    page = auditor.get(address).content.decode()
    auditor.post(address, {"reason": "why", "record": record_on(page)})

    rows = auditor.get("/api/v1/flags/?rule=T01").json()["results"]
    assert [row["raised_by_hand"] for row in rows] == [True]
    assert {row["raised_by_hand"] for row in auditor.get("/api/v1/flags/?rule=R018").json()["results"]} == {False}
