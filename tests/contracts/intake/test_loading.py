import json
import random
from datetime import UTC, datetime
from decimal import Decimal

import psycopg
import pytest

from contracts.intake import compiling, processing, storing
from contracts.intake.reading import report
from contracts.intake.rows import organization_rows
from contracts.models import Award, Bid, Contract, ContractingProcess, Organization, Publisher, Release, Submission
from tests.support.receiving import receive
from tests.support.records import load, release

pytestmark = pytest.mark.django_db


def test_a_release_becomes_typed_rows():
    submission = load(release())

    process = ContractingProcess.objects.get()
    assert (process.ocid, process.country, process.title) == (
        "ocds-test01-1",
        "MX",
        "Servicio de limpieza de oficinas",
    )
    assert (process.amount, process.currency) == (Decimal("900.5"), "MXN")
    assert (process.tender_amount, process.number_of_tenderers) == (Decimal(1000), 1)
    assert process.buyer.key == "MX-RFC:MPR850101AAA"
    assert process.award_date == datetime(2024, 4, 1, tzinfo=UTC)
    supplier = Organization.objects.get(key="name:MX:proveedora ficticia s a de c v")
    assert process.suppliers == [supplier.pk]
    assert supplier.roles == ["supplier", "tenderer"]
    assert Award.objects.get().suppliers == [supplier.pk]
    contract = Contract.objects.get()
    assert (contract.basis, contract.contract_id, contract.suppliers) == ("contract", "C", [supplier.pk])
    assert (Bid.objects.get().basis, Bid.objects.get().tenderers) == ("tenderer", [supplier.pk])
    assert submission.counts == {
        "releases_read": 1,
        "releases_new": 1,
        "releases_known": 0,
        "processes": 1,
        "awards": 1,
        "contracts": 1,
        "bids": 0,
        "organizations": 2,
        "corrections": 0,
    }


def test_an_active_award_without_contract_is_a_row_of_what_was_agreed():
    load(release(contracts=[]))
    assert [(row.basis, row.award_id, row.amount) for row in Contract.objects.all()] == [
        ("award", "A", Decimal("900.5"))
    ]


def test_amounts_of_two_currencies_are_never_added_nor_is_an_estimate_taken_for_them():
    awards = [
        {"id": "1", "status": "active", "value": {"amount": 5, "currency": "USD"}},
        {"id": "2", "status": "active", "value": {"amount": 7, "currency": "MXN"}},
    ]
    load(release(awards=awards, contracts=[]))
    process = ContractingProcess.objects.get()
    assert (process.amount, process.currency) == (None, "")
    assert (process.tender_amount, process.tender_currency) == (Decimal(1000), "MXN")


@pytest.mark.parametrize(("members", "expected"), [({}, Decimal("900.5")), ({"awards": []}, None)])
def test_amounts_without_currency_are_not_added_up_nor_replaced_by_an_estimate(members, expected):
    contracts = [{"id": "1", "value": {"amount": 5, "currency": "MXN"}}, {"id": "2", "value": {"amount": 7}}]
    load(release(contracts=contracts, **members))
    process = ContractingProcess.objects.get()
    assert (process.amount, process.amount_basis) == (expected, "awards" if expected else "")


def test_a_contract_without_amount_counts_as_its_award_beside_others_that_have_one():
    value = {"amount": 7, "currency": "MXN"}
    awards = [{"id": "1", "status": "active", "value": value}, {"id": "2", "status": "active", "value": value}]
    contracts = [{"id": "1", "awardID": "1", "value": value}, {"id": "2", "awardID": "2"}]
    load(release(awards=awards, contracts=contracts))
    process = ContractingProcess.objects.get()
    assert (process.amount, process.amount_basis) == (Decimal(14), "contracts")
    assert [row.amount for row in Contract.objects.all()] == [Decimal(7), Decimal(7)]


def test_contracts_without_award_id_are_matched_to_awards_by_id_or_amount_only_once():
    awards = [
        {"id": number, "status": "active", "value": {"amount": amount, "currency": "MXN"}, "suppliers": [{"id": "S"}]}
        for number, amount in (("1", 5), ("2", 7), ("3", 7), ("4", 9))
    ]
    contracts = [
        {"id": "1"},
        {"id": "b", "value": {"amount": 9, "currency": "MXN"}},
        {"id": "c", "value": {"amount": 7, "currency": "MXN"}},
    ]
    load(release(awards=awards, contracts=contracts))
    rows = Contract.objects.order_by("pk").values_list("contract_id", "award_id", "amount", "suppliers__len")
    # Two awards have the amount of the third contract.
    assert list(rows) == [("1", "", 5, 1), ("b", "", 9, 1), ("c", "", 7, 0), ("", "2", 7, 1), ("", "3", 7, 1)]


def test_an_amount_pairs_what_stands_and_no_award_that_another_contract_names():
    """A contract that was signed anew left its award beside it, as if it was one more."""
    value = {"amount": 7, "currency": "MXN"}
    awards = [
        {"id": number, "status": status, "value": value | {"amount": amount}, "suppliers": [{"id": "S"}]}
        for number, amount, status in (("1", 7, "active"), ("2", 7, "cancelled"), ("3", 9, ""), ("", 5, ""))
    ]
    contracts = [{"id": "a", "status": "cancelled", "value": value}, {"id": "b", "value": value}]
    contracts += [{"id": "c", "awardID": "3"}, {"id": "d", "value": value | {"amount": 9}}]
    contracts += [{"id": "e", "value": value | {"amount": 5}}]
    load(release(awards=awards, contracts=contracts))
    rows = Contract.objects.order_by("pk").values_list("contract_id", "award_id", "amount", "suppliers__len")
    assert list(rows) == [("a", "", 7, 1), ("b", "", 7, 1), ("c", "3", 9, 1), ("d", "", 9, 0), ("e", "", 5, 1)]


def test_dates_are_those_of_what_stands_else_of_what_was_cancelled():
    value = {"amount": 7, "currency": "MXN"}
    awards = [
        {"id": "1", "status": "cancelled", "date": "2019-01-01T00:00:00Z"},
        {"id": "2", "status": "active", "date": "2023-01-01T00:00:00Z", "value": value},
    ]
    contracts = [{"id": "1", "status": "cancelled", "dateSigned": "2019-02-01T00:00:00Z"}]
    load(release(awards=awards, contracts=contracts))
    process = ContractingProcess.objects.get()
    assert (process.awarded_on.year, process.signed_on.year) == (2023, 2019)


def test_codes_are_read_whatever_their_case_so_that_nothing_cancelled_is_added():
    value = {"amount": 7, "currency": "MXN"}
    awards = [
        {"id": "1", "status": "Canceled", "value": value},
        {"id": "2", "status": "UNSUCCESSFUL", "value": value},
        {"id": "3", "status": "Active", "value": value},
    ]
    tender = {"status": "Complete", "procurementMethod": "Open", "mainProcurementCategory": "GOODS"}
    load(release(awards=awards, contracts=[], tender=tender))
    process = ContractingProcess.objects.get()
    assert (process.status, process.procurement_method, process.category) == ("complete", "open", "goods")
    assert process.amount == Decimal(7)
    assert [row.award_id for row in Contract.objects.all()] == ["3"]


def test_the_same_bytes_again_change_nothing():
    first = load(release())
    again, is_new = receive([json.dumps(release()).encode()], channel=Submission.Channel.COMMAND)
    assert (again.pk, is_new) == (first.pk, False)
    assert Release.objects.count() == 1


def test_the_same_release_in_other_bytes_is_known():
    load(release())
    compiled_at = ContractingProcess.objects.get().compiled_at
    submission = load(content=json.dumps({"releases": [release()]}, indent=2).encode())
    assert (submission.counts["releases_new"], submission.counts["releases_known"]) == (0, 1)
    assert ContractingProcess.objects.get().compiled_at == compiled_at


def test_a_later_release_is_merged_and_replaces_the_rows():
    load(release())
    load(release(id="2", date="2024-05-01T00:00:00Z", contracts=[{"id": "D", "awardID": "A"}]))
    process = ContractingProcess.objects.get()
    assert process.release_count == 2
    assert sorted(Contract.objects.values_list("contract_id", flat=True)) == ["C", "D"]
    assert process.compiled_release["tag"] == ["compiled"]


def test_another_content_under_the_same_release_id_counts_and_is_noted():
    load(release())
    load(release(language="es"))
    process = ContractingProcess.objects.get()
    assert (process.language, process.release_count) == ("es", 2)
    assert [correction["reason"] for correction in process.corrections] == ["release_id_reused"]


def test_a_release_id_of_any_length_is_noted_in_short():
    for language in ("pt", "es"):
        load(release(id="r" * 100_000, language=language))
    (noted,) = ContractingProcess.objects.get().corrections
    assert noted["reason"] == "release_id_reused"
    assert len(noted["found"]) < 200


def test_the_compiled_release_of_a_record_gives_way_to_its_releases():
    compiled = release(tag=["compiled"], language="pt")
    load({"ocid": "ocds-test01-1", "releases": [release()], "compiledRelease": compiled})
    assert ContractingProcess.objects.get().language == ""
    assert Release.objects.filter(kind="compiled").count() == 1


@pytest.mark.parametrize("is_turned", [False, True])
def test_a_compiled_release_is_not_a_release_to_be_merged_with_an_older_one(is_turned):
    """Of two downloads of a publisher's compiled releases the newer says all, in whichever order they come."""
    downloads = [
        release(id="old", date="2024-01-01", tag=["compiled"]),
        release(id="new", date="2024-05-01", tag=["compiled"], contracts=[{"id": "D", "awardID": "A"}]),
    ]
    for download in reversed(downloads) if is_turned else downloads:
        load(download)
    assert Contract.objects.get().contract_id == "D"


def test_a_release_is_merged_onto_the_compiled_release_that_was_before():
    load({"ocid": "ocds-test01-1", "compiledRelease": release(date="2024-01-01")})
    load({"ocid": "ocds-test01-1", "id": "2", "date": "2024-05-01", "contracts": [{"id": "D", "awardID": "A"}]})
    assert ContractingProcess.objects.get().title == "Servicio de limpieza de oficinas"
    assert sorted(Contract.objects.values_list("contract_id", flat=True)) == ["C", "D"]


def test_what_a_publisher_said_before_is_overtaken_although_it_comes_later():
    load(release(date="2024-05-01", language="pt"))
    load(release(date="2024-01-01", language="es"))
    assert ContractingProcess.objects.get().language == "pt"


def test_publisher_is_named_or_known_by_its_prefix():
    named = Publisher.objects.create(slug="uno", name="Uno", country="PY", time_zone="America/Asuncion")
    prefixed = Publisher.objects.create(slug="dos", name="Dos", country="EC", ocid_prefix="ocds-ABC")
    load(release("ocds-abc-1"))
    load(release("ocds-xyz-1", date="2024-03-01"), publisher=named)
    assert ContractingProcess.objects.get(ocid="ocds-abc-1").publisher == prefixed
    process = ContractingProcess.objects.get(ocid="ocds-xyz-1")
    assert (process.publisher, process.country) == (named, "PY")
    assert process.date == datetime(2024, 3, 1, 3, tzinfo=UTC)


def test_what_cannot_be_read_is_reported_and_the_rest_is_loaded():
    submission = load(content=b'{"releases":[{"ocid":"bad","v":01},' + json.dumps(release()).encode() + b"]}")
    assert submission.counts["releases_new"] == 1
    (problem,) = submission.problems
    assert (problem["code"], problem["pointer"], problem["offset"]) == ("not_json", "/releases/0", 32)


def test_an_incomplete_reading_says_so(monkeypatch):
    monkeypatch.setattr(processing, "MAX_BROKEN", 5)
    monkeypatch.setattr(report, "MAX_PROBLEMS", 3)
    submission = load(content=b"[" + b"{}," * 9 + json.dumps(release()).encode() + b"]")
    assert (submission.state, submission.counts["releases_read"], submission.problem_count) == ("processed", 0, 6)
    assert [problem["code"] for problem in submission.problems] == ["not_a_package"] * 3 + ["reading_stopped"]
    stopped = submission.problems[-1]
    assert (stopped["pointer"], stopped["offset"]) == ("/5", 16)
    assert (stopped["variant"], stopped["values"]) == ("problems", {"number": 5})


def test_as_many_problems_as_are_read_are_no_stop(monkeypatch):
    monkeypatch.setattr(processing, "MAX_BROKEN", 5)
    submission = load(content=b"[" + b"{}," * 5 + json.dumps(release()).encode() + b"]")
    assert (submission.counts["releases_read"], submission.problem_count) == (1, 5)


def test_nul_is_kept_as_received_and_taken_out_of_the_rows():
    content = json.dumps(release()).replace("Servicio", "Serv\\u0000icio").encode()
    load(content=content)
    process = ContractingProcess.objects.get()
    assert process.title == "Servicio de limpieza de oficinas"
    assert process.corrections[0]["reason"] == "nul_removed"
    assert bytes(Release.objects.get().content) == content


def test_simple_contract_takes_the_same_path():
    contract = {
        "title": "Cámaras",
        "buyer": "Municipio",
        "supplier": "ACME",
        "amount": 5,
        "currency": "USD",
        "country": "PE",
    }
    load(contract, kind=Submission.Kind.SIMPLE_CONTRACT)
    process = ContractingProcess.objects.get()
    assert (process.title, process.country, process.supplier_names) == ("Cámaras", "PE", ["ACME"])


def test_a_simple_contract_that_cannot_be_read_is_reported():
    submission = load({"title": 5}, kind=Submission.Kind.SIMPLE_CONTRACT)
    assert submission.counts["releases_new"] == 0
    assert submission.problems[0]["pointer"] == "/title"


def test_a_release_that_cannot_be_stored_is_reported_and_the_others_are_stored(monkeypatch):
    merge = compiling.compile_releases

    def refuse(releases):
        if releases[0]["ocid"] == "ocds-test01-2":
            raise ValueError("odd record")
        return merge(releases)

    monkeypatch.setattr(compiling, "compile_releases", refuse)
    submission = load({"releases": [release("ocds-test01-1"), release("ocds-test01-2"), release("ocds-test01-3")]})

    assert submission.state == "processed"
    assert sorted(ContractingProcess.objects.values_list("ocid", flat=True)) == ["ocds-test01-1", "ocds-test01-3"]
    assert [(problem["code"], problem["pointer"]) for problem in submission.problems] == [
        ("processing_failed", "/releases/1")
    ]


def test_texts_longer_than_an_index_takes_are_stored():
    rng = random.Random(1)
    long = "".join(chr(rng.randrange(0x4E00, 0x9FFF)) for _ in range(20_000))  # does not compress
    parties = [{"id": "B", "name": long, "roles": ["buyer"]}, {"id": "S", "name": long + "x", "roles": ["supplier"]}]
    parties += [
        {"id": "T", "name": long + "t", "roles": [long, "tenderer"], "identifier": {"scheme": long, "id": long}}
    ]
    for party in parties:
        party["address"] = {"region": long, "locality": long, "countryName": long}
    tender = {"title": long, "value": {"amount": 1, "currency": long}}
    tender |= dict.fromkeys(("procurementMethod", "status", "mainProcurementCategory", "awardCriteria"), long)
    contracts = [
        {"id": long, "awardID": long, "status": long, "title": long, "value": {"amount": 1, "currency": long}}
    ]
    awards = [{"id": long, "status": long, "title": long, "suppliers": [{"id": "S", "name": long}]}]
    submission = load(release(parties=parties, tender=tender, language=long, contracts=contracts, awards=awards))
    assert (submission.problems, submission.counts["processes"]) == ([], 1)
    assert Organization.objects.count() == 3


def test_a_lock_timeout_does_not_count_as_an_attempt(monkeypatch):
    def wait_in_vain(*_args, **_options):
        raise psycopg.errors.LockNotAvailable("canceling statement due to lock timeout")

    monkeypatch.setattr(storing, "copy_rows", wait_in_vain)
    with pytest.raises(psycopg.errors.LockNotAvailable):
        load(release())
    submission = Submission.objects.get()
    assert (submission.state, submission.attempts) == ("received", 0)


def test_a_batch_is_tried_once_more_where_others_hold_its_locks(monkeypatch):
    write, refusals = storing.copy_rows, [psycopg.errors.LockNotAvailable(), psycopg.errors.DeadlockDetected()]

    def refuse_once(*args, **options):
        if refusals:
            raise refusals.pop()
        return write(*args, **options)

    monkeypatch.setattr(storing, "copy_rows", refuse_once)
    with pytest.raises(psycopg.errors.LockNotAvailable):
        load(release())
    assert (refusals, Release.objects.count()) == ([], 0)
    refusals.append(psycopg.errors.LockNotAvailable())
    assert load(release()).counts["releases_new"] == 1
    assert (refusals, ContractingProcess.objects.count()) == ([], 1)


@pytest.mark.parametrize("ocid", ['"a\\u0000b"', "1e1000", "1" * 4301])
def test_an_invalid_ocid_does_not_affect_its_siblings(ocid):
    good = json.dumps({"ocid": "ocds-good-1", "releases": [release("ocds-good-1")]})
    odd = '{"ocid":' + ocid + ',"releases":[{"id":"1","tender":{}}]}'
    submission = load(content=f'{{"records":[{odd},{good}]}}'.encode())
    assert submission.state == "processed"
    assert ContractingProcess.objects.filter(ocid="ocds-good-1").exists()


def test_nul_beside_a_lone_surrogate_is_repaired():
    load(content=json.dumps(release()).replace("Servicio", "Serv\\u0000icio \\ud800").encode())
    assert ContractingProcess.objects.get().title.startswith("Servicio \N{REPLACEMENT CHARACTER}")


def test_dates_and_sums_that_the_database_does_not_know():
    awards = [{"id": str(n), "status": "active", "value": {"amount": 9e19, "currency": "PEN"}} for n in range(20)]
    load(release(awards=awards, contracts=[], date="2024-01-01T00:00:00+23:59"))
    process = ContractingProcess.objects.get()
    assert process.amount is None
    assert process.date == datetime(2023, 12, 31, 0, 1, tzinfo=UTC)


def test_nul_between_releases_is_reported():
    submission = load(content=b'{"releases":[' + json.dumps(release()).encode() + b',"a\x00b",\x00]}')
    assert submission.state == "processed"
    texts = [problem.values["text"] for problem in submission.found_problems]
    assert texts == ['"a\N{SYMBOL FOR NULL}b"', "\N{SYMBOL FOR NULL}"]
    assert ContractingProcess.objects.exists()


def test_new_rows_need_no_twin_table_and_known_organizations_are_not_written_again(monkeypatch):
    load(release("ocds-twin01-1"))
    before = list(Organization.objects.order_by("pk").values())

    def refuse(model, *_values, **_options):
        raise AssertionError(model)

    for module in (storing, compiling, organization_rows):
        monkeypatch.setattr(module, "upsert_rows", refuse)
    monkeypatch.setattr(compiling, "_delete_rows", refuse)
    assert load(release("ocds-twin01-2")).problems == []
    assert list(Organization.objects.order_by("pk").values()) == before
    first, second = ContractingProcess.objects.order_by("ocid")
    assert (second.buyer_id, second.suppliers) == (first.buyer_id, first.suppliers)


def test_an_organization_in_another_role_has_both():
    party = {"id": "X", "name": "Empresa Nacional de Redes"}
    load(release("ocds-role01-1", parties=[{**party, "roles": ["buyer"]}]))
    load(release("ocds-role01-2", parties=[{**party, "roles": ["supplier"]}]))
    assert Organization.objects.get(name=party["name"]).roles == ["buyer", "supplier"]
