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


def test_a_confirmed_flag_is_reopened_before_naming_another_supplier(confirmed, people, client):
    assert (confirmed.state, finds(client, NORTH)) == ("confirmed", True)
    changed = audited(SOUTH, day=2)
    assert (changed.state, changed.decision, changed.changed_because) == ("changed", "confirmed", "record")
    assert Flag.objects.awaiting_review().get() == changed
    assert (finds(client, NORTH), finds(client, SOUTH)) == (True, False)
    assert decide(people[:1]).state == "first_confirmation"
    assert not finds(client, SOUTH)
    assert decide(people[1:]).state == "confirmed"
    assert finds(client, SOUTH)


def test_a_confirmation_of_all_suppliers_survives_an_audit(confirmed, people):
    audited(NORTH, SOUTH, day=2)
    decide(people)
    again = audited(NORTH, SOUTH, day=3)
    assert (again.state, again.changed_because, flags_astray()) == ("confirmed", "", [])


def replaced(first: str, second: str, *, day: int) -> Flag:
    """The flag once its record came again, with one or two suppliers instead of those that it had."""
    return audited(first, second, day=day, places=True)


def test_a_return_to_confirmed_suppliers_does_not_reopen_the_flag(people):
    replaced(NORTH, SOUTH, day=1)
    decide(people)
    for day, suppliers in enumerate([(NORTH, NORTH), (SOUTH, SOUTH), (NORTH, SOUTH)], start=2):
        assert replaced(*suppliers, day=day).state == "confirmed", suppliers


def test_later_confirmed_suppliers_do_not_reopen_the_flag(people):
    replaced(NORTH, NORTH, day=1)
    decide(people)
    replaced(NORTH, SOUTH, day=2)
    decide(people)
    for day, suppliers in enumerate([(NORTH, NORTH), (SOUTH, SOUTH), (NORTH, SOUTH)], start=3):
        assert (replaced(*suppliers, day=day).state, flags_astray()) == ("confirmed", []), suppliers


def test_an_unconfirmed_remaining_supplier_reopens_the_flag(people, client):
    replaced(NORTH, NORTH, day=1)
    decide(people)
    for day, suppliers in enumerate([(NORTH, SOUTH), (SOUTH, SOUTH)], start=2):
        assert (replaced(*suppliers, day=day).state, finds(client, SOUTH)) == ("changed", False), suppliers
    assert (replaced(NORTH, NORTH, day=4).state, finds(client, NORTH), flags_astray()) == ("confirmed", True, [])


@pytest.mark.parametrize("taken", [False, True])
def test_a_second_confirmation_excludes_suppliers_added_after_the_first(taken, people):
    replaced(NORTH, NORTH, day=1)
    decide(people[:1])
    if taken:
        decide(people[1:], Review.Decision.IN_REVIEW)
    for day, suppliers in enumerate([(SOUTH, SOUTH), (EAST, EAST), (EAST, NORTH), (EAST, EAST)], start=2):
        assert replaced(*suppliers, day=day).state == "changed", suppliers


def test_a_dismissal_survives_another_supplier(confirmed, people):
    audited(SOUTH, day=2)
    assert decide(people[:1], Review.Decision.DISMISSED).state == "dismissed"
    assert audited(EAST, day=3).state == "dismissed"


def test_undoing_a_confirmation_removes_the_supplier_from_searches(confirmed, people, client):
    audited(SOUTH, day=2)
    decide(people)
    assert finds(client, SOUTH)
    undo_decision(undone_by=people[1], flag_id=confirmed.pk)
    restored = audited(SOUTH, day=3)
    assert (restored.state, finds(client, SOUTH), flags_astray()) == ("first_confirmation", False, [])


def test_a_reopened_flag_stays_open_over_further_audits(confirmed):
    audited(SOUTH, day=2)
    assert audited(SOUTH, day=3).state == "changed"


@pytest.mark.parametrize("decision", ["dismissed", "needs_information", "in_review"])
def test_an_unpublished_flag_is_not_reopened(decision, people):
    audited(NORTH, day=1)
    decide(people[:1], Review.Decision(decision))
    assert audited(SOUTH, day=2).state == decision


def test_two_people_must_confirm_the_same_suppliers(people):
    audited(NORTH, day=1)
    assert decide(people[:1]).state == "first_confirmation"
    assert audited(SOUTH, day=2).state == "changed"
    assert decide(people[1:]).state == "first_confirmation"
    with pytest.raises(ValidationError):
        decide(people[1:])
    assert decide(people[:1]).state == "confirmed"


def test_the_desk_sees_the_suppliers_at_the_decision(confirmed, sign_in):
    changed = audited(SOUTH, day=2)
    html = sign_in(groups.AUDITORS).get(change_page(changed)).content.decode()
    row = html.split("suppliers<details", 1)[1].split("</tr>", 1)[0]
    assert re.findall(r"<td>(.*?)</td>", row) == [NORTH, f"{NORTH} · <ins>{SOUTH}</ins>"]


def test_a_decision_without_stored_suppliers_covers_all(people, client, monkeypatch):
    audited(NORTH, day=1)
    judged = Flag.as_judged
    monkeypatch.setattr(Flag, "as_judged", lambda flag: {k: v for k, v in judged(flag).items() if k != "suppliers"})
    decide(people)
    assert audited(SOUTH, day=2).state == "changed"
    assert finds(client, SOUTH)
