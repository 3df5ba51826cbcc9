import gzip
import hashlib
import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts import tasks
from contracts.api import submitting
from contracts.intake.processing import process_submission
from contracts.models import Content, ContractingProcess, Publisher, Release, Submission
from tests.contracts.api.conftest import Client, client_with_token, make_user
from tests.records import release
from tests.shared import OCDS_FILES, needs_ocds_files

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/submissions/"
SIMPLE = {
    "title": "Cámaras para la plaza",
    "buyer": {"name": "Municipalidad de Prueba", "country": "PE"},
    "supplier": "Proveedora Ficticia S.A.C.",
    "value": 1250000.50,
    "currency": "PEN",
    "date_signed": "2024-03-01",
    "method": "direct",
    "country": "PE",
}


@pytest.fixture(autouse=True)
def nudged(monkeypatch) -> list[str]:
    """The submissions that were queued; no test here needs a worker."""
    found: list[str] = []
    monkeypatch.setattr(tasks, "nudge", found.append)
    return found


def send(client, data, content_type: str = "application/json", address: str = ADDRESS, **options: Any):
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    return client.generic("POST", address, body, content_type=content_type, **options)


def problem(response, status: int, code: str) -> dict:
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json"), response.content
    body = response.json()
    assert body["code"] == code
    assert body["status"] == status
    return body


def nothing_is_stored() -> bool:
    return not Submission.objects.exists() and not Content.objects.exists()


def test_a_receipt_tells_where_to_ask_and_what_arrived(sender, nudged, django_capture_on_commit_callbacks):
    body = json.dumps(release()).encode()
    with django_capture_on_commit_callbacks(execute=True):
        response = send(sender, body)
    assert response.status_code == 202
    receipt = response.json()
    assert receipt["sha256"] == hashlib.sha256(body).hexdigest()
    assert receipt["bytes"] == len(body)
    assert (receipt["state"], receipt["kind"], receipt["unchanged"]) == ("received", "ocds", False)
    assert len(receipt["received"]) == len("2024-03-01")
    assert response["Location"] == receipt["status_url"] == f"http://testserver{ADDRESS}{receipt['id']}/"
    assert nudged == [receipt["id"]]
    assert not Release.objects.exists(), "a worker reads it, not the request"


def test_the_status_tells_what_came_of_it(sender):
    mixed = {"releases": [release(), {"id": "no ocid"}, {"url": "https://example.org/r", "id": "2"}]}
    receipt = send(sender, mixed).json()
    assert sender.get(receipt["status_url"]).json()["counts"] == {}
    process_submission(receipt["id"])
    status = sender.get(receipt["status_url"]).json()
    assert status["state"] == "processed"
    assert status["counts"]["releases_new"] == 1
    assert status["ocids"] == ["ocds-test01-1"]
    assert status["processes"] == [{"ocid": "ocds-test01-1", "url": "/api/v1/contracting-processes/ocds-test01-1/"}]
    assert status["problem_count"] == 2
    missing, linked = status["problems"]
    assert (missing["code"], missing["pointer"], missing["line"], missing["warning"]) == (
        "ocid_missing",
        "/releases/1/ocid",
        1,
        False,
    )
    assert missing["hint"]
    assert missing["offset"] > 0
    assert (linked["code"], linked["warning"]) == ("linked_release", True)


def test_the_same_bytes_from_the_same_sender_change_nothing(sender, nudged, django_capture_on_commit_callbacks):
    first = send(sender, release()).json()
    with django_capture_on_commit_callbacks(execute=True):
        again = send(sender, release())
    assert again.status_code == 200
    assert again.json()["unchanged"] is True
    assert again.json()["id"] == first["id"]
    assert again["Location"] == first["status_url"]
    assert nudged == []
    assert Submission.objects.count() == 1


def test_the_same_bytes_from_another_sender_are_another_submission(sender):
    other = client_with_token(make_user("other"), "submit")
    assert send(sender, release()).json()["id"] != send(other, release()).json()["id"]
    assert Content.objects.count() == 1


class TestWho:
    def test_without_a_token_nobody_submits(self, anonymous):
        response = send(anonymous, release())
        problem(response, 401, "not_authenticated")
        assert response["WWW-Authenticate"] == "Token"
        assert nothing_is_stored()

    def test_a_token_that_only_reads_does_not_submit(self):
        problem(send(client_with_token(make_user("a"), "read"), release()), 403, "permission_denied")

    @pytest.mark.parametrize(
        "header",
        [
            "Token",
            "Token a b c",
            "Token vdr_x_y",
            "Token \x00",
            "Basic YTpi",
            "Token é",
            "garbage",
            "Token a, Token b",
        ],
    )
    def test_a_garbage_token_is_a_401(self, header):
        problem(send(Client(headers={"Authorization": header}), release()), 401, "authentication_failed")

    def test_a_token_is_never_taken_from_the_query(self, anonymous):
        problem(anonymous.get("/api/v1/contracts/?token=vdr_1"), 400, "unknown_parameter")

    def test_a_revoked_token_or_one_of_a_closed_account_is_a_401(self, sender):
        sender.user.is_active = False
        sender.user.save()
        problem(send(sender, release()), 401, "authentication_failed")

    def test_an_account_in_the_browser_needs_the_permission_and_the_csrf_token(self):
        user = make_user("browser")
        client = Client()
        client.force_login(user)
        problem(send(client, release()), 403, "permission_denied")
        allowed = Client()
        allowed.force_login(make_user("allowed", "contracts.add_submission"))
        assert send(allowed, release()).status_code == 202
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(make_user("strict", "contracts.add_submission"))
        problem(send(strict, release()), 403, "permission_denied")

    def test_only_the_sender_and_who_may_view_submissions_see_one(self, sender, anonymous):
        address = send(sender, release()).json()["status_url"]
        problem(anonymous.get(address), 401, "not_authenticated")
        problem(client_with_token(make_user("other"), "read", "submit").get(address), 404, "not_found")
        auditor = make_user("auditor", "contracts.view_submission")
        problem(client_with_token(auditor, "read").get(address), 404, "not_found")
        assert client_with_token(auditor, "read", "review").get(address).status_code == 200
        in_browser = Client()
        in_browser.force_login(auditor)
        assert in_browser.get(address).status_code == 200

    def test_the_day_of_a_tokens_last_use_is_kept_without_the_time(self, sender):
        send(sender, release())
        token = sender.user.api_tokens.get()
        assert token.last_used_on is not None


class TestBodies:
    @pytest.mark.parametrize(
        "data",
        [
            pytest.param({"releases": [release()]}, id="release package"),
            pytest.param({"records": [{"ocid": "ocds-test01-1", "releases": [release()]}]}, id="record package"),
            pytest.param([{"releases": [release()]}], id="array of packages"),
            pytest.param(b"\xef\xbb\xbf" + json.dumps(release()).encode(), id="byte order mark"),
            pytest.param(json.dumps(release(), ensure_ascii=False).encode("utf-16"), id="UTF-16"),
            pytest.param(json.dumps(release(), ensure_ascii=False).encode("latin-1"), id="Latin-1"),
            pytest.param(gzip.compress(json.dumps(release()).encode()), id="gzip"),
            pytest.param(b"\n".join([json.dumps(release()).encode()] * 2), id="JSON Lines"),
        ],
    )
    def test_every_shape_is_taken(self, sender, data):
        receipt = send(sender, data).json()
        process_submission(receipt["id"])
        assert ContractingProcess.objects.get().buyer_name == "Municipio de Prueba"
        assert ContractingProcess.objects.get().title == "Servicio de limpieza de oficinas"

    @pytest.mark.parametrize(
        "content_type",
        [
            "application/json; charset=utf-8",
            "application/json;charset=UTF-16",
            "application/jsonl",
            "application/gzip",
            "application/octet-stream",
            "application/vnd.ocds+json",
        ],
    )
    def test_a_type_that_is_understood_is_taken(self, sender, content_type):
        encoding = "utf-16" if "UTF-16" in content_type else "utf-8"
        assert send(sender, json.dumps(release()).encode(encoding), content_type).status_code == 202

    @pytest.mark.parametrize(
        "content_type", ["", "text/xml", "application/x-www-form-urlencoded", "nonsense", "x" * 999]
    )
    def test_another_type_is_a_415_with_the_list(self, sender, content_type):
        body = problem(send(sender, release(), content_type), 415, "unsupported_media_type")
        assert "application/json" in body["allowed"]
        assert nothing_is_stored()

    @pytest.mark.parametrize("charset", ["klingon", "shift_jis", "utf-7"])
    def test_an_unknown_charset_is_a_415(self, sender, charset):
        problem(send(sender, release(), f"application/json; charset={charset}"), 415, "charset")

    def test_utf_16_without_its_byte_order_is_a_415(self, sender):
        body = json.dumps(release()).encode("utf-16-le")
        problem(send(sender, body, "application/json; charset=utf-16"), 415, "charset")

    def test_content_encoding_gzip_is_taken_and_another_is_a_415(self, sender):
        packed = gzip.compress(json.dumps(release()).encode())
        assert send(sender, packed, headers={"Content-Encoding": "gzip"}).status_code == 202
        problem(send(sender, b"x", headers={"Content-Encoding": "br"}), 415, "unsupported_encoding")

    def test_a_form_with_a_file_is_taken(self, sender):
        Publisher.objects.create(slug="mx", name="México", country="MX")
        upload = SimpleUploadedFile("contrato de Ana.json", json.dumps(release()).encode())
        response = sender.post(ADDRESS, {"file": upload, "publisher": "mx"}, format="multipart")
        assert response.status_code == 202
        submission = Submission.objects.get()
        assert submission.publisher == Publisher.objects.get()
        assert submission.origin.file_name == "contrato de Ana.json"
        assert "Ana" not in sender.get(response.json()["status_url"]).content.decode()

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [
            (b"", "multipart/form-data"),
            (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
            (b"--x--\r\n", "multipart/form-data; boundary=x"),
            (b"--x\r\nbroken", "multipart/form-data; boundary=" + "y" * 500),
            (
                b"".join(
                    b'--x\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n1\r\n' % number
                    for number in range(2000)
                )
                + b"--x--\r\n",
                "multipart/form-data; boundary=x",
            ),
        ],
    )
    def test_a_broken_form_is_a_400_problem(self, sender, body, content_type):
        response = send(sender, body, content_type)
        assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
        assert nothing_is_stored()

    def test_three_megabytes_are_taken(self, sender):
        padding = {"releases": [release(f"ocds-test01-{number}", note="x" * 30_000) for number in range(100)]}
        assert send(sender, padding).status_code == 202

    def test_over_the_limit_is_a_413_that_tells_it(self, sender, settings):
        settings.VEEDOR_MAX_BODY_BYTES = 1000
        body = problem(send(sender, release(note="x" * 1000)), 413, "body_too_large")
        assert "1000" in body["detail"]
        assert nothing_is_stored()

    def test_over_the_limit_without_a_true_length_is_a_413_too(self, sender, settings):
        settings.VEEDOR_MAX_BODY_BYTES = 1000
        upload = SimpleUploadedFile("x.json", json.dumps(release(note="x" * 1000)).encode())
        problem(sender.post(ADDRESS, {"file": upload}, format="multipart"), 413, "body_too_large")
        assert nothing_is_stored()

    def test_a_bomb_is_stopped_while_it_unpacks(self, sender, settings):
        settings.VEEDOR_MAX_UNPACKED_BYTES = 1_000_000
        problem(send(sender, gzip.compress(b"{}" * 1_000_000)), 413, "unpacked_too_large")
        assert nothing_is_stored()

    def test_a_body_that_ends_early_is_refused(self, sender):
        body = json.dumps(release()).encode()
        cut: dict[str, Any] = {"CONTENT_LENGTH": str(len(body) + 10), "wsgi.input": io.BytesIO(body)}
        problem(send(sender, body, **cut), 400, "body_incomplete")
        assert nothing_is_stored()

    def test_chunks_are_taken_where_the_server_delimits_them(self, sender):
        chunked: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
        problem(send(sender, release(), **chunked), 411, "length_required")
        stream: dict[str, Any] = {
            "wsgi.input_terminated": True,
            "wsgi.input": io.BytesIO(json.dumps(release()).encode()),
        }
        assert send(sender, release(), **chunked, **stream).status_code == 202


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
            (b'{"ocid": "a", "id": NaN}', 422, "number_out_of_range", "/id"),
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
            (gzip.compress(b"{}")[:-5], 400, "gzip_damaged", ""),
        ],
    )
    def test_what_can_not_be_read_is_refused_with_its_place_and_nothing_is_stored(
        self, sender, body, status, code, pointer
    ):
        answer = problem(send(sender, body), status, code)
        error = answer["errors"][0]
        assert error["code"] == code
        assert error["hint"]
        if pointer is not None:
            assert error["pointer"] == pointer
        assert nothing_is_stored()

    def test_all_problems_are_told_at_once(self, sender):
        body = problem(send(sender, {"releases": [{"id": 1}, {"id": 2, "ocid": []}, 7]}), 422, "ocid_missing")
        assert [error["pointer"] for error in body["errors"]] == [
            "/releases/0/ocid",
            "/releases/1/ocid",
            "/releases/2",
        ]
        assert all("offset" in error for error in body["errors"])

    def test_if_something_can_be_read_the_rest_is_reported_later(self, sender):
        assert send(sender, {"releases": [{"id": 1}, release()]}).status_code == 202

    def test_links_alone_are_kept_and_reported(self, sender):
        record = {"ocid": "ocds-a", "releases": [{"url": "https://example.org/1"}]}
        assert send(sender, {"records": [record]}).status_code == 202

    def test_a_large_body_is_left_to_the_worker(self, sender, monkeypatch):
        monkeypatch.setattr(submitting, "LOOK_BYTES", 100)
        assert send(sender, {"releases": [{"id": "x" * 200}]}).status_code == 202

    def test_a_bomb_of_small_problems_ends_the_look(self, sender):
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

    def test_a_publisher_is_kept(self, sender):
        Publisher.objects.create(slug="peru", name="Perú")
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
    def test_every_mistake_is_told_with_its_place(self, sender, address):
        wrong = {**SIMPLE, "value": "much", "date_signed": "March", "country": "Atlantis"}
        body = problem(send(sender, wrong, address=address), 422, "simple_contract")
        assert {error["pointer"] for error in body["errors"]} == {"/value", "/date_signed", "/country"}
        assert nothing_is_stored()

    @pytest.mark.parametrize("data", [[SIMPLE], 3, {"buyer": "x"}, release()])
    def test_what_is_none_is_refused_at_its_own_address(self, sender, data):
        problem(send(sender, data, address=f"{ADDRESS}simple-contract/"), 422, "simple_contract")
        assert nothing_is_stored()

    def test_a_huge_one_is_a_413(self, sender):
        response = send(sender, {**SIMPLE, "description": "x" * 3_000_000}, address=f"{ADDRESS}simple-contract/")
        problem(response, 413, "body_too_large")

    def test_a_record_that_has_a_title_stays_a_record(self, sender):
        assert send(sender, release(title="x", supplier="y", description="z")).json()["kind"] == "ocds"


class TestValidation:
    def test_it_tells_what_would_come_and_keeps_nothing(self, sender):
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

    def test_what_can_not_be_read_is_the_same_refusal(self, sender):
        problem(send(sender, b"{}", address=f"{ADDRESS}validate/"), 400, "not_a_package")

    def test_a_submission_that_was_sent_already_is_not_touched(self, sender):
        receipt = send(sender, release()).json()
        assert send(sender, release(), address=f"{ADDRESS}validate/").status_code == 200
        assert Submission.objects.get().pk.hex == receipt["id"].replace("-", "")


@needs_ocds_files
@pytest.mark.parametrize("path", OCDS_FILES, ids=lambda path: path.stem)
def test_every_real_file_is_taken(sender, path):
    receipt = send(sender, path.read_bytes()).json()
    process_submission(receipt["id"])
    status = sender.get(receipt["status_url"]).json()
    assert status["state"] == "processed"
    assert status["counts"]["releases_new"] == status["counts"]["releases_read"] > 0


def test_nothing_of_the_network_is_stored(sender):
    send(sender, release(), headers={"User-Agent": "Secret/1.0", "X-Forwarded-For": "198.51.100.7"})
    submission = Submission.objects.select_related("origin").get()
    stored = str([*vars(submission).values(), *vars(submission.origin).values()])
    assert "Secret" not in stored
    assert "198.51.100.7" not in stored
    assert "127.0.0.1" not in stored
