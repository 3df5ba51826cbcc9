"""Contracts already on record are reported and held, never refused; what others sent is not revealed."""

import pytest
from django.contrib.auth import get_user_model

from contracts.intake.duplicates.same_contracts import (
    Agreement,
    deals_of,
    deals_of_claims,
    public,
    same_contracts,
    submissions_of,
    visible_at_desk,
    visible_to_sender,
)
from contracts.models import Claim, ContractingProcess, Organization, Publisher, PublisherGrant, Submission
from contracts.ocds.parsing.parse import parse_process
from contracts.ocds.written.simple import release_from_simple
from tests.support.records import TOLD, load, release

pytestmark = pytest.mark.django_db


def told(among=public, but=None, other_amounts=False, **changes):
    """What is told of the contract, with some facts changed: the agreement, and the ocid on record."""
    sent = release_from_simple({**TOLD, **changes})
    deals = deals_of(sent["ocid"], parse_process(sent)[0])
    found = same_contracts(deals, among=among, but=but, other_amounts=other_amounts)
    return [(same.agreement, same.known.ocid) for same in found]


FACTS = [(Agreement.FACTS, "ocds-test01-1")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, FACTS),
        ({"buyer": {"name": "Otro nombre", "id": "MPR-850101-AAA"}}, FACTS),
        ({"supplier": "proveedora ficticia, s.a. de c.v."}, FACTS),
        ({"date_signed": "2024-04-11"}, FACTS),
        ({"date_signed": ""}, [(Agreement.FACTS_WITHOUT_DATE, "ocds-test01-1")]),
        ({"date_signed": "2024-06-10"}, []),
        ({"value": 900.51}, []),
        ({"currency": "USD"}, []),
        ({"supplier": "Otra Proveedora"}, []),
        ({"buyer": {"name": "Municipio de Ensayo", "country": "MX"}}, []),
    ],
)
def test_the_same_buyer_supplier_value_and_date_are_the_same_contract(changes, expected):
    load(release())
    assert told(**changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"value": 1044.58}, [(Agreement.OTHER_AMOUNT, "ocds-test01-1")]),
        ({"value": "", "currency": ""}, [(Agreement.OTHER_AMOUNT, "ocds-test01-1")]),
        ({}, FACTS),
        ({"value": 1044.58, "date_signed": "2024-04-12"}, []),
        ({"value": 1044.58, "date_signed": ""}, []),
        ({"value": 1044.58, "supplier": "Otra Proveedora"}, []),
    ],
)
def test_people_hear_of_a_record_that_differs_only_in_its_amount(changes, expected):
    load(release())
    assert told(**changes, other_amounts=True) == expected


def test_the_same_number_of_the_same_buyer_is_the_same_contract():
    Publisher.objects.create(slug="test", name="Test", ocid_prefix="ocds-test01")
    contract = {**release()["contracts"][0], "id": "CO1.PCCNTR.77"}
    load(release(contracts=[contract]), release("ocds-test01-LP-2024-9", contracts=[], awards=[]))
    rest = {"value": "", "currency": "", "supplier": "", "date_signed": ""}
    assert told(id="CO1.PCCNTR.77", **rest) == [(Agreement.NUMBER, "ocds-test01-1")]
    assert told(id="CO1.PCCNTR.77", buyer="Otro Municipio", **rest) == []


@pytest.mark.parametrize(("number", "expected"), [("PEAA800101AB1", FACTS), ("XAXX010101000", [])])
def test_a_number_that_anybody_has_makes_nobody_the_same_supplier(number, expected):
    identifier = {"scheme": "MX-RFC", "id": number}
    supplier = {**release()["parties"][1], "name": "Ana Pérez", "identifier": identifier}
    load(release(parties=[release()["parties"][0], supplier]))
    assert told(supplier={"name": "Luis Gómez", "id": number}) == expected


def test_an_award_is_found_by_the_number_in_the_ocid_of_its_publisher():
    Publisher.objects.create(slug="test", name="Test", ocid_prefix="ocds-test01")
    load(release("ocds-test01-LP-2024-9", contracts=[]))
    assert told(id="LP-2024-9", value="", currency="") == [(Agreement.NUMBER, "ocds-test01-LP-2024-9")]


ROWS = "PROCESO;CODIGOCONVOCATORIA;ENTIDAD;DESCRIPCION_PROCESO;PROVEEDOR;MONTO_ADJUDICADO_ITEM\n"


def test_rows_without_a_number_of_one_supplier_are_not_the_same_contract():
    first = f"{ROWS}AS-1-2024;7;Hospital;Guantes;ACME;100\n".encode()
    other = f"{ROWS}AS-2-2024;8;Hospital;Batas;ACME;200\n".encode()
    load(content=first, kind=Submission.Kind.TABLE)
    load(content=other, kind=Submission.Kind.TABLE, channel=Submission.Channel.API)
    deals = deals_of_claims(Claim.objects.held())
    assert [(deal.amount, deal.suppliers.names) for deal in deals] == [(200, {"acme"})]
    assert same_contracts(deals, among=public) == []


@pytest.mark.parametrize("local", ["contract-1", "Contrato_12", "lote 3"])
def test_ids_that_count_within_one_record_are_no_numbers(local):
    def one(ocid: str, amount: int) -> dict:
        return release(ocid, contracts=[{"id": local, "awardID": "A", "value": {"amount": amount, "currency": "MXN"}}])

    load(one("ocds-test01-1", 700))
    assert same_contracts(deals_of("ocds-ngo-1", parse_process(one("ocds-ngo-1", 900))[0]), among=public) == []


def test_contracts_of_one_process_are_told_apart_by_their_own_numbers():
    def lots(ocid: str) -> dict:
        numbers = [(f"CT-2024-{lot}", lot * 100) for lot in (1, 2)]
        values = [{"id": number, "value": {"amount": amount, "currency": "MXN"}} for number, amount in numbers]
        return release(ocid, contracts=values, tender={"id": "LP-2024-9"})

    Publisher.objects.create(slug="test", name="Test", ocid_prefix="ocds-test01")
    load(lots("ocds-test01-LP-2024-9"))
    found = same_contracts(deals_of("ocds-ngo-1", parse_process(lots("ocds-ngo-1"))[0]), among=public)
    assert [(same.sent.contract_id, same.known.contract_id, same.agreement) for same in found] == [
        (number, number, Agreement.NUMBER) for number in ("CT-2024-1", "CT-2024-2")
    ]


def test_a_number_that_is_an_ocid_names_its_record():
    load(release())
    assert told(id="ocds-test01-1", value="", currency="") == [(Agreement.NUMBER, "ocds-test01-1")]


def test_the_same_ocid_is_reported_once_and_as_such():
    load(release())
    deals = deals_of("ocds-test01-1", parse_process(release())[0])
    assert [same.agreement for same in same_contracts(deals, among=public)] == [Agreement.OCID]


def test_a_merged_organization_is_known_by_all_its_names():
    load(release())
    other = Organization.objects.create(key="name:MX:alcaldia de prueba", name="Alcaldía de Prueba", country="MX")
    Organization.objects.filter(pk=other.pk).update(merged_into=Organization.objects.get(key="MX-RFC:MPR850101AAA"))
    assert told(buyer="ALCALDÍA DE PRUEBA") == FACTS


def test_what_is_held_is_told_to_who_sent_it_and_at_the_desk_alone():
    ana, beto = (get_user_model().objects.create_user(name) for name in ("ana", "beto"))
    held = load(release(), channel=Submission.Channel.API, user=ana)
    assert told() == []
    assert told(visible_to_sender(submissions_of(beto))) == []
    assert told(visible_to_sender(submissions_of(None))) == []
    assert told(visible_to_sender(submissions_of(ana))) == FACTS
    assert told(visible_to_sender(submissions_of(ana)), but=held) == [], "its own rows are not told"
    assert told(visible_at_desk) == FACTS


def test_rows_of_others_do_not_crowd_out_what_is_public(monkeypatch):
    for limit in ("_ROWS_A_QUERY", "_ROWS_OF_AMOUNT"):
        monkeypatch.setattr(f"contracts.intake.duplicates.same_contracts.{limit}", 2)
    load(*(release(f"ocds-held-{number}") for number in range(3)), channel=Submission.Channel.API)
    load(release())
    assert told() == FACTS


def test_amounts_do_not_crowd_out_numbers(monkeypatch):
    monkeypatch.setattr("contracts.intake.duplicates.same_contracts._ROWS_A_QUERY", 2)
    of_others = {"buyer": {"name": "Otro"}, "parties": []}
    load(*(release(f"ocds-test01-other-{number}", **of_others) for number in range(3)))
    load(release(contracts=[{**release()["contracts"][0], "id": "CO1.PCCNTR.77"}]))
    assert told(id="CO1.PCCNTR.77") == [(Agreement.NUMBER, "ocds-test01-1")]


def test_amounts_of_other_days_do_not_crowd_out_those_of_the_day(monkeypatch):
    monkeypatch.setattr("contracts.intake.duplicates.same_contracts._ROWS_OF_AMOUNT", 2)
    other_day = [{**release()["contracts"][0], "dateSigned": "2023-04-10T00:00:00Z"}]
    load(*(release(f"ocds-test01-other-{number}", contracts=other_day) for number in range(3)))
    load(release())
    assert told() == FACTS
    contract = {"id": "C", "awardID": "A", "period": {"startDate": "2024-04-11T00:00:00Z"}}
    load(release(contracts=[contract], awards=[{**release()["awards"][0], "date": ""}]))
    assert told() == FACTS, "by the day on which it starts"


def test_rejected_and_erased_contracts_are_not_reported():
    load(release())
    ContractingProcess.objects.update(verification="retired")
    assert told() == told(visible_at_desk) == []


@pytest.mark.parametrize(("amount", "is_held"), [(900.5, True), (123.45, False)])
def test_a_new_contract_of_a_trusted_account_that_is_public_already_waits_for_a_person(amount, is_held):
    load(release())
    trusted = get_user_model().objects.create_user("trusted")
    PublisherGrant.objects.create(user=trusted, granted_by=trusted)
    sent = {**TOLD, "value": amount}
    load(sent, channel=Submission.Channel.API, kind=Submission.Kind.SIMPLE_CONTRACT, user=trusted)
    assert Claim.objects.get().state == ("held" if is_held else "accepted")
    assert ContractingProcess.objects.public().count() == (1 if is_held else 2)


@pytest.mark.parametrize(
    ("limit", "states"), [("_ROWS_OF_AMOUNT", ["held", "held"]), ("MAX_DEALS_OF_BATCH", ["accepted", "held"])]
)
def test_contracts_of_a_trusted_account_wait_if_possible_duplicates_were_not_all_read(monkeypatch, limit, states):
    monkeypatch.setattr(f"contracts.intake.duplicates.same_contracts.{limit}", 1)
    load(release())
    trusted = get_user_model().objects.create_user("trusted")
    PublisherGrant.objects.create(user=trusted, granted_by=trusted)
    of_others = {"buyer": {"name": "Otro"}, "parties": []}
    new = [release(f"ocds-ngo-{number}", **of_others) for number in (1, 2)]
    load(*new, channel=Submission.Channel.API, user=trusted)
    found = [claim.state for claim in Claim.objects.select_related("decision").order_by("ocid")]
    assert found == states
