"""Submissions that cannot be read, or only in part; simple contracts."""

import gzip

import pytest

from contracts import submitting
from contracts.intake.processing import process_submission
from contracts.models import ContractingProcess, Publisher, Submission
from tests.contracts.api.sending import ADDRESS, SIMPLE, grant, nothing_is_stored, problem, send
from tests.support.records import release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]


class TestRefusals:
    @pytest.mark.parametrize(
        ("body", "status", "code", "pointer"),
        [
            (b"", 400, "empty_body", ""),
            (b"  \n ", 400, "empty_body", ""),
            (b"null", 400, "not_json", ""),
            (b"3", 400, "not_json", ""),
            (b"{}", 400, "not_a_package", ""),
            (b'{"releases": [{"ocid": "a", "tender": {', 400, "cut_off", None),
            (b'{"ocid": "a", "id": 01}', 400, "not_json", ""),
            (b'{"ocid": "a", "id": nan}', 400, "not_json", ""),
            (b'{"ocid": "a", "tag": ["x",]}', 400, "not_json", ""),
            (b'{"ocid": "a", "id": "\x01"}', 400, "not_json", ""),
            (b'{"ocid": "a", "x\\u0000": 1}', 422, "nul_in_key", ""),
            (b'{"ocid": "a", "ocid": "b", "tender": {}}', 422, "duplicate_key", "/ocid"),
            (b'{"ocid": "a", "value": {"amount": 1e999}}', 422, "number_out_of_range", "/value/amount"),
            (b'{"ocid": "a", "value": {"amount": 1e-400000}}', 422, "number_underflow", "/value/amount"),
            (b'{"ocid": "a", "n": ' + b"9" * 4301 + b"}", 422, "number_too_long", "/n"),
            (b'{"ocid": "a", "n": ' + b"[" * 5000 + b"]" * 5000 + b"}", 422, "too_deep", ""),
            (b"[" * 80_000, 400, "cut_off", None),
            (b'{"ocid": {}, "tender": {}}', 422, "ocid_unreadable", "/ocid"),
            (b'{"id": "1", "tender": {}}', 422, "ocid_missing", "/ocid"),
            (b"\x1f\x8bdamaged", 400, "gzip_damaged", ""),
            (gzip.compress(b"{}", mtime=0)[:-5], 400, "gzip_damaged", ""),
        ],
    )
    def test_unreadable_input_is_refused_with_its_place_and_nothing_is_stored(
        self, sender, body, status, code, pointer
    ):
        answer = problem(send(sender, body), status, code)
        error = answer["errors"][0]
        assert error["code"] == code
        assert error["hint"]
        if pointer is not None:
            assert error["pointer"] == pointer
        assert nothing_is_stored()

    def test_all_problems_are_reported_at_once(self, sender):
        body = problem(send(sender, {"releases": [{"id": 1}, {"id": 2, "ocid": []}, 7]}), 422, "ocid_missing")
        assert [error["pointer"] for error in body["errors"]] == [
            "/releases/0/ocid",
            "/releases/1/ocid",
            "/releases/2",
        ]
        assert all("offset" in error for error in body["errors"])

    def test_if_something_can_be_read_the_rest_is_reported_later(self, sender):
        assert send(sender, {"releases": [{"id": 1}, release()]}).status_code == 202

    def test_links_without_facts_are_stored_and_reported(self, sender):
        record = {"ocid": "ocds-a", "releases": [{"url": "https://example.org/1"}]}
        assert send(sender, {"records": [record]}).status_code == 202

    def test_a_large_body_is_left_to_the_worker(self, sender, monkeypatch):
        monkeypatch.setattr(submitting, "PREVIEW_BYTES", 100)
        assert send(sender, {"releases": [{"id": "x" * 200}]}).status_code == 202

    def test_many_small_problems_end_the_preview(self, sender):
        response = send(sender, gzip.compress(b"[" + b"{}," * 200_000 + b"{}]"))
        assert response.status_code == 202

    @pytest.mark.parametrize("slug", ["per", "x" * 100])
    def test_an_unknown_publisher_is_refused_with_the_nearest(self, sender, slug):
        Publisher.objects.create(slug="peru", name="Perú")
        body = problem(send(sender, release(), address=f"{ADDRESS}?publisher={slug}"), 400, "unknown_publisher")
        assert "peru" in body["errors"][0]["hint"]
        assert nothing_is_stored()

    def test_an_unknown_parameter_is_refused(self, sender):
        problem(send(sender, release(), address=f"{ADDRESS}?publsher=peru"), 400, "unknown_parameter")

    def test_the_named_publisher_is_stored(self, sender):
        grant(sender.user, Publisher.objects.create(slug="peru", name="Perú"))
        receipt = send(sender, release(), address=f"{ADDRESS}?publisher=peru").json()
        assert sender.get(receipt["status_url"]).json()["publisher"] == "peru"


class TestSimpleContracts:
    @pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}simple-contract/"])
    def test_it_is_taken_here_and_there_as_what_it_is(self, sender, address):
        receipt = send(sender, SIMPLE, address=address).json()
        assert receipt["kind"] == "simple_contract"
        process_submission(receipt["id"])
        process = ContractingProcess.objects.get()
        assert process.title == "Cámaras para la plaza"
        assert process.supplier_names == ["Proveedora Ficticia S.A.C."]
        again = send(sender, SIMPLE, address=address)
        assert (again.status_code, again.json()["id"]) == (200, receipt["id"])
        assert Submission.objects.count() == 1

    @pytest.mark.parametrize("address", [ADDRESS, f"{ADDRESS}simple-contract/"])
    def test_every_mistake_is_reported_with_its_place(self, sender, address):
        wrong = {**SIMPLE, "value": "much", "date_signed": "March", "country": "Atlantis"}
        body = problem(send(sender, wrong, address=address), 422, "simple_contract")
        assert {error["pointer"] for error in body["errors"]} == {"/value", "/date_signed", "/country"}
        assert nothing_is_stored()

    @pytest.mark.parametrize("data", [[SIMPLE], 3, {"buyer": "x"}, release()])
    def test_what_is_none_is_refused_at_its_own_address(self, sender, data):
        problem(send(sender, data, address=f"{ADDRESS}simple-contract/"), 422, "simple_contract")
        assert nothing_is_stored()

    def test_a_huge_simple_contract_is_a_413(self, sender):
        response = send(sender, {**SIMPLE, "description": "x" * 3_000_000}, address=f"{ADDRESS}simple-contract/")
        problem(response, 413, "body_too_large")

    def test_a_record_that_has_a_title_stays_a_record(self, sender):
        assert send(sender, release(title="x", supplier="y", description="z")).json()["kind"] == "ocds"
