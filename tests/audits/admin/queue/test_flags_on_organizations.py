"""Flags on organizations, as auditors see them."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from audits import groups
from audits.models import Audit, Flag, FourEyesWaiver, Review, RuleOverride
from audits.models.blind_review import IsSampled
from audits.triage import review_flag
from contracts import tasks
from contracts.decisions.same_bodies import decide_body, propose
from contracts.models import ContractingProcess, Organization, SameBodyDecision
from contracts.pages.display import admin_url, deal
from tests.audits.admin.desk import LIST
from tests.support.auditing import settle
from tests.support.bidding import of, process
from tests.support.records import load

pytestmark = pytest.mark.django_db


@pytest.fixture
def flagged(db):
    RuleOverride.objects.create(rule="R038", parameter="threshold", value=0.5, source="test")
    load(process(1, tender={"id": "T", "title": "Cámaras <b>nuevas</b>"}), process(2))
    settle()
    return Flag.objects.get(rule="R038", sentence="buyer_threshold")


def test_flags_on_organizations_have_their_own_queue(admin_client, flagged):
    about = {
        subject: admin_client.get(f"{LIST}?about={subject}").context["cl"].unfolded.count()
        for subject in ("organization", "process")
    }
    assert about == {
        "organization": Flag.objects.exclude(organization=None).count(),
        "process": Flag.objects.filter(organization=None).count(),
    }
    shown = admin_client.get(f"{LIST}?about=organization").content.decode()
    assert admin_url(Organization, flagged.organization_id) in shown
    assert "Organización B" in shown
    found = admin_client.get(f"{LIST}?about=organization&q=organización+B").context["cl"].queryset
    assert list(found) == [flagged]
    assert admin_client.get(f"{LIST}?country=PE").context["cl"].queryset.filter(pk=flagged.pk).exists()


def test_its_page_lists_the_processes_that_were_counted(admin_client, flagged):
    shown = admin_client.get(admin_url(Flag, flagged.pk)).content.decode()
    for counted in ContractingProcess.objects.all():
        assert admin_url(ContractingProcess, counted.pk) in shown
        assert f"<br>{deal(counted)}</div>" in shown, "sums and rows of them can be followed"
    assert "Bids disqualified" in shown
    assert "Cámaras &lt;b&gt;nuevas&lt;/b&gt;" in shown
    assert "Other rules on this organization" in shown
    assert admin_url(Organization, flagged.organization_id) in shown


def test_a_decision_on_it_opens_the_next_one_of_its_queue(admin_client, flagged):
    address = f"{admin_url(Flag, flagged.pk)}?_changelist_filters=about%3Dorganization"
    form = admin_client.get(address).context["form"]
    given = {
        "decision": "confirmed",
        "reason": "Read.",
        "shown_digest": form["shown_digest"].value(),
        "last_review": "",
    }
    response = admin_client.post(address, given)
    other = Flag.objects.exclude(organization=None).exclude(pk=flagged.pk).get()
    assert response.status_code == 302
    assert response["Location"].startswith(admin_url(Flag, other.pk))
    assert Review.objects.get().flag == flagged


def test_the_page_of_an_organization_shows_what_its_audit_found(admin_client, flagged):
    shown = admin_client.get(admin_url(Organization, flagged.organization_id)).content.decode()
    assert admin_url(Flag, flagged.pk) in shown
    assert "Many disqualified bids" in shown
    other = Organization.objects.create(key="x", name="x")
    assert "Not audited yet." in admin_client.get(admin_url(Organization, other.pk)).content.decode()


def test_the_page_of_an_organization_shows_flags_only_to_those_who_may_view_them(client, flagged, django_user_model):
    user = django_user_model.objects.create_user("reader", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_organization"))
    client.force_login(user)
    shown = client.get(admin_url(Organization, flagged.organization_id)).content.decode()
    assert "Organización B" in shown
    assert admin_url(Flag, flagged.pk) not in shown


def test_audits_of_organizations_stand_among_the_others(admin_client, flagged):
    audit = Audit.objects.get(organization=flagged.organization)
    shown = admin_client.get(admin_url(Audit, audit.pk)).content.decode()
    assert admin_url(Organization, flagged.organization_id) in shown
    listed = admin_client.get(reverse("admin:audits_audit_changelist") + "?q=PE-RUC:10B").content.decode()
    assert "Organización B" in listed
    assert "ocds-test01-1" not in listed


def test_blind_reviewers_see_the_counted_processes_without_links_to_decisions(
    admin_client, flagged, make_user, monkeypatch
):
    monkeypatch.setattr(IsSampled, "template", "length(%(expressions)s) > 0")
    first = make_user(groups.AUDITORS, name="berta")
    review_flag(flag=flagged, reviewer=first, decision=Review.Decision.DISMISSED, reason="A market of one.")

    shown = admin_client.get(reverse("admin:audits_blindreview_next")).content.decode()

    assert "Bids disqualified" in shown
    assert "Cámaras &lt;b&gt;nuevas&lt;/b&gt;" in shown
    for counted in ContractingProcess.objects.all():
        assert counted.ocid in shown
        assert admin_url(ContractingProcess, counted.pk) not in shown
    assert "A market of one." not in shown


def test_a_name_that_ends_in_a_full_stop_gets_no_second_one(admin_client, flagged):
    FourEyesWaiver.objects.all().delete()
    Organization.objects.filter(pk=flagged.organization_id).update(name="Compras Unidas Ltda.")
    form = {"shown_digest": flagged.shown_digest, "decision": "confirmed", "reason": "Counted again."}
    told = admin_client.post(admin_url(Flag, flagged.pk), form, follow=True).content.decode()
    assert "Compras Unidas Ltda. It counts once a second person confirms it." in told


def test_a_flag_of_an_organization_that_was_merged_says_so(admin_client, admin_user, flagged):
    """It was told to be withdrawn since figures of other processes had changed, which nobody could explain."""
    load(process(3, buyer="C", statuses=("valid", "valid")))
    settle()
    pair = propose(of("B"), of("C"), proposed_by=admin_user)
    given = {"pair": pair, "decided_by": admin_user, "reason": "The register says so."}
    decide_body(kind=SameBodyDecision.Kind.MERGED, kept=of("C"), **given)
    tasks.recompile_records()
    settle()
    flagged.refresh_from_db()
    assert (flagged.state, flagged.withdrawn_because, flagged.changed_because) == ("withdrawn", "merged", "merged")
    said = admin_client.get(admin_url(Flag, flagged.pk)).content.decode()
    assert "the organization was merged into another one, and the question is now about that one" in said

    decide_body(kind=SameBodyDecision.Kind.PARTED, **given)
    tasks.recompile_records()
    settle()
    flagged.refresh_from_db()
    assert (flagged.state, flagged.withdrawn_because) == ("new", "")
