import hashlib
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from contracts.intake.processing import process_submission
from contracts.models import Attachment, Content, Release, Submission
from tests.contracts.api.sending import ADDRESS, nothing_is_stored, problem, send
from tests.support.clients import Client, client_with_token, new_user
from tests.support.documents import PAPER
from tests.support.records import load, release
from tests.support.shared import OCDS_FILES, needs_ocds_files

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]


def test_a_receipt_has_the_status_address_and_what_arrived(sender, nudged, django_capture_on_commit_callbacks):
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


def test_the_status_reports_the_result(sender):
    mixed = {"releases": [release(), {"id": "no ocid"}, {"url": "https://example.org/r", "id": "2"}]}
    receipt = send(sender, mixed).json()
    assert sender.get(receipt["status_url"]).json()["counts"] == {}
    process_submission(receipt["id"])
    status = sender.get(receipt["status_url"]).json()
    assert status["state"] == "processed"
    assert status["counts"]["releases_new"] == 1
    assert status["ocids"] == ["ocds-test01-1"]
    held = {"ocid": "ocds-test01-1", "state": "held", "told": "", "submission": status["id"]}
    assert (status["processes"], status["claims"]) == ([], [held])
    load(release())
    status = sender.get(receipt["status_url"]).json()
    assert status["processes"] == [
        {
            "ocid": "ocds-test01-1",
            "url": "http://testserver/api/v1/contracting-processes/ocds-test01-1/",
            "source": "operator",
            "verification": "official",
        }
    ]
    assert status["claims"] == [held | {"state": "accepted"}]
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
    other = client_with_token(new_user("other", "contracts.add_submission"), "submit")
    assert send(sender, release()).json()["id"] != send(other, release()).json()["id"]
    assert Content.objects.count() == 1


class TestWho:
    def test_without_a_token_nobody_submits(self, anonymous):
        response = send(anonymous, release())
        # Who has no account is told where one can send without.
        assert "/submit/" in problem(response, 401, "not_authenticated")["detail"]
        assert response["WWW-Authenticate"] == "Token"
        assert nothing_is_stored()

    def test_a_read_only_token_cannot_submit(self):
        reads = client_with_token(new_user("a", "contracts.add_submission"), "read")
        assert "scope submit" in problem(send(reads, release()), 403, "permission_denied")["detail"]
        closed = client_with_token(new_user("b"), "read", "submit")
        assert "Submitters" in problem(send(closed, release()), 403, "permission_denied")["detail"]

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
    def test_an_invalid_token_is_a_401(self, header):
        problem(send(Client(headers={"Authorization": header}), release()), 401, "authentication_failed")

    def test_a_token_is_never_taken_from_the_query(self, anonymous):
        problem(anonymous.get("/api/v1/contracts/?token=vdr_1"), 400, "unknown_parameter")

    def test_a_revoked_token_or_one_of_a_closed_account_is_a_401(self, sender):
        sender.user.is_active = False
        sender.user.save()
        problem(send(sender, release()), 401, "authentication_failed")

    def test_an_account_in_the_browser_needs_the_permission_and_the_csrf_token(self):
        user = new_user("browser")
        client = Client()
        client.force_login(user)
        problem(send(client, release()), 403, "permission_denied")
        allowed = Client()
        allowed.force_login(new_user("allowed", "contracts.add_submission"))
        assert send(allowed, release()).status_code == 202
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(new_user("strict", "contracts.add_submission"))
        problem(send(strict, release()), 403, "permission_denied")

    def test_only_the_sender_and_who_may_view_submissions_see_one(self, sender, anonymous):
        address = send(sender, release()).json()["status_url"]
        problem(anonymous.get(address), 401, "not_authenticated")
        problem(client_with_token(new_user("other"), "read", "submit").get(address), 404, "not_found")
        auditor = new_user("auditor", "contracts.view_submission", "audits.view_flag")
        problem(client_with_token(auditor, "read").get(address), 404, "not_found")
        assert client_with_token(auditor, "read", "review").get(address).status_code == 200
        in_browser = Client()
        in_browser.force_login(auditor)
        assert in_browser.get(address).status_code == 200

    def test_documents_cannot_be_attached_to_submissions_of_others(self, sender):
        """Who may see all submissions would put it under the record of a publisher, without their name beside it."""
        official = load(release())
        address = f"{ADDRESS}?about={official.pk}"
        auditor = new_user("auditor", "contracts.add_submission", "contracts.view_submission", "audits.view_flag")
        for client in (sender, client_with_token(auditor, "submit", "review")):
            problem(send(client, PAPER, "application/pdf", address), 400, "unknown_submission")
        own = send(sender, release("ocds-ngo-1")).json()["id"]
        assert send(sender, PAPER, "application/pdf", f"{ADDRESS}?about={own}").status_code == 202
        assert [str(row.about_id) for row in Attachment.objects.all()] == [own]

    def test_only_documents_can_name_their_contract_in_a_form(self, sender):
        own = send(sender, release("ocds-ngo-1")).json()["id"]
        form = {"file": SimpleUploadedFile("a.pdf", PAPER), "about": own}
        assert sender.post(ADDRESS, form, format="multipart").status_code == 202
        assert [str(row.about_id) for row in Attachment.objects.all()] == [own]
        told = problem(send(sender, release(), address=f"{ADDRESS}?about={own}"), 422, "document_refused")
        assert "Documents are PDF" in told["detail"]
        form = {"file": SimpleUploadedFile("a.pdf", PAPER), "abuot": own}
        told = problem(sender.post(ADDRESS, form, format="multipart"), 400, "bad_request")
        assert told["errors"][0]["hint"].startswith("Did you mean about?")

    def test_the_day_of_a_tokens_last_use_is_kept_without_the_time(self, sender):
        send(sender, release())
        token = sender.user.api_tokens.get()
        assert token.last_used_on is not None


@needs_ocds_files
@pytest.mark.parametrize("path", OCDS_FILES, ids=lambda path: path.stem)
def test_every_real_file_is_accepted(sender, path):
    receipt = send(sender, path.read_bytes()).json()
    process_submission(receipt["id"])
    status = sender.get(receipt["status_url"]).json()
    assert status["state"] == "processed"
    assert status["counts"]["releases_new"] == status["counts"]["releases_read"] > 0


def test_no_network_data_is_stored(sender):
    send(sender, release(), headers={"User-Agent": "Secret/1.0", "X-Forwarded-For": "198.51.100.7"})
    submission = Submission.objects.select_related("origin").get()
    stored = str([*vars(submission).values(), *vars(submission.origin).values()])
    assert "Secret" not in stored
    assert "198.51.100.7" not in stored
    assert "127.0.0.1" not in stored


def test_problems_are_stored_as_codes_and_shown_in_the_readers_language(sender):
    receipt = send(sender, {"releases": [release(), {"id": "no ocid"}]}).json()
    process_submission(receipt["id"])
    (told,) = sender.get(receipt["status_url"], headers={"Accept-Language": "es"}).json()["problems"]
    assert told["detail"] == "La entrega no tiene ocid."
    assert told["hint"].startswith("Dé a la entrega el `ocid`")
    assert Submission.objects.get().problems[0] == {
        "code": "ocid_missing",
        "pointer": "/releases/1/ocid",
        "offset": told["offset"],
    }


def test_a_refusal_is_reported_in_the_readers_language(sender):
    refused = problem(send(sender, b'{"a" 1}', headers={"Accept-Language": "pt"}), 400, "not_json")
    assert refused["detail"] == refused["errors"][0]["detail"] == "Esperava-se ':' no byte 5."
