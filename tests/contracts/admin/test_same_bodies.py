"""The queue of organizations that may be one, and decisions on them, in the admin."""

import pytest
from django.urls import reverse

from audits import groups
from contracts.decisions.same_bodies import propose_all
from contracts.models import Organization, SameBody
from tests.contracts.decisions.bodies import party, record
from tests.support.pages import change_page
from tests.support.records import load

pytestmark = pytest.mark.django_db
QUEUE = "/admin/contracts/samebody/"


@pytest.fixture
def pair(db):
    load(record(1, party("Acme Redes S.A.C.")))
    load(record(2, party("Acme Redes S.A.", "20504030201")))
    load(record(3, party("Acme <b>Redes</b>", "20504030201")))
    propose_all()
    return SameBody.objects.get()


def test_a_lead_sees_what_speaks_for_it_decides_and_parts_again(sign_in, pair):
    client = sign_in(groups.LEADS)
    queue = client.get(QUEUE).content.decode()
    assert str(pair) in queue
    assert "Buyers or suppliers in records of both" in queue
    page = client.get(change_page(pair)).content.decode()
    assert "Acme &lt;b&gt;Redes&lt;/b&gt;" in page
    assert pair.other.key in page
    assert "processes bought" in page
    merge = {"kind": "merged", "kept": pair.other_id, "reason": "One number in the register."}
    assert client.post(change_page(pair), {**merge, "reason": " "}).status_code == 200
    answer = client.post(change_page(pair), {**merge, "kept": ""})
    assert "If you merge them, choose which of the two is kept; otherwise choose none." in answer.content.decode()
    assert client.post(change_page(pair), merge).status_code == 302
    pair = SameBody.objects.get(pk=pair.pk)
    assert pair.one.merged_into == pair.other
    page = client.get(change_page(pair)).content.decode()
    assert "separate them again" in page, "as the page says that a decision can"
    assert "One number in the register." in page
    assert 'value="merged"' not in page
    assert (
        str(pair.other.key)
        in client.get(reverse("admin:contracts_organization_change", args=[pair.one_id])).content.decode()
    )
    assert pair.one.name not in client.get(QUEUE).content.decode()
    assert pair.one.name in client.get(f"{QUEUE}?state=merged").content.decode()
    assert pair.one.name in client.get(f"{QUEUE}?state=all").content.decode()
    assert client.post(change_page(pair), {"kind": "parted", "reason": "Two firms."}).status_code == 302
    assert Organization.objects.get(pk=pair.one_id).merged_into is None


def test_a_lead_refuses_with_a_reason(sign_in, pair):
    client = sign_in(groups.LEADS)
    refused = {"kind": "refused", "kept": pair.one_id, "reason": "Two firms."}
    assert client.post(change_page(pair), refused).status_code == 302
    assert SameBody.objects.get(pk=pair.pk).state == SameBody.State.REFUSED
    assert propose_all() == 0


def test_an_auditor_reads_and_does_not_decide(sign_in, pair):
    client = sign_in(groups.AUDITORS)
    page = client.get(change_page(pair)).content.decode()
    assert pair.other.key in page
    assert 'name="reason"' not in page
    merge = {"kind": "merged", "kept": pair.other_id, "reason": "Yes."}
    assert client.post(change_page(pair), merge).status_code == 403
    assert SameBody.objects.get(pk=pair.pk).state == SameBody.State.OPEN


def test_a_lead_proposes_a_pair_by_hand(sign_in):
    load(record(1, party("Acme Redes")), record(2, party("Laboratorios Unidos")))
    one, other = (Organization.objects.get(name=name) for name in ("Laboratorios Unidos", "Acme Redes"))
    client = sign_in(groups.LEADS)
    form = client.get(f"{QUEUE}add/?one={one.pk}").content.decode()
    assert f'value="{one.pk}"' in form
    assert client.post(f"{QUEUE}add/", {"one": one.pk, "other": one.pk}).status_code == 200
    answer = client.post(f"{QUEUE}add/", {"one": one.pk, "other": other.pk})
    pair = SameBody.objects.get()
    assert answer["Location"] == change_page(pair)
    assert pair.proposed_by.username == "leads"
    # A pair that is there is shown.
    assert client.post(f"{QUEUE}add/", {"one": other.pk, "other": one.pk})["Location"] == change_page(pair)
    merge = {"kind": "merged", "kept": other.pk, "reason": "Yes."}
    client.post(change_page(pair), merge)
    answer = client.post(f"{QUEUE}add/", {"one": one.pk, "other": other.pk})
    assert answer.status_code == 200
    assert "choose that one" in answer.content.decode()
    assert f'value="{one.pk}"' in answer.content.decode(), "what was chosen is not lost"


def test_pairs_are_chosen_by_a_country_that_has_a_name(sign_in, pair):
    client = sign_in(groups.LEADS)
    queue = client.get(QUEUE).content.decode()
    assert '<a href="?country=PE">Peru</a>' in queue
    assert pair.one.name in client.get(f"{QUEUE}?country=PE").content.decode()
    Organization.objects.filter(pk=pair.one_id).update(country="")
    assert "?country=" not in client.get(QUEUE).content.decode(), "a link needs words"
