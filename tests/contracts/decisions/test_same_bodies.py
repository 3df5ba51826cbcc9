"""Organizations that may be one: which pairs are proposed, and what a decision does and takes back."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from contracts import tasks
from contracts.decisions.same_bodies import decide_body, propose, propose_all
from contracts.intake import recompiling
from contracts.models import (
    Change,
    Contract,
    ContractingProcess,
    Organization,
    Party,
    SameBody,
    SameBodyDecision,
    Submission,
    TrailEntry,
)
from contracts.names.sameness import write
from tests.contracts.decisions.bodies import BUYER, party, record
from tests.support.clients import new_user
from tests.support.records import break_release, load

pytestmark = pytest.mark.django_db
Kind = SameBodyDecision.Kind


def named(name):
    return Organization.objects.get(name=name)


def pairs():
    return {(pair.one.name, pair.other.name) for pair in SameBody.objects.all()}


def codes(signs):
    return [code for code, _values in signs]


@pytest.fixture
def lead(db):
    return new_user("lead")


def merge(lead, kept, gone, reason="The register has one number for both."):
    pair = propose(named(kept), named(gone), proposed_by=lead)
    decide_body(pair=pair, decided_by=lead, kind=Kind.MERGED, kept=named(kept), reason=reason)
    tasks.recompile_records()
    return pair


@pytest.mark.parametrize(
    ("one", "other", "signs"),
    [
        (("Acme Redes S.A.C.",), ("ACME REDES SAC", "20504030201"), ["same_name"]),
        (("Acme Redes S.A.C.",), ("Acme Redes S.A.", "20504030201"), ["other_legal_form"]),
        (("Comunicaciones Andinas del Perú",), ("Comunicaciones Andinas de Perú", "20504030201"), ["alike"]),
        (("Acme", "20-504030201"), ("Otra Firma", "20504030201", "supplier", "PE-SUNAT"), ["same_number"]),
    ],
)
def test_one_number_and_like_names_are_proposed_with_what_speaks_for_it(one, other, signs):
    load(record(1, party(*one)), record(2, party(*other)))
    assert propose_all() == 1
    pair = SameBody.objects.get()
    assert {pair.one.name, pair.other.name} == {one[0], other[0]}
    # The same buyer stands beside both.
    assert codes(pair.speaks_for) == [*signs, "same_counterparties"]
    assert all(write(sign) for sign in [*pair.speaks_for, *pair.speaks_against])
    assert not Organization.objects.exclude(merged_into=None).exists()
    assert propose_all() == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Acme Redes SAC", "20504030201"), ("Acme Redes S.A.C.", "20504030202")),  # two numbers of one register
        (("Institución Educativa 1234",), ("Institución Educativa 1235",)),
        (("Acme Redes SAC",), ("Acme Redes SAC", "", "supplier", "", "CL")),
        (("Consorcio Vial Norte",), ("Laboratorios Unidos",)),
    ],
)
def test_two_numbers_other_digits_and_other_countries_are_not(one, other):
    load(record(1, party(*one)), record(2, party(*other)))
    assert propose_all() == 0


def test_a_number_that_anybody_has_speaks_for_nobody(lead):
    people = [party(name, "XAXX010101000", scheme="MX-RFC", country="MX") for name in ("Ana Pérez", "Luis Gómez")]
    load(record(1, people[0]), record(2, people[1]))
    assert propose_all() == 0
    pair = propose(named("Ana Pérez"), named("Luis Gómez"), proposed_by=lead)
    assert "same_number" not in codes(pair.speaks_for)
    assert "no_number" in codes(pair.speaks_against)


def test_who_is_called_by_a_kind_of_supplier_is_proposed_for_nobody(lead):
    load(*(record(number, party(f"Persona natural {number}"), party("PERSONA NATURAL")) for number in (1, 2)))
    assert propose_all() == 0
    one, other = Organization.objects.filter(name="PERSONA NATURAL")
    assert codes(propose(one, other, proposed_by=lead).speaks_against)[:3] == ["no_number", *["of_one_process"] * 2]


def test_the_command_tells_how_many_are_new(capsys):
    load(record(1, party("Acme Redes S.A.C.")), record(2, party("Acme Redes S.A.", "20504030201")))
    call_command("proposebodies")
    assert capsys.readouterr().out == "1 new pairs to decide on\n"


def test_who_proposes_by_hand_is_told_what_speaks_against_it(lead):
    both = [BUYER, party("Acme Redes", "20504030201"), party("Laboratorios Unidos 7", "20504030202", "buyer")]
    load({**record(1, party("Acme Redes", "20504030201")), "parties": both})
    pair = propose(named("Laboratorios Unidos 7"), named("Acme Redes"), proposed_by=lead)
    assert codes(pair.speaks_for) == ["same_counterparties"]
    assert codes(pair.speaks_against) == ["other_number", "other_digits", "other_name", "buys_and_sells", "together"]
    assert "Records that name both as separate parties: 1, such as ocds-" in write(pair.speaks_against[-1])
    assert propose(named("Acme Redes"), named("Laboratorios Unidos 7"), proposed_by=None) == pair
    with pytest.raises(ValidationError, match="two organizations"):
        propose(named("Acme Redes"), named("Acme Redes"), proposed_by=lead)


def rows():
    """All that names organizations, with what records are made of."""
    return (
        [*Contract.objects.order_by("process__ocid").values_list("suppliers", "supplier_names")],
        [*ContractingProcess.objects.order_by("ocid").values_list("suppliers", "buyer", "digest", "compiled_release")],
        [*Party.objects.order_by("process__ocid", "path").values_list("organization", "named_as", "name")],
        {row.key: (row.roles, row.merged_into_id) for row in Organization.objects.all()},
    )


def test_rows_name_the_one_kept_and_a_decision_parts_them_again(lead):
    load(
        record(1, party("Acme SAC")),
        record(2, party("Acme S.A.", "20504030201")),
        record(3, party("Acme SAC", role="tenderer"), buyer=party("Acme SAC", role="buyer")),
    )
    before = rows()
    kept, gone = named("Acme S.A."), named("Acme SAC")
    pair = merge(lead, "Acme S.A.", "Acme SAC")
    assert {tuple(suppliers) for (suppliers,) in Contract.objects.values_list("suppliers")} == {(kept.pk,)}
    assert [*Contract.objects.order_by("process__ocid").values_list("supplier_names", flat=True)] == [
        ["Acme SAC"],
        ["Acme S.A."],
        ["Acme SAC"],
    ]
    assert ContractingProcess.objects.get(ocid="ocds-test01-3").buyer == kept
    assert not Party.objects.filter(organization=gone).exists()
    assert set(Party.objects.filter(named_as=gone).values_list("name", flat=True)) == {"Acme SAC"}
    assert [row[2:] for row in rows()[1]] == [row[2:] for row in before[1]]  # no record changes
    assert named("Acme S.A.").roles == ["buyer", "supplier", "tenderer"]

    # What comes later is of the body too.
    load(record(4, party("Acme SAC", role="reviewBody")))
    assert Contract.objects.get(process__ocid="ocds-test01-4").suppliers == [kept.pk]
    assert "reviewBody" in named("Acme S.A.").roles
    ContractingProcess.objects.filter(ocid="ocds-test01-4").delete()

    decide_body(pair=pair, decided_by=lead, kind=Kind.PARTED, reason="Two firms after all.")
    tasks.recompile_records()
    after = rows()
    after[3][gone.key] = before[3][gone.key]  # it keeps the role of the record that is gone
    assert after == before


def test_a_body_of_three_is_one_whatever_the_order_and_parts_as_it_was_made(lead):
    load(*(record(number, party(name)) for number, name in enumerate(("Acme Uno", "Acme Dos", "Acme Tres"))))
    uno, dos, tres = named("Acme Uno"), named("Acme Dos"), named("Acme Tres")
    merge(lead, "Acme Dos", "Acme Uno")
    last = merge(lead, "Acme Tres", "Acme Dos")
    assert {tuple(found) for (found,) in Contract.objects.values_list("suppliers")} == {(tres.pk,)}
    assert Organization.objects.kept_of([uno.pk, dos.pk, tres.pk, 0]) == {
        uno.pk: tres.pk,
        dos.pk: tres.pk,
        tres.pk: tres.pk,
        0: 0,
    }
    assert Organization.objects.bodies_of([dos.pk]) == sorted([uno.pk, dos.pk, tres.pk])
    with pytest.raises(ValidationError, match="choose that one"):
        propose(named("Acme Uno"), named("Acme Tres"), proposed_by=lead)
    decide_body(pair=last, decided_by=lead, kind=Kind.PARTED, reason="Another firm.")
    tasks.recompile_records()
    assert [*Contract.objects.order_by("process__ocid").values_list("suppliers", flat=True)] == [
        [dos.pk],
        [dos.pk],
        [tres.pk],
    ]


def test_decisions_must_fit_what_stands(lead):
    load(record(1, party("Acme Uno")), record(2, party("Acme Dos")), record(3, party("Acme Tres")))
    pair = propose(named("Acme Uno"), named("Acme Dos"), proposed_by=lead)
    other = propose(named("Acme Dos"), named("Acme Tres"), proposed_by=lead)
    wrong = [
        {"kind": Kind.MERGED, "kept": named("Acme Uno"), "reason": " "},
        {"kind": Kind.MERGED, "reason": "Yes."},
        {"kind": Kind.MERGED, "kept": named("Acme Tres"), "reason": "Yes."},
        {"kind": Kind.REFUSED, "kept": named("Acme Uno"), "reason": "No."},
        {"kind": Kind.PARTED, "reason": "No."},
    ]
    for given in wrong:
        with pytest.raises(ValidationError):
            decide_body(pair=pair, decided_by=lead, **given)
    assert not SameBodyDecision.objects.exists()
    decide_body(pair=pair, decided_by=lead, kind=Kind.MERGED, kept=named("Acme Uno"), reason="One address.")
    for given in ({"kind": Kind.REFUSED}, {"kind": Kind.MERGED, "kept": named("Acme Dos")}):
        with pytest.raises(ValidationError):
            decide_body(pair=pair, decided_by=lead, reason="Again.", **given)
    with pytest.raises(ValidationError, match="decide on that one"):
        decide_body(pair=other, decided_by=lead, kind=Kind.MERGED, kept=named("Acme Tres"), reason="Yes.")


def test_each_decision_is_chained_and_in_the_trail(lead, capsys):
    load(record(1, party("Acme Uno")), record(2, party("Acme Dos")))
    pair = merge(lead, "Acme Uno", "Acme Dos")
    decide_body(pair=pair, decided_by=lead, kind=Kind.PARTED, reason="Two firms.")
    decide_body(pair=pair, decided_by=lead, kind=Kind.REFUSED, reason="Two firms.")
    assert [*pair.decisions.values_list("kind", "kept__name")] == [
        ("merged", "Acme Uno"),
        ("parted", None),
        ("refused", None),
    ]
    entries = TrailEntry.objects.filter(action="body_decided", actor=lead).order_by("pk")
    assert [entry.details["decision"] for entry in entries] == ["merged", "parted", "refused"]
    assert entries[0].details["kept"] == named("Acme Uno").key
    assert [*Change.objects.filter(organization_id=named("Acme Dos").pk).values_list("kind", flat=True)] == [
        "organization_merged",
        "organization_parted",
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        SameBodyDecision.objects.filter(kind="refused").update(reason="Another one.")
    call_command("verifylog")
    assert "contracts_samebodydecision" in capsys.readouterr().out


def test_a_record_that_was_compiled_meanwhile_is_found_by_the_sweep(lead):
    """A worker that wrote the rows before the merge committed leaves them behind; the next sweep mends them."""
    load(record(1, party("Acme Uno")), record(2, party("Acme Dos")))
    merge(lead, "Acme Uno", "Acme Dos")
    uno, dos = named("Acme Uno").pk, named("Acme Dos").pk
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contracts_party SET organization_id = %s, named_as_id = NULL WHERE named_as_id = %s", [dos, dos]
        )
    tasks.recompile_records()
    assert set(Party.objects.filter(roles__contains=["supplier"]).values_list("organization", "named_as")) == {
        (uno, None),
        (uno, dos),
    }


def test_what_claims_alone_name_is_not_kept_for_what_public_records_name(lead):
    load(record(1, party("Acme Uno")))
    load(
        record(2, party("Acme Dos"), buyer=party("Otra", role="buyer")),
        record(3, party("Acme Tres"), buyer=party("Otra", role="buyer")),
        channel=Submission.Channel.API,
    )
    pair = propose(named("Acme Uno"), named("Acme Dos"), proposed_by=lead)
    with pytest.raises(ValidationError, match="No public record names Acme Dos"):
        decide_body(pair=pair, decided_by=lead, kind=Kind.MERGED, kept=named("Acme Dos"), reason="Yes.")
    decide_body(pair=pair, decided_by=lead, kind=Kind.MERGED, kept=named("Acme Uno"), reason="Yes.")
    # Of two that claims alone name each can be kept.
    held = propose(named("Acme Tres"), named("Otra"), proposed_by=lead)
    decide_body(pair=held, decided_by=lead, kind=Kind.MERGED, kept=named("Acme Tres"), reason="Yes.")


def test_a_merge_goes_on_where_a_record_cannot_be_compiled(lead, monkeypatch):
    monkeypatch.setattr(recompiling, "SLICE_PROCESSES", 1)
    load(record(1, party("Acme Uno")), *(record(number, party("Acme Dos")) for number in (2, 3, 4)))
    break_release("ocds-test01-2")
    merge(lead, "Acme Uno", "Acme Dos")
    uno, dos = named("Acme Uno").pk, named("Acme Dos").pk
    suppliers = Contract.objects.order_by("process__ocid").values_list("suppliers", flat=True)
    assert [*suppliers] == [[uno], [dos], [uno], [uno]]
