"""Processes that two sources publish under two ocids: which pairs are found, what a decision does and takes back."""

import itertools
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, transaction

from contracts.api.twice import PerhapsSameAs
from contracts.decisions.same_processes import decide_process
from contracts.erasing import erase_submission
from contracts.intake.duplicates.published_twice import _ALIKE, _asked, update_all_pairs, update_pairs
from contracts.models import Change, ContractingProcess, Publisher, SameProcess, SameProcessDecision, TrailEntry
from contracts.postgres.querying import execute, query
from tests.contracts.decisions.bodies import party
from tests.contracts.decisions.twice import CITY, STATE, THIRD, at, contract, counts_for, keys, record, sent
from tests.support.clients import new_user
from tests.support.records import load

pytestmark = pytest.mark.django_db
Kind = SameProcessDecision.Kind


def pairs():
    return {tuple(sorted((pair.one.ocid, pair.other.ocid))) for pair in SameProcess.objects.open()}


TWO = {(f"{CITY}-7", f"{STATE}-1")}


@pytest.fixture
def lead(db):
    return new_user("lead")


def decide(lead, pair, kind=Kind.MERGED, kept=None):
    decide_process(pair=pair, decided_by=lead, kind=kind, kept=kept and at(kept), reason="Both read.")


@pytest.mark.parametrize("order", list(itertools.permutations([f"{STATE}-1", f"{CITY}-7"])))
def test_one_contract_of_two_sources_is_a_pair_whichever_comes_first(order):
    for ocid in order:
        sent(record(ocid))
    pair = SameProcess.objects.get()
    assert pairs() == TWO
    assert (pair.agrees_in, pair.contracts, pair.only_one, pair.only_other) == (["day"], 1, 0, 0)
    assert len(pair.may_be_kept) == 2
    # What is found is a question: it counts both.
    assert counts_for(f"{STATE}-1") is counts_for(f"{CITY}-7") is None
    update_all_pairs()
    assert SameProcess.objects.get() == pair


def test_two_that_come_together_are_a_pair():
    sent(record(f"{STATE}-1"), record(f"{CITY}-7"))
    assert pairs() == TWO


def test_the_number_alone_or_the_day_alone_is_enough_beside_parties_and_amount():
    sent(record(f"{STATE}-1", contract("CO-2024-17")), record(f"{CITY}-7", contract("17/2024")))
    assert SameProcess.objects.get().agrees_in == ["day"]
    sent(record(f"{THIRD}-3", contract("CO-2024-17", signed="2024-05-02T00:00:00Z")))
    assert SameProcess.objects.get(other=at(f"{THIRD}-3")).agrees_in == ["number"]


def test_of_another_amount_the_day_and_the_number_must_be_the_same():
    sent(record(f"{STATE}-1", contract("CO-2024-17")), record(f"{CITY}-7", contract("CO-2024-17", amount=1100)))
    pair = SameProcess.objects.get()
    assert (pair.agrees_in, pair.is_of_one_amount) == (["day", "number"], False)
    sent(record(f"{CITY}-7", contract("CO-2024-17", amount=1100, signed="2024-04-11T00:00:00Z"), id="2"))
    assert pairs() == set()
    sent(record(f"{CITY}-7", contract("CO-2024-17"), id="3", date="2024-05-01T00:00:00Z"))
    assert SameProcess.objects.get().is_of_one_amount


def test_lots_that_the_other_adds_up_are_in_both():
    lots = [contract(f"L{number}", amount=300 * number) for number in (1, 2)]
    sent(record(f"{STATE}-1", contract("R", amount=70), *lots))
    sent(record(f"{CITY}-7", contract("R", amount=70), contract("Sum", amount=900)))
    pair = SameProcess.objects.get()
    assert (pair.contracts, pair.only_one, pair.only_other) == (2, 0, 0)
    assert len(pair.may_be_kept) == 2
    sent(record(f"{CITY}-7", contract("R", amount=70), contract("Sum", amount=901), id="2"))
    assert SameProcess.objects.count() == 0


def test_sums_are_those_of_the_same_suppliers_in_one_currency_and_beside_a_contract_that_is_alike():
    lots = [contract(f"L{number}", amount=300 * number) for number in (1, 2)]
    # Nothing is alike by itself.
    sent(record(f"{STATE}-1", *lots), record(f"{CITY}-7", contract("Sum", amount=900)))
    assert SameProcess.objects.count() == 0
    rest = contract("R", amount=70)
    sent(record(f"{STATE}-1", rest, *lots, id="2"))
    sent(record(f"{CITY}-7", contract("R", amount=70), contract("Sum", amount=900, currency="USD"), id="2"))
    assert SameProcess.objects.count() == 0
    sent(record(f"{CITY}-7", contract("R", amount=70), contract("Sum", amount=900), id="3"))
    assert SameProcess.objects.count() == 1


def test_equal_contracts_of_both_are_in_both_beside_one_that_is_alike():
    equal = [contract(f"E{number}", amount=50) for number in (1, 2)]
    both = [contract("R", amount=70), *equal]
    sent(record(f"{STATE}-1", *both), record(f"{CITY}-7", *both))
    pair = SameProcess.objects.get()
    assert (pair.contracts, pair.only_one, pair.only_other) == (3, 0, 0)


@pytest.mark.parametrize(
    "other",
    [
        record(f"{CITY}-7", contract(amount=901)),
        record(f"{CITY}-7", contract(currency="USD")),
        record(f"{CITY}-7", contract(signed="2024-04-11T00:00:00Z")),  # "C" is the number of many contracts
        record(f"{CITY}-7", contract(amount=0)),
        record(f"{CITY}-7", contract(status="cancelled")),
        record(f"{CITY}-7", supplier=party("Otra Firma", "20504030299")),
        record(f"{CITY}-7", buyer=party("Otra Municipalidad", "20100000009", "buyer")),
        record(f"{STATE}-2"),  # the publisher tells two of its own apart
    ],
)
def test_what_differs_in_what_counts_is_not_a_pair(other):
    sent(record(f"{STATE}-1"), other)
    assert update_all_pairs() == 0


def test_one_publisher_is_one_source_by_each_of_its_prefixes_alone():
    portal = Publisher.objects.create(slug="portal", name="Portal", ocid_prefix="ocds-portal", country="PE")
    first, second = record(f"{STATE}-1"), record(f"{CITY}-7")
    sent(first, second, publisher=portal)
    assert pairs() == TWO  # two systems of one portal
    # An ocid without a prefix of the standard tells nothing of a system.
    sent(record("1234"), record("1235"), publisher=portal)
    assert not any("1234" in pair and "1235" in pair for pair in pairs())


def test_equal_orders_of_one_day_are_no_pair():
    orders = [contract(str(number)) for number in (1, 2)]
    sent(record(f"{STATE}-1", *orders), record(f"{CITY}-7"))
    assert update_all_pairs() == 0
    sent(record(f"{CITY}-8"))
    assert update_all_pairs() == 0


def test_a_third_equal_one_takes_a_pair_back_and_its_end_brings_it_again():
    sent(record(f"{STATE}-1"), record(f"{CITY}-7"))
    sent(record(f"{CITY}-8"))
    assert pairs() == set()
    sent(record(f"{CITY}-8", contract(amount=5), id="2"))
    update_all_pairs()
    assert pairs() == TWO


def test_many_of_one_amount_and_day_say_nothing(monkeypatch):
    others = [record(f"{THIRD}-{n}", buyer=party(f"Municipio {n}", f"2020000{n:04}", "buyer")) for n in range(99)]
    load(*others)
    sent(record(f"{STATE}-1"))
    sent(record(f"{CITY}-7"))
    assert SameProcess.objects.count() == 0


def test_who_holds_more_contracts_can_be_kept_and_not_the_part(lead):
    sent(record(f"{STATE}-1", contract("C1"), contract("C2", amount=70)))
    sent(record(f"{CITY}-7", contract("C1")))
    pair = SameProcess.objects.get()
    assert (pair.contracts, pair.only_one, pair.only_other) == (1, 1, 0)
    with pytest.raises(ValidationError, match=f"contracts that {CITY}-7 does not have"):
        decide(lead, pair, kept=f"{CITY}-7")
    decide(lead, pair, kept=f"{STATE}-1")
    assert counts_for(f"{CITY}-7") == f"{STATE}-1"
    sent(record(f"{CITY}-8", contract("C2", amount=70)))
    assert pairs() == {(f"{CITY}-8", f"{STATE}-1")}


def test_two_that_share_one_contract_and_have_others_are_no_pair():
    sent(
        record(f"{STATE}-1", contract("C1"), contract("C2", amount=70)),
        record(f"{CITY}-7", contract("C1"), contract("C3", amount=80)),
    )
    assert update_all_pairs() == 0


def test_a_change_or_withdrawal_ends_a_question_that_nobody_decided(lead):
    submission = load(record(f"{STATE}-1"))
    sent(record(f"{CITY}-7"))
    sent(record(f"{CITY}-7", contract(amount=901), id="2"))
    assert SameProcess.objects.count() == 0
    sent(record(f"{CITY}-7", id="3"))
    assert pairs() == TWO
    erase(submission)
    update_pairs(keys([f"{STATE}-1"]))
    assert SameProcess.objects.count() == 0


def erase(submission):
    erase_submission(submission, actor=None, with_records=True)


def test_claims_are_no_source():
    sent(record(f"{STATE}-1"))
    load(record(f"{CITY}-7"), channel="api")
    assert at(f"{CITY}-7").verification == "unverified"
    assert update_all_pairs() == 0


def test_a_merge_counts_one_and_parting_both_again(lead):
    sent(record(f"{STATE}-1"), record(f"{CITY}-7"))
    pair = SameProcess.objects.get()
    decide(lead, pair, kept=f"{STATE}-1")
    assert counts_for(f"{CITY}-7") == f"{STATE}-1"
    assert counts_for(f"{STATE}-1") is None
    assert SameProcess.objects.open().count() == 0
    entry = TrailEntry.objects.get(action="process_decided")
    assert entry.details == {
        "decision": "merged",
        "one": pair.one.ocid,
        "other": pair.other.ocid,
        "kept": f"{STATE}-1",
    }
    for kind in (Kind.MERGED, Kind.REFUSED):
        with pytest.raises(ValidationError, match="let both count again first"):
            decide(lead, pair, kind, kept=f"{STATE}-1" if kind == Kind.MERGED else None)
    decide(lead, pair, Kind.PARTED)
    assert counts_for(f"{CITY}-7") is None
    with pytest.raises(ValidationError, match="Both count already"):
        decide(lead, pair, Kind.PARTED)
    kinds = Change.objects.filter(ocid=f"{CITY}-7", kind__startswith="record_").order_by("pk")
    assert list(kinds.values_list("kind", flat=True)) == ["record_merged", "record_parted"]
    # It was asked once.
    update_all_pairs()
    assert SameProcess.objects.open().count() == 0


def test_a_decision_stands_when_records_move_on_and_says_so(lead):
    sent(record(f"{STATE}-1"), record(f"{CITY}-7"))
    decide(lead, SameProcess.objects.get(), kept=f"{STATE}-1")
    sent(record(f"{CITY}-7", contract(amount=950), id="2"))
    assert counts_for(f"{CITY}-7") == f"{STATE}-1"
    assert SameProcess.objects.moved_on().count() == 1
    sent(record(f"{CITY}-7", id="3"))
    assert SameProcess.objects.moved_on().count() == 0


def test_what_is_taken_back_counts_for_no_other_until_it_is_back(lead):
    submission = load(record(f"{STATE}-1"))
    sent(record(f"{CITY}-7"))
    decide(lead, SameProcess.objects.get(), kept=f"{STATE}-1")
    erase(submission)
    assert counts_for(f"{CITY}-7") is None
    sent(record(f"{STATE}-1"))
    assert counts_for(f"{CITY}-7") == f"{STATE}-1"


def test_what_is_cancelled_counts_for_no_other_until_it_stands_again(lead):
    sent(record(f"{STATE}-1"), record(f"{CITY}-7"))
    decide(lead, SameProcess.objects.get(), kept=f"{STATE}-1")
    sent(record(f"{STATE}-1", contract(status="cancelled"), id="2", date="2024-05-01T00:00:00Z"))
    assert counts_for(f"{CITY}-7") is None
    sent(record(f"{STATE}-1", contract(), id="3", date="2024-06-01T00:00:00Z"))
    assert counts_for(f"{CITY}-7") == f"{STATE}-1"


def test_of_three_one_counts(lead):
    for ocid in (f"{STATE}-1", f"{CITY}-7", f"{THIRD}-3"):
        sent(record(ocid))
    assert len(pairs()) == 3
    of = {tuple(sorted((pair.one.ocid, pair.other.ocid))): pair for pair in SameProcess.objects.all()}
    decide(lead, of[f"{CITY}-7", f"{STATE}-1"], kept=f"{STATE}-1")
    assert pairs() == {(f"{STATE}-1", f"{THIRD}-3")}
    with pytest.raises(ValidationError, match="decide on that one"):
        decide(lead, of[f"{CITY}-7", f"{THIRD}-3"], kept=f"{CITY}-7")
    decide(lead, of[f"{STATE}-1", f"{THIRD}-3"], kept=f"{THIRD}-3")
    assert counts_for(f"{CITY}-7") == counts_for(f"{STATE}-1") == f"{THIRD}-3"
    decide(lead, of[f"{STATE}-1", f"{THIRD}-3"], Kind.PARTED)
    assert counts_for(f"{CITY}-7") == f"{STATE}-1"
    assert counts_for(f"{STATE}-1") is None


def test_a_refusal_is_not_asked_again(lead):
    sent(record(f"{STATE}-1"), record(f"{CITY}-7"))
    with pytest.raises(ValidationError, match="choose which of the two counts"):
        decide(lead, SameProcess.objects.get(), Kind.REFUSED, kept=f"{CITY}-7")
    decide(lead, SameProcess.objects.get(), Kind.REFUSED)
    sent(record(f"{CITY}-7", id="2"))
    assert pairs() == set()


def test_decisions_are_never_changed_and_are_chained(lead, capsys):
    sent(record(f"{STATE}-1"), record(f"{CITY}-7"))
    decide(lead, SameProcess.objects.get(), Kind.REFUSED)
    with pytest.raises(DatabaseError), transaction.atomic():
        SameProcessDecision.objects.update(reason="Another.")
    call_command("verifylog")
    assert "contracts_sameprocessdecision" in capsys.readouterr().out


@pytest.mark.parametrize("is_counted_empty", [False, True])
@pytest.mark.parametrize("number", ["CO-2024-{:03}", "contract-1"])
def test_what_a_batch_costs_is_in_proportion_to_it(number, is_counted_empty):
    if is_counted_empty:  # the planner then takes every table for one that can be read whole, or by any index
        execute("ANALYZE contracts_contract, contracts_contractingprocess")
    load(*(record(f"{STATE}-{n}", contract(number.format(n), amount=n)) for n in range(1, 61)))
    execute("SET LOCAL enable_seqscan = off")
    ((plan,),) = query(f"EXPLAIN (ANALYZE, FORMAT JSON) {_ALIKE}", _asked(keys(f"{STATE}-{n}" for n in range(1, 61))))
    loops, read = zip(*_taken(plan[0]["Plan"]), strict=True)
    assert 60 <= max(loops) <= 2 * 60
    assert max(read) <= 2 * 60


def test_rows_of_a_page_are_asked_only_where_anything_waits():
    sent(*(record(f"{STATE}-{n}", contract(amount=n)) for n in range(1, 4)))
    rows = ContractingProcess.objects.annotate(beside=PerhapsSameAs().expression("")).values_list("ocid", "beside")
    (plan,) = json.loads(rows.explain(analyze=True, format="json"))
    assert max(_loops_of_pairs(plan["Plan"])) == 1
    sent(record(f"{CITY}-7", contract(amount=2)))
    assert [beside for _ocid, beside in rows.order_by("pk")] == [[], [f"{CITY}-7"], [], [f"{STATE}-2"]]


def _loops_of_pairs(node):
    own = [node["Actual Loops"]] if node.get("Relation Name") == "contracts_sameprocess" else []
    return [*own, *(loops for part in node.get("Plans", ()) for loops in _loops_of_pairs(part))]


def _taken(node):
    """How often each step of a plan was taken, and how many rows that gave."""
    own = node["Actual Loops"], node["Actual Loops"] * node["Actual Rows"]
    return [own, *(taken for part in node.get("Plans", ()) for taken in _taken(part))]


def test_a_pair_that_is_gone_is_reported():
    sent(record(f"{STATE}-1"), record(f"{CITY}-7"))
    pair = SameProcess.objects.get()
    SameProcess.objects.all().delete()
    with pytest.raises(ValidationError, match="no longer found alike"):
        decide_process(pair=pair, decided_by=new_user("lead"), kind=Kind.REFUSED, reason="Read.")
