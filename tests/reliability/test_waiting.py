"""No deadlocks: people and workers who write the same rows all finish."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from audits.engine.attempts import lock_processes
from contracts.decisions.same_processes import decide_process
from contracts.erasing import erase_submission
from contracts.intake import compiling
from contracts.intake.compiling import compile_processes
from contracts.intake.duplicates import published_twice
from contracts.intake.duplicates.published_twice import update_pairs
from contracts.models import ContractingProcess, Organization, SameProcess, SameProcessDecision
from tests.contracts.decisions.bodies import party
from tests.contracts.decisions.twice import CITY, STATE, record
from tests.support.clients import new_user
from tests.support.records import load, release
from tests.support.waiting import Beside

pytestmark = pytest.mark.django_db(transaction=True)
Kind = SameProcessDecision.Kind


def decide_beside(kind: SameProcessDecision.Kind, kept: ContractingProcess | None = None) -> Beside:
    """Return a decision of a lead on the one pair, to be made in a thread."""
    given = {"pair": SameProcess.objects.get(), "decided_by": new_user("lead"), "reason": "Both read."}
    return Beside(lambda: decide_process(kind=kind, kept=kept, **given))


def test_a_decision_on_a_pair_while_one_of_the_two_is_erased(monkeypatch):
    """Who erases holds its row, and then says which processes count; who decides does it the other way round."""
    submission = load(record(f"{STATE}-1"))
    load(record(f"{CITY}-7"))
    deciding = decide_beside(Kind.MERGED, ContractingProcess.objects.get(ocid=f"{CITY}-7"))
    point_to_kept = compiling.point_to_kept

    def meet_a_decision() -> None:
        deciding.start_and_let_wait()
        point_to_kept()

    monkeypatch.setattr(compiling, "point_to_kept", meet_a_decision)
    erase_submission(submission, actor=None, with_records=True)

    (refused,) = deciding.join()
    assert isinstance(refused, ValidationError)
    # As soon as the erasing is committed, one decides while the other looks for pairs that are gone.
    assert re.search("is no longer public|are no longer found alike", str(refused))
    assert not ContractingProcess.objects.public().filter(ocid=f"{STATE}-1").exists()


def test_a_decision_on_a_pair_while_one_of_the_two_is_looked_at(monkeypatch):
    """Who looks for pairs writes them, and then says which processes count."""
    load(record(f"{STATE}-1"), record(f"{CITY}-7"))
    one, other = ContractingProcess.objects.order_by("pk")
    decide_process(
        pair=SameProcess.objects.get(), decided_by=new_user("first"), kind=Kind.MERGED, kept=one, reason="Both read."
    )
    deciding = decide_beside(Kind.PARTED)
    point_to_kept = published_twice.point_to_kept

    def meet_a_decision() -> None:
        deciding.start_and_let_wait()
        point_to_kept()

    monkeypatch.setattr(published_twice, "point_to_kept", meet_a_decision)
    update_pairs([other.pk])

    assert deciding.join() == []
    assert not ContractingProcess.objects.exclude(same_as=None).exists()


@pytest.mark.parametrize("does", ["load", "decide on a pair"])
def test_records_are_written_in_the_order_in_which_audits_hold_them(does):
    """An audit holds the rows by their keys: who writes the later one first would wait for it, and it for them."""
    load(record(f"{STATE}-1"))  # the older row, and the later ocid
    load(record(f"{CITY}-7"))
    older, newer = ContractingProcess.objects.order_by("pk")
    if does == "load":
        beside = Beside(lambda: compile_processes([older.ocid, newer.ocid]))
    else:
        beside = decide_beside(Kind.MERGED, older)
    with transaction.atomic():
        lock_processes([older.pk])
        beside.start_and_let_wait()
        lock_processes([newer.pk])

    assert beside.join() == []


FIRST, SECOND = party("Acme Redes", "20504030201"), party("Otra Firma", "20504030299")


def test_organizations_are_left_in_the_order_in_which_records_write_them():
    """Records write organizations by their keys; what a record no longer says of them is written in the same order."""
    load(release("ocds-test01-1", parties=[SECOND]))
    load(release("ocds-test01-2", parties=[FIRST]))
    submission = load(release("ocds-test01-3", parties=[{**FIRST, "roles": ["tenderer"]}, SECOND]))
    numbers = [one["identifier"]["id"] for one in (FIRST, SECOND)]
    before, after = Organization.objects.filter(identifier__in=numbers).order_by("key")
    assert before.pk > after.pk, "the one that is written first is the newer row"
    erasing = Beside(lambda: erase_submission(submission, actor=None, with_records=True))

    with transaction.atomic():
        list(Organization.objects.filter(pk=before.pk).select_for_update(no_key=True))
        erasing.start_and_let_wait()
        list(Organization.objects.filter(pk=after.pk).select_for_update(no_key=True))

    assert erasing.join() == []
