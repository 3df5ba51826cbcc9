"""Scoped suppression: new flags of a rule on one buyer or supplier leave the queue until a day, undecided."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audits import groups
from audits.judging.rule.vocabulary import Evidence
from audits.models import Flag, Review, Suppression
from audits.triage import review_flag
from contracts.models import Award, Organization
from tests.audits.admin.desk import LIST, flag_with, listed
from tests.support.pages import change_page
from tests.support.triage import load_release, made_up_release, raise_flag

ADD = reverse("admin:audits_suppression_add")


@pytest.fixture
def flags(db):
    """A flag whose buyer and supplier have a suppression below, and one of another buyer and supplier."""
    other = made_up_release()
    other["buyer"] = {"id": "B2", "name": "Municipio de Ejemplo"}
    other["parties"][0] |= {"id": "B2", "name": "Municipio de Ejemplo"}
    other["parties"][1] |= {"id": "S2", "name": "Otra S.A.", "identifier": {"scheme": "MX-RFC", "id": "OTR010101AAA"}}
    other["awards"][0]["suppliers"] = [{"id": "S2", "name": "Otra S.A."}]
    return flag_with(), flag_with(release=other)


def organization(flag, role) -> int:
    if role == "buyer":
        return flag.process.buyer_id
    return Organization.objects.get(identifier="CNO010101AAA").pk


def form(flag, role="buyer", **changes) -> dict:
    until = timezone.localdate() + timedelta(days=30)
    given = {"rule": flag.rule, "organization": organization(flag, role), "role": role, "until": until}
    return given | {"reason": "A single maker, by law.", "enabled": "on"} | changes


@pytest.mark.parametrize("role", ["buyer", "supplier"])
def test_flags_leave_the_queue_and_come_back(lead, flags, role):
    quiet, other = flags
    assert lead.post(ADD, form(quiet, role)).status_code == 302
    suppression = Suppression.objects.get()
    assert suppression.owner.username == "leads"
    assert listed(lead) == [other.pk]
    assert listed(lead, queue="unassigned") == [other.pk]
    assert not Review.objects.exists()
    # Counted and listed.
    html = lead.get(reverse("admin:audits_suppression_changelist")).content.decode()
    assert f'href="{LIST}?suppression={suppression.pk}">1</a>' in html
    assert listed(lead, suppression=suppression.pk) == [quiet.pk]
    # Reversible, with history.
    change = change_page(suppression)
    lead.post(change, form(quiet, role, enabled=""))
    assert set(listed(lead)) == {quiet.pk, other.pk}
    assert "leads" in lead.get(reverse("admin:audits_suppression_history", args=[suppression.pk])).content.decode()


def test_a_suppression_expires(lead, flags):
    lead.post(ADD, form(flags[0], until=timezone.localdate()))
    assert listed(lead) == [flags[1].pk]
    Suppression.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert len(listed(lead)) == 2


def test_other_rules_and_earlier_decisions_are_not_suppressed(lead, flags, make_user):
    quiet, other = flags
    review_flag(flag=quiet, reviewer=make_user(name="b"), decision=Review.Decision.DISMISSED, reason="No.")
    raise_flag(quiet.process, Evidence("/tender/numberOfTenderers", 2))
    lead.post(ADD, form(other, rule="T02"))
    lead.post(ADD, form(quiet))
    assert Flag.objects.get(pk=quiet.pk).state == "changed"
    assert set(listed(lead)) == {quiet.pk, other.pk}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"until": timezone.localdate() + timedelta(days=400)}, "a year ahead"),
        ({"reason": ""}, "required"),
        ({"rule": "R999"}, "R999"),
        ({"rule": ""}, "required"),
        ({"organization": 999_999}, "valid choice"),
        ({"until": ""}, "required"),
    ],
)
def test_a_suppression_needs_an_end_and_a_reason(lead, flags, changes, said):
    answer = lead.post(ADD, form(flags[0], **changes))
    assert (answer.status_code, said in answer.content.decode()) == (200, True)
    assert not Suppression.objects.exists()


@pytest.mark.parametrize("page", [ADD, reverse("admin:audits_rulestate_add")])
@pytest.mark.parametrize(
    ("language", "nothing"), [("en", "choose a rule"), ("es", "elija una regla"), ("pt", "escolha uma regra")]
)
def test_no_rule_is_preselected(lead, page, language, nothing):
    """A browser chooses the first one: who overlooked it kept flags of another rule out of the queue."""
    html = lead.get(page, headers={"accept-language": language}).content.decode()
    assert f'<option value="" selected>{nothing}</option>' in " ".join(html.split())


def test_only_leads_see_the_link_to_suppress(lead, flags, make_user):
    page = change_page(flags[0])
    html = lead.get(page).content.decode()
    assert "Suppress R018 for Municipio de Tula (as the buyer)" in html
    assert "Suppress R018 for Cámaras del Norte S.A. (as a supplier)" in html
    lead.force_login(make_user(groups.AUDITORS))
    assert "Suppress R018" not in lead.get(page).content.decode()
    assert lead.post(ADD, form(flags[0])).status_code == 403


def test_an_unknown_suppression_lists_nothing(lead, flags):
    for value in ("0", "x", "9" * 30):
        assert listed(lead, suppression=value) == []


@pytest.mark.parametrize(("cited", "is_quiet"), [([0], True), ([1], False), ([0, 1], True), ([], True)])
def test_flags_on_another_supplier_of_the_process_stay_in_the_queue(lead, cited, is_quiet):
    """Of a process with lots, a supplier's suppression is of what cites its award, or none."""
    release = made_up_release()
    release["parties"].append({"id": "S2", "name": "Otra S.A.", "roles": ["supplier"]})
    release["awards"].append({"id": "A2", "status": "active", "suppliers": [{"id": "S2", "name": "Otra S.A."}]})
    evidence = [Evidence(f"/awards/{place}/status", "active") for place in cited]
    flag = raise_flag(load_release(release), *evidence)
    page = lead.get(change_page(flag)).content.decode()
    assert ("Suppress R018 for Cámaras del Norte S.A." in page, "Suppress R018 for Otra S.A." in page) == (
        is_quiet,
        cited != [0],
    )
    lead.post(ADD, form(flag, "supplier"))
    assert listed(lead) == ([] if is_quiet else [flag.pk])
    assert listed(lead, suppression=Suppression.objects.get().pk) == ([flag.pk] if is_quiet else [])


def test_a_suppression_of_a_merged_supplier_covers_the_kept_one(lead, flags):
    quiet, other = flags
    kept = Organization.objects.create(key="kept", name="Conservada Ficticia S.A.")
    supplier = organization(quiet, "supplier")
    Flag.objects.filter(pk=quiet.pk).update(suppliers=[supplier])
    lead.post(ADD, form(quiet, "supplier"))
    Organization.objects.filter(pk=supplier).update(merged_into=kept)
    Award.objects.filter(process=quiet.process_id).update(suppliers=[kept.pk])
    assert listed(lead) == [other.pk]
    assert listed(lead, suppression=Suppression.objects.get().pk) == [quiet.pk]
