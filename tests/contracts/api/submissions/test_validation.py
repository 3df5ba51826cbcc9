"""Dry runs of submissions: read and reported, nothing stored."""

import gzip
import json

import pytest

from contracts.intake import trying
from contracts.intake.processing import process_submission
from contracts.models import Submission
from tests.contracts.api.sending import ADDRESS, SIMPLE, nothing_is_stored, problem, send
from tests.support.records import load, release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]


class TestValidation:
    def test_a_dry_run_reports_the_result_and_stores_nothing(self, sender):
        mixed = {"releases": [release(), {"id": "no ocid"}]}
        response = send(sender, mixed, address=f"{ADDRESS}validate/")
        assert response.status_code == 200
        body = response.json()
        assert (body["kind"], body["releases"], body["ocids"]) == ("ocds", 1, ["ocds-test01-1"])
        assert body["problems"][0]["pointer"] == "/releases/1/ocid"
        assert nothing_is_stored()

    def test_a_simple_contract_can_be_tried_too(self, sender):
        body = send(sender, SIMPLE, address=f"{ADDRESS}validate/").json()
        assert (body["kind"], body["releases"]) == ("simple_contract", 1)
        assert nothing_is_stored()

    def test_a_dry_run_refuses_unreadable_input_alike(self, sender):
        problem(send(sender, b"{}", address=f"{ADDRESS}validate/"), 400, "not_a_package")

    def test_a_submission_that_was_sent_already_is_not_touched(self, sender):
        receipt = send(sender, release()).json()
        assert send(sender, release(), address=f"{ADDRESS}validate/").status_code == 200
        assert Submission.objects.get().pk.hex == receipt["id"].replace("-", "")


class TestOrder:
    """A release older than the latest one of its ocid is told before it is sent, and no secret with it."""

    def warnings(self, sender, *releases):
        body = send(sender, {"releases": list(releases)}, address=f"{ADDRESS}validate/").json()
        return [
            (entry["pointer"], "2024-05-01" in entry["detail"])
            for entry in body["problems"]
            if entry["code"] == "release_older_than_known" and entry["warning"]
        ]

    @pytest.mark.parametrize("batch", [500, 1])
    def test_an_older_release_is_reported(self, sender, batch, monkeypatch):
        monkeypatch.setattr(trying, "BATCH_RELEASES", batch)
        load(release(id="a", date="2024-05-01T00:00:00Z"), release(id="b", date="2024-04-01T00:00:00Z"))
        older = release(id="c", date="2024-03-01T00:00:00Z")
        known = release(id="b", date="2024-04-01T00:00:00Z")
        new = release(id="d", date="2024-06-01T00:00:00Z")
        assert self.warnings(sender, new, known, older) == [("/releases/2/date", True)]

    def test_what_was_read_before_a_limit_is_reported_and_the_limit_is_the_last_problem(self, sender, monkeypatch):
        monkeypatch.setattr(trying, "MAX_TRIAL_PROBLEMS", 0)
        load(release(id="a", date="2024-05-01T00:00:00Z"))
        sent = {"releases": [release(id="c", date="2024-03-01T00:00:00Z"), {}]}
        problems = send(sender, sent, address=f"{ADDRESS}validate/").json()["problems"]
        assert [entry["code"] for entry in problems] == ["release_older_than_known", "reading_stopped"]

    def test_nothing_is_reported_of_what_others_claimed(self, sender):
        claimed, older = (release(id=date, date=f"{date}T00:00:00Z") for date in ("2024-05-01", "2024-03-01"))
        load(claimed, older, channel=Submission.Channel.API)
        assert self.warnings(sender, older) == []
        load(release(id="official", date="2024-05-01T00:00:00Z"))
        # Somebody claimed the same bytes, which would make them known.
        assert self.warnings(sender, older) == [("/releases/0/date", True)]


def empty_objects(number: int) -> bytes:
    """A bomb of small problems: a few kilobytes that unpack to so many releases without anything in them."""
    return gzip.compress(b"[" + b"{}," * number + b"{}]")


class TestBounds:
    """A trial answers in bounded time, and says what it did not look at."""

    def test_reading_stops_after_a_number_of_problems(self, sender):
        body = send(sender, empty_objects(2_000_000), address=f"{ADDRESS}validate/").json()
        assert body["problem_count"] == trying.MAX_TRIAL_PROBLEMS + 1
        last = body["problems"][-1]
        assert (last["code"], last["warning"]) == ("reading_stopped", False)
        assert "10000 problems" in last["detail"]
        assert last["hint"]
        assert 0 < last["offset"] < 6_000_000
        assert nothing_is_stored()

    def test_reading_stops_after_some_seconds(self, sender, monkeypatch):
        monkeypatch.setattr(trying, "MAX_TRIAL_SECONDS", -1.0)
        body = send(sender, {"releases": [release()]}, address=f"{ADDRESS}validate/").json()
        assert (body["releases"], [problem["code"] for problem in body["problems"]]) == (0, ["reading_stopped"])
        assert "seconds" in body["problems"][0]["detail"]

    def test_it_stops_after_so_many_bytes_also_where_nothing_stands(self, sender, monkeypatch):
        monkeypatch.setattr(trying, "MAX_TRIAL_BYTES", 1024**2)
        first = json.dumps(release()).encode()
        spaces = gzip.compress(first + b" " * 4_000_000 + json.dumps(release("ocds-test01-2")).encode())
        body = send(sender, spaces, address=f"{ADDRESS}validate/").json()
        assert body["ocids"] == ["ocds-test01-1"]
        assert [(problem["code"], problem["offset"]) for problem in body["problems"]] == [("reading_stopped", 1024**2)]

    def test_what_was_not_looked_at_is_not_a_refusal_of_a_submission(self, sender, monkeypatch):
        monkeypatch.setattr(trying, "PREVIEW_SECONDS", -1.0)
        assert send(sender, [7, 8]).status_code == 202

    def test_a_whole_reading_has_no_such_problem(self, sender):
        body = send(sender, {"releases": [release(), {}]}, address=f"{ADDRESS}validate/").json()
        assert [problem["code"] for problem in body["problems"]] == ["ocid_missing"]


def dirty() -> bytes:
    """A release as publishers write them, with a member given twice."""
    tender = {
        "id": "1",
        "value": {"amount": "1.234.567,89", "currency": "MNX"},
        "tenderPeriod": {"startDate": "31/12/2023", "endDate": "2024-02-01"},
    }
    text = json.dumps(release() | {"tender": [tender]})
    return text.replace('"tender": [{', '"tender": [{"title": "Uno", "title": "Dos", ').encode()


class TestCorrections:
    """Corrections made while parsing are reported, those not used first."""

    EXPECTED = {
        "/tender": ("array_where_object", "[…] (1)", "object"),
        "/tender/value/amount": ("number_expected", "1.234.567,89", None),
        "/tender/value/currency": ("currency_unknown", "MNX", "MNX"),
        "/tender/tenderPeriod/startDate": ("date_unreadable", "31/12/2023", None),
        "/tender/0/title": ("duplicate_key", "Uno", "Dos"),
    }

    def test_a_trial_tells_them(self, sender):
        body = send(sender, dirty(), address=f"{ADDRESS}validate/", headers={"Accept-Language": "es"}).json()
        told = {row["pointer"]: (row["code"], row["found"], row["used"]) for row in body["corrections"]}
        assert self.EXPECTED.items() <= told.items()
        assert body["problem_count"] == 0
        assert body["correction_count"] == len(body["corrections"])
        assert {row["ocid"] for row in body["corrections"]} == {"ocds-test01-1"}
        unused = [row["used"] is None for row in body["corrections"]]
        assert unused == sorted(unused, reverse=True)
        assert body["corrections"][0]["detail"].endswith("no se usa.")

    def test_so_does_the_status(self, sender):
        receipt = send(sender, dirty()).json()
        process_submission(receipt["id"])
        status = sender.get(receipt["status_url"]).json()
        told = {row["pointer"]: (row["code"], row["found"], row["used"]) for row in status["corrections"]}
        assert self.EXPECTED.items() <= told.items()
        assert status["counts"]["corrections"] == len(status["corrections"])
        unused = [row["used"] is None for row in status["corrections"]]
        assert unused == sorted(unused, reverse=True)

    def test_only_the_first_hundred_are_told_and_all_are_counted(self, sender):
        awards = [{"id": str(number), "date": "2024-02-01"} for number in range(150)]
        awards.append({"id": "last", "date": "mañana"})
        many = release() | {"awards": awards}
        body = send(sender, many, address=f"{ADDRESS}validate/").json()
        assert body["correction_count"] > len(body["corrections"]) == 100
        assert body["corrections"][0]["pointer"] == "/awards/150/date"
        receipt = send(sender, many).json()
        process_submission(receipt["id"])
        told = sender.get(receipt["status_url"]).json()["corrections"]
        assert (len(told), told[0]["pointer"]) == (100, "/awards/150/date")

    def test_the_pointer_leads_into_the_body(self, sender):
        package = {"releases": [release(), release("ocds-test01-2") | {"date": "ayer"}]}
        body = send(sender, package, address=f"{ADDRESS}validate/").json()
        (found,) = [row for row in body["corrections"] if row["code"] == "date_unreadable"]
        assert (found["pointer"], found["line"], found["ocid"]) == ("/releases/1/date", 1, "ocds-test01-2")


class TestSimpleContracts:
    def test_unusual_values_are_accepted_with_a_warning(self, sender):
        odd = SIMPLE | {"currency": "MNX", "value": -1}
        body = send(sender, odd, address=f"{ADDRESS}validate/").json()
        assert body["releases"] == 1
        assert {(row["code"], row["pointer"], row["warning"]) for row in body["problems"]} == {
            ("currency_unknown", "/currency", True),
            ("amount_negative", "/value", True),
        }
        assert send(sender, odd).status_code == 202

    def test_unknown_members_are_refused_with_their_pointer(self, sender):
        """A name, a number or a note that nobody reads would be published word for word."""
        odd = SIMPLE | {"contact": "Ana, +51 999", "suplier": "X"}
        body = problem(send(sender, odd), 422, "simple_contract")
        assert {error["pointer"] for error in body["errors"]} == {"/contact", "/suplier"}
        assert "supplier" in str(body["errors"])
        assert "Ana" not in str(body)

    def test_a_link_that_is_not_a_web_address_is_refused(self, sender):
        odd = SIMPLE | {"source_url": "javascript:alert(1)"}
        problem(send(sender, odd, address=f"{ADDRESS}validate/"), 422, "simple_contract")

    def test_a_member_that_is_given_twice_is_refused(self, sender):
        twice = b'{"title": "x", "buyer": "M", "supplier": "A", "value": 1, "value": 2, "currency": "PEN"}'
        body = problem(send(sender, twice, address=f"{ADDRESS}validate/"), 422, "duplicate_key")
        assert body["errors"][0]["pointer"] == "/value"

    def test_values_repaired_before_parsing_are_reported(self, sender):
        odd = b'{"title": "a\\u0000b", "buyer": "M", "supplier": "\\ud800a", "value": 1, "currency": "PEN"}'
        body = send(sender, odd, address=f"{ADDRESS}validate/").json()
        assert {row["pointer"]: row["used"] for row in body["understood"]} == {
            "/title": "ab",
            "/supplier": "\N{REPLACEMENT CHARACTER}a",
        }


class TestUnderstanding:
    LOOSE = SIMPLE | {
        "value": "S/ 1.250.000,50",
        "currency": "soles",
        "date_signed": "1 de marzo de 2024",
        "country": "Perú",
    }

    def test_what_was_understood_is_echoed_to_be_confirmed(self, sender):
        body = send(sender, self.LOOSE, address=f"{ADDRESS}validate/").json()
        # The status of what is sent tells how its amount was read, too.
        assert (body["releases"], [row["code"] for row in body["problems"]]) == (1, ["amount_read"])
        assert {row["pointer"]: (row["found"], row["used"]) for row in body["understood"]} == {
            "/value": ("S/ 1.250.000,50", "1250000.50 PEN"),
            "/currency": ("soles", "PEN"),
            "/date_signed": ("1 de marzo de 2024", "2024-03-01"),
            "/country": ("Perú", "PE"),
        }

    def test_what_stays_unclear_is_reported_at_its_field_in_the_reader_s_language(self, sender):
        unclear = self.LOOSE | {"value": "1.250"}
        body = problem(send(sender, unclear, headers={"Accept-Language": "es"}), 422, "simple_contract")
        (error,) = body["errors"]
        assert error["pointer"] == "/value"
        assert "1250 / 1.25" in error["detail"]
        assert "puede ser" in error["detail"]
        assert nothing_is_stored()


class TestEmptiness:
    @pytest.mark.parametrize("empty", [b"[]", b'{"releases": []}', b'{"records": []}', b","])
    def test_what_holds_no_record_is_refused(self, sender, empty):
        problem(send(sender, empty), 422, "no_records")
        assert nothing_is_stored()

    @pytest.mark.parametrize("like", [{"titulo": "x"}, {"title": "x"}, {"Comprador": "x"}])
    def test_an_incomplete_simple_contract_gets_a_hint(self, sender, like):
        refused = problem(send(sender, like), 400, "not_a_package")
        assert "A simple contract needs title or description, and buyer or supplier" in refused["detail"]

    def test_others_are_not(self, sender):
        assert "simple" not in problem(send(sender, {"foo": 1}), 400, "not_a_package")["detail"]
