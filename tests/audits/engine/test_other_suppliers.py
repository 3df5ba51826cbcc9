"""A confirmed flag whose record now names another supplier: its confirmation does not extend to that one."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from audits import groups
from audits.models import Flag, Review
from audits.triage import flags_astray, review_flag, undo_decision
from contracts.models import Organization
from tests.support.pages import change_page
from tests.support.triage import load_release, made_up_release, raise_flag

NORTH, SOUTH, EAST = "Cámaras del Norte S.A.", "Cámaras del Sur S.A.", "Cámaras del Este S.A."


pytestmark = pytest.mark.usefixtures("two_persons")


@pytest.fixture
def people(make_user):
    return make_user(name="ana"), make_user(name="berta")


@pytest.fixture
def confirmed(people):
    """A flag that two persons confirmed of one supplier."""
    audited(NORTH, day=1)
    return decide(people)


def audited(*suppliers: str, day: int, places: bool = False) -> Flag:
    """
    The flag once its record came again, with these suppliers of its one award, and was audited.

    Suppliers of before stand beside them, but where ids are of places, so that who has one is replaced.
    """
    names = [{"id": f"S{number}" if places else name, "name": name} for number, name in enumerate(suppliers)]
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


def test_a_confirmed_flag_is_asked_again_before_the_other_supplier_is_named(confirmed, people, client):
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


def replaced(first: str, second: str, *, day: int) -> Flag:
    """The flag once its record came again, with one or two suppliers instead of those that it had."""
    return audited(first, second, day=day, places=True)


def test_whom_it_was_confirmed_of_is_not_asked_of_again(people):
    replaced(NORTH, SOUTH, day=1)
    decide(people)
    for day, suppliers in enumerate([(NORTH, NORTH), (SOUTH, SOUTH), (NORTH, SOUTH)], start=2):
        assert replaced(*suppliers, day=day).state == "confirmed", suppliers


def test_nor_where_some_of_them_came_since_it_was_confirmed_first(people):
    replaced(NORTH, NORTH, day=1)
    decide(people)
    replaced(NORTH, SOUTH, day=2)
    decide(people)
    for day, suppliers in enumerate([(NORTH, NORTH), (SOUTH, SOUTH), (NORTH, SOUTH)], start=3):
        assert (replaced(*suppliers, day=day).state, flags_astray()) == ("confirmed", []), suppliers


def test_nobody_confirmed_it_of_who_remains_of_those_that_came(people, client):
    replaced(NORTH, NORTH, day=1)
    decide(people)
    for day, suppliers in enumerate([(NORTH, SOUTH), (SOUTH, SOUTH)], start=2):
        assert (replaced(*suppliers, day=day).state, finds(client, SOUTH)) == ("changed", False), suppliers
    assert (replaced(NORTH, NORTH, day=4).state, finds(client, NORTH), flags_astray()) == ("confirmed", True, [])


@pytest.mark.parametrize("taken", [False, True])
def test_the_second_person_does_not_confirm_it_of_who_came_after_the_first(taken, people):
    replaced(NORTH, NORTH, day=1)
    decide(people[:1])
    if taken:
        decide(people[1:], Review.Decision.IN_REVIEW)
    for day, suppliers in enumerate([(SOUTH, SOUTH), (EAST, EAST), (EAST, NORTH), (EAST, EAST)], start=2):
        assert replaced(*suppliers, day=day).state == "changed", suppliers


def test_what_was_dismissed_of_others_stays_dismissed(confirmed, people):
    audited(SOUTH, day=2)
    assert decide(people[:1], Review.Decision.DISMISSED).state == "dismissed"
    assert audited(EAST, day=3).state == "dismissed"


def test_it_is_not_found_under_a_name_once_that_decision_is_undone(confirmed, people, client):
    audited(SOUTH, day=2)
    decide(people)
    assert finds(client, SOUTH)
    undo_decision(undone_by=people[1], flag_id=confirmed.pk)
    restored = audited(SOUTH, day=3)
    assert (restored.state, finds(client, SOUTH), flags_astray()) == ("first_confirmation", False, [])


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


def test_the_desk_sees_who_was_named_when_it_was_decided(confirmed, sign_in):
    changed = audited(SOUTH, day=2)
    html = sign_in(groups.AUDITORS).get(change_page(changed)).content.decode()
    row = html.split("suppliers<details", 1)[1].split("</tr>", 1)[0]
    assert re.findall(r"<td>(.*?)</td>", row) == [NORTH, f"{NORTH} · <ins>{SOUTH}</ins>"]


def test_a_decision_from_before_suppliers_were_kept_is_of_all(people, client, monkeypatch):
    audited(NORTH, day=1)
    judged = Flag.as_judged
    monkeypatch.setattr(Flag, "as_judged", lambda flag: {k: v for k, v in judged(flag).items() if k != "suppliers"})
    decide(people)
    assert audited(SOUTH, day=2).state == "changed"
    assert finds(client, SOUTH)
