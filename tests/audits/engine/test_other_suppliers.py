"""A confirmed flag whose record names another supplier: nobody judged it of that one."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from audits import groups
from audits.models import Flag, FourEyesWaiver, Review
from audits.triage import flags_astray, review_flag
from contracts.models import Organization
from tests.support.people import make_user, sign_in  # noqa: F401  -- fixtures
from tests.support.triage import load_release, made_up_release, raise_flag

NORTH, SOUTH = "Cámaras del Norte S.A.", "Cámaras del Sur S.A."


@pytest.fixture(autouse=True)
def two_persons(db):
    FourEyesWaiver.objects.all().delete()


@pytest.fixture
def people(make_user):  # noqa: F811
    return make_user(name="ana"), make_user(name="berta")


@pytest.fixture
def confirmed(people):
    """A flag that two persons confirmed of one supplier."""
    audited(NORTH, day=1)
    return decide(people)


def audited(*suppliers: str, day: int) -> Flag:
    """The flag once its record came again, with these suppliers of its one award, and was audited."""
    names = [{"id": name, "name": name} for name in suppliers]
    release = made_up_release("ocds-madeup-named") | {"id": str(day), "date": f"2026-03-{day:02}T00:00:00Z"}
    release["parties"][1:] = [{**name, "roles": ["supplier"]} for name in names]
    release["awards"][0]["suppliers"] = names
    return raise_flag(load_release(release))


def decide(people, decision=Review.Decision.CONFIRMED) -> Flag:
    for person in people:
        review_flag(flag=Flag.objects.get(), reviewer=person, decision=decision, reason="Read in the record.")
    return Flag.objects.get()


def finds(client, name: str) -> bool:
    """Return whether a reader finds the flag of a supplier: in the API, and on the page of the supplier."""
    pk = Organization.objects.get(name=name).pk
    found = client.get(f"/api/v1/flags/?supplier={pk}").json()["results"]
    html = client.get(reverse("organization-page", args=[pk])).content.decode()
    assert bool(found) == ("ocds-madeup-named" in html and "R018" in html)
    return bool(found)


def test_who_confirmed_it_is_asked_again_and_the_other_is_not_named_before(confirmed, people, client):
    assert (confirmed.state, finds(client, NORTH)) == ("confirmed", True)
    changed = audited(SOUTH, day=2)
    assert (changed.state, changed.decision, changed.changed_because) == ("changed", "confirmed", "record")
    assert Flag.objects.awaiting_review().get() == changed
    assert (finds(client, NORTH), finds(client, SOUTH)) == (True, False)
    assert decide(people[:1]).state == "first_confirmation"
    assert not finds(client, SOUTH)
    assert decide(people[1:]).state == "confirmed"
    assert finds(client, SOUTH)


def test_what_was_confirmed_of_all_stands_when_it_is_audited_again(confirmed, people):
    audited(NORTH, SOUTH, day=2)
    decide(people)
    again = audited(NORTH, SOUTH, day=3)
    assert (again.state, again.changed_because, flags_astray()) == ("confirmed", "", [])


def test_it_waits_until_somebody_looks_however_often_it_is_audited(confirmed):
    audited(SOUTH, day=2)
    assert audited(SOUTH, day=3).state == "changed"


@pytest.mark.parametrize("decision", ["dismissed", "needs_information", "in_review"])
def test_what_is_not_public_is_not_asked_again(decision, people):
    audited(NORTH, day=1)
    decide(people[:1], Review.Decision(decision))
    assert audited(SOUTH, day=2).state == decision


def test_two_persons_confirm_it_of_the_same_suppliers(people):
    audited(NORTH, day=1)
    assert decide(people[:1]).state == "first_confirmation"
    assert audited(SOUTH, day=2).state == "changed"
    assert decide(people[1:]).state == "first_confirmation"
    with pytest.raises(ValidationError):
        decide(people[1:])
    assert decide(people[:1]).state == "confirmed"


def test_the_desk_sees_who_was_named_when_it_was_decided(confirmed, sign_in):  # noqa: F811
    changed = audited(SOUTH, day=2)
    html = sign_in(groups.AUDITORS).get(reverse("admin:audits_flag_change", args=[changed.pk])).content.decode()
    row = html.split("suppliers<details", 1)[1].split("</tr>", 1)[0]
    assert re.findall(r"<td>(.*?)</td>", row) == [NORTH, f"{NORTH} · <ins>{SOUTH}</ins>"]


def test_a_decision_from_before_suppliers_were_kept_is_of_all(people, client, monkeypatch):
    audited(NORTH, day=1)
    judged = Flag.as_judged
    monkeypatch.setattr(Flag, "as_judged", lambda flag: {k: v for k, v in judged(flag).items() if k != "suppliers"})
    decide(people)
    assert audited(SOUTH, day=2).state == "changed"
    assert finds(client, SOUTH)
