"""Several people at one desk: leases, take-over, assignment, and two people for a confirmation."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth import get_user
from django.db import ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audits import groups
from audits.desk import LEASE, open_flag
from audits.models import DeskEntry, Flag, FourEyesWaiver, Lease, Review
from tests.audits.admin.desk import page, send, shown
from tests.support.triage import load_release, made_up_release, raise_flag

LIST = reverse("admin:audits_flag_changelist")


def desk(flag) -> str:
    return reverse("admin:audits_flag_desk", args=[flag.pk])


@pytest.fixture
def berta(make_user):
    """The client of a second auditor."""
    client = Client()
    client.force_login(make_user(groups.AUDITORS, name="berta"))
    return client


def test_the_person_who_has_a_flag_open_is_shown_and_may_decide(auditor, berta, flag):
    form = shown(berta, page(flag))  # berta has it open
    assert "berta has this flag open" in auditor.get(page(flag)).content.decode()
    assert "open: berta" in auditor.get(LIST).content.decode()
    assert "has this flag open" not in berta.get(page(flag)).content.decode()
    refused = send(auditor, page(flag), reason="Only one bid was counted.")
    assert refused.status_code == 409
    assert "Only one bid was counted." in refused.content.decode()
    assert not Review.objects.exists()
    assert send(berta, page(flag), form=form).status_code == 302
    assert not Lease.objects.filter(flag=flag).exists()


def test_opening_a_decided_flag_does_not_make_a_second_click_fail(auditor, berta, flag):
    form = shown(auditor, page(flag))
    first = send(auditor, page(flag), form=form)
    berta.get(page(flag))
    second = send(auditor, page(flag), form=form)
    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert Review.objects.count() == 1


def test_a_lease_ends_by_timeout_or_when_another_flag_is_opened(auditor, berta, flag):
    other = raise_flag(load_release(made_up_release()))
    berta.get(page(flag))
    Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert "has this flag open" not in auditor.get(page(flag)).content.decode()
    assert "auditors has this flag open" in berta.get(page(flag)).content.decode()
    auditor.get(page(other))
    assert "has this flag open" not in berta.get(page(flag)).content.decode()


def test_a_lease_lasts_ten_minutes_from_the_last_view(flag, make_user):
    ana = make_user(name="ana")
    open_flag(flag, ana)
    Lease.objects.update(until=timezone.now() + timedelta(minutes=1))
    open_flag(flag, ana)
    assert Lease.objects.get().until > timezone.now() + LEASE - timedelta(minutes=1)


def test_taking_a_flag_over_is_logged(auditor, berta, flag):
    form = shown(berta, page(flag))
    auditor.get(page(flag))
    assert page(flag).startswith(auditor.post(desk(flag), {"take_over": 1})["Location"])
    entry = DeskEntry.objects.get()
    assert (entry.kind, entry.person.username, entry.by.username) == ("taken_over", "berta", "auditors")
    refused = send(berta, page(flag), form=form)
    assert (refused.status_code, "auditors has this flag open" in refused.content.decode()) == (409, True)
    with pytest.raises(ProgrammingError), transaction.atomic():
        DeskEntry.objects.all().delete()


def test_a_flag_can_be_assigned_and_returned(auditor, berta, flag):
    person = get_user(berta)
    auditor.post(desk(flag), {"assignee": person.pk})
    assert "Assigned to berta" in auditor.get(page(flag)).content.decode()
    berta.post(desk(flag), {"assignee": 0})
    flag.refresh_from_db()
    assert flag.assignee is None
    assert list(DeskEntry.objects.values_list("kind", flat=True)) == ["assigned", "unassigned"]


def test_assigning_a_flag_to_another_releases_the_lease(auditor, berta, flag):
    auditor.get(page(flag))
    auditor.post(desk(flag), {"assignee": get_user(berta).pk}, follow=True)
    assert not Lease.objects.exists()
    assert "has this flag open" not in berta.get(page(flag)).content.decode()
    assert "berta has this flag open" in auditor.get(page(flag)).content.decode()
    assert Lease.objects.get().holder == get_user(berta)


@pytest.mark.parametrize("given", ["x", "999999", ""])
def test_flags_cannot_be_assigned_to_people_who_may_not_decide(auditor, flag, make_user, given):
    journalist = make_user(groups.JOURNALISTS)
    for to in (given, str(journalist.pk)):
        auditor.post(desk(flag), {"assignee": to})
    flag.refresh_from_db()
    assert flag.assignee is None
    assert not DeskEntry.objects.exists()


def test_many_flags_are_assigned_from_the_list(auditor, flag):
    other = raise_flag(load_release(made_up_release()))
    answer = auditor.post(LIST, {"action": "assign", "_selected_action": [flag.pk, other.pk]}, follow=True)
    assert "2 flags were assigned to auditors." in answer.content.decode()
    assert set(Flag.objects.values_list("assignee__username", flat=True)) == {"auditors"}


def test_flags_of_an_absent_person_are_found_and_reassigned_together(sign_in, berta, flag, make_user):
    person, lead = get_user(berta), sign_in(groups.LEADS, name="lena")
    others = [raise_flag(load_release(made_up_release())) for _number in range(3)]
    keys = [flag.pk, *(other.pk for other in others[:2])]
    Flag.objects.filter(pk__in=keys).update(assignee=person)
    Flag.objects.filter(pk=flag.pk).update(state=Flag.State.NEEDS_INFORMATION)
    person.is_active = False
    person.save()
    (address,) = re.findall(r'href="([^"]+assignee=\d+)">3</a>', lead.get(reverse("admin:index")).content.decode())
    address = unescape(address)
    assert {row.pk for row in lead.get(address).context["cl"].result_list} == set(keys)
    to = make_user(groups.AUDITORS, name="cora")
    chosen = {"action": "assign", "to": to.pk, "select_across": 1, "_selected_action": keys[:1], "index": 0}
    assert "3 flags were assigned to cora." in lead.post(address, chosen, follow=True).content.decode()
    assert dict(Flag.objects.values_list("pk", "assignee")) == {**dict.fromkeys(keys, to.pk), others[2].pk: None}
    assert lead.get(f"{LIST}?queue=mine").context["cl"].result_count == 0
    lead.post(address.replace(str(person.pk), str(to.pk)), {**chosen, "to": 0})
    assert not Flag.objects.filter(assignee__isnull=False).exists()


def test_readers_cannot_assign_flags(sign_in, make_user, flag):
    from django.contrib.auth.models import Permission

    reader = make_user(name="reader")
    reader.user_permissions.add(Permission.objects.get(codename="view_flag"))
    client = sign_in()
    client.force_login(reader)
    assert "Assign" not in client.get(page(flag)).content.decode()
    assert client.post(desk(flag), {"assignee": reader.pk}).status_code == 403
    assert not Lease.objects.exists()


def test_two_people_confirm_a_flag_on_its_page(auditor, berta, flag):
    FourEyesWaiver.objects.all().delete()
    assert "Confirm, as the first person" in auditor.get(page(flag)).content.decode()
    answer = send(auditor, page(flag))
    assert answer.status_code == 302
    assert "once a second person confirms it" in auditor.get(LIST).content.decode()
    html = auditor.get(page(flag)).content.decode()
    assert "You confirmed this first" in html
    assert 'value="confirmed"' not in html
    assert send(auditor, page(flag)).status_code == 400
    auditor.get(LIST)
    Lease.objects.all().delete()
    html = berta.get(page(flag)).content.decode()
    assert "auditors confirmed this first" in html
    assert "Confirm, as the second person" in html
    assert send(berta, page(flag)).status_code == 302
    flag.refresh_from_db()
    assert flag.decision == "confirmed"


def test_a_batch_skips_flags_that_need_a_second_person(auditor, flag):
    FourEyesWaiver.objects.all().delete()
    other = raise_flag(load_release(made_up_release()))
    send(auditor, page(flag))
    address = f"{reverse('admin:audits_flag_together')}?flags={flag.pk}-{other.pk}"
    form = {**shown(auditor, address), "decision": "confirmed", "reason": "As the other."}
    html = auditor.post(address, form).content.decode()
    assert "New → first confirmation: 1" in html
    assert "Left out, because a second person has to confirm: 1" in html
    assert "The public will see" not in html
    auditor.post(address, {**form, "apply": 1})
    assert list(Review.objects.values_list("flag", "decision")) == [
        (flag.pk, "first_confirmation"),
        (other.pk, "first_confirmation"),
    ]


def test_a_batch_skips_flags_that_another_person_has_open(auditor, berta, flag):
    other = raise_flag(load_release(made_up_release()))
    address = f"{reverse('admin:audits_flag_together')}?flags={flag.pk}-{other.pk}"
    form = {**shown(auditor, address), "decision": "dismissed", "reason": "One maker alone."}
    berta.get(page(flag))
    html = auditor.post(address, form).content.decode()
    assert "New → dismissed: 1" in html
    assert "Left out, because another person has them open: 1" in html
    auditor.post(address, {**form, "apply": 1})
    assert list(Review.objects.values_list("flag", flat=True)) == [other.pk]
    assert "Left out, because another person has them open: 1" in auditor.get(LIST).content.decode()


def test_a_batch_of_flags_open_elsewhere_decides_nothing(auditor, berta, flag):
    address = f"{reverse('admin:audits_flag_together')}?flags={flag.pk}"
    form = {**shown(auditor, address), "decision": "dismissed", "reason": "One maker alone.", "apply": 1}
    berta.get(page(flag))
    assert "another person has them open: 1" in auditor.post(address, form).content.decode()
    assert not Review.objects.exists()
    Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert auditor.post(address, form).status_code == 302
    assert Review.objects.exists()


def test_leads_waive_the_second_person_and_auditors_can_see_it(sign_in, make_user, flag):
    FourEyesWaiver.objects.all().delete()
    client = sign_in(groups.LEADS)
    add = reverse("admin:audits_foureyeswaiver_add")
    assert client.post(add, {"rule": "R018", "reason": "A count, plainly.", "enabled": "on"}).status_code == 302
    assert FourEyesWaiver.objects.get().rule == "R018"
    client.force_login(make_user(groups.AUDITORS))
    assert client.get(reverse("admin:audits_foureyeswaiver_changelist")).status_code == 200
    assert client.get(add).status_code == 403
