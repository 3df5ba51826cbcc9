"""The queue of processes that may be published twice, and decisions on them, in the admin."""

import re

import pytest
from django.urls import reverse

from audits import groups
from contracts.models import SameProcess
from tests.contracts.decisions.twice import CITY, STATE, at, contract, counts_for, record, sent
from tests.support.pages import change_page

pytestmark = pytest.mark.django_db
QUEUE = "/admin/contracts/sameprocess/"
MAX_QUERIES = 30


@pytest.fixture
def pair(db):
    sent(record(f"{STATE}-1", contract("CO-<b>1</b>")))
    sent(record(f"{CITY}-7"))
    return SameProcess.objects.get()


def test_a_lead_sees_both_decides_and_lets_both_count_again(sign_in, pair, django_assert_max_num_queries):
    client = sign_in(groups.LEADS)
    with django_assert_max_num_queries(MAX_QUERIES):
        queue = client.get(QUEUE).content.decode()
    assert str(pair) in queue
    assert "the day of signature or award" in queue
    with django_assert_max_num_queries(MAX_QUERIES):
        page = client.get(change_page(pair)).content.decode()
    assert "CO-&lt;b&gt;1&lt;/b&gt;" in page
    merge = {"kind": "merged", "kept": pair.one_id, "reason": "One contract, two portals."}
    assert client.post(change_page(pair), {**merge, "reason": " "}).status_code == 200
    answer = client.post(change_page(pair), {**merge, "kept": ""})
    told = "If they are the same, choose which of the two counts; otherwise choose none."
    assert told in answer.content.decode()
    assert client.post(change_page(pair), merge).status_code == 302
    assert counts_for(f"{CITY}-7") == f"{STATE}-1"
    page = client.get(change_page(pair)).content.decode()
    assert "One contract, two portals." in page
    assert 'value="merged"' not in page
    process = client.get(reverse("admin:contracts_contractingprocess_change", args=[pair.other_id])).content.decode()
    assert reverse("admin:contracts_contractingprocess_change", args=[pair.one_id]) in process
    assert str(pair) not in client.get(QUEUE).content.decode()
    assert str(pair) in client.get(f"{QUEUE}?state=merged").content.decode()
    assert str(pair) not in client.get(f"{QUEUE}?state=moved_on").content.decode()
    assert "changed since." not in client.get(QUEUE).content.decode()
    sent(record(f"{CITY}-7", contract(amount=950), id="2"))
    assert str(pair) in client.get(f"{QUEUE}?state=moved_on").content.decode()
    queue = client.get(QUEUE).content.decode()
    assert "Of one pair that was found to be the same a record changed since." in queue
    assert 'href="?state=moved_on"' in queue
    assert client.post(change_page(pair), {"kind": "parted", "reason": "Two contracts."}).status_code == 302
    assert counts_for(f"{CITY}-7") is None


def test_that_amounts_differ_is_reported(sign_in):
    sent(record(f"{STATE}-1", contract("CO-2024-17")), record(f"{CITY}-7", contract("CO-2024-17", amount=1100)))
    pair, client = SameProcess.objects.get(), sign_in(groups.LEADS)
    for address in (QUEUE, change_page(pair)):
        assert "the number of the contract; amounts differ" in client.get(address).content.decode()


def test_the_dashboard_tells_what_waits_and_what_changed_since_one_counts(sign_in):
    client = sign_in(groups.LEADS)

    def told():
        return dict(re.findall(r"<dt>([^<]+)</dt><dd>(?:<a [^>]*>)?([^<]+)", client.get("/admin/").content.decode()))

    waits, changed = "Processes that may be published twice", "found to be the same, and changed since"
    assert (told()[waits], told()[changed]) == ("0", "0")
    sent(record(f"{STATE}-1"))
    sent(record(f"{CITY}-7"))
    pair = SameProcess.objects.get()
    assert (told()[waits], told()[changed]) == ("1", "0")
    client.post(change_page(pair), {"kind": "merged", "kept": pair.one_id, "reason": "One contract, two portals."})
    sent(record(f"{CITY}-7", contract(amount=950), id="2"))
    assert (told()[waits], told()[changed]) == ("0", "1")
    assert f'class="alarming"><dt>{changed}' in client.get("/admin/").content.decode()


def test_only_who_holds_all_contracts_is_offered(sign_in):
    sent(record(f"{STATE}-1", contract("C1"), contract("C2", amount=70)), record(f"{CITY}-7", contract("C1")))
    pair = SameProcess.objects.get()
    page = sign_in(groups.LEADS).get(change_page(pair)).content.decode()
    assert f'value="{at(f"{STATE}-1").pk}"' in page
    assert f'value="{at(f"{CITY}-7").pk}"' not in page


def test_an_auditor_reads_and_does_not_decide(sign_in, pair):
    client = sign_in(groups.AUDITORS)
    page = client.get(change_page(pair)).content.decode()
    assert f"{STATE}-1" in page
    assert 'name="reason"' not in page
    merge = {"kind": "merged", "kept": pair.one_id, "reason": "Yes."}
    assert client.post(change_page(pair), merge).status_code == 403
    assert SameProcess.objects.get().state == SameProcess.State.OPEN


def test_nobody_adds_or_deletes_a_pair(sign_in, pair):
    client = sign_in(groups.LEADS)
    assert client.get(f"{QUEUE}add/").status_code == 403
    assert client.post(reverse("admin:contracts_sameprocess_delete", args=[pair.pk])).status_code == 403
