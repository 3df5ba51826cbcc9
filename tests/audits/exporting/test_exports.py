"""Exports: whole lists that a worker writes to files, for their requester only."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from audits.comment_requests import erase_request
from audits.exporting import files, writing
from audits.exporting.tasks import write_exports
from audits.models import Export, Flag, Reply, ReplyDecision
from audits.models.export import LISTED, MAX_ATTEMPTS
from audits.replies import decide_reply, erase_reply, send_reply
from contracts.decisions.claims import decide_claim
from contracts.erasing import erase_submission
from contracts.models import Claim, ClaimDecision, Submission
from contracts.runtime import disk
from tests.audits.replies.asking import ask, note
from tests.support.clients import Client, client_with_token, new_user
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
EXPORTS = "/api/v1/exports/"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.VEEDOR_DUMPS = tmp_path
    settings.VEEDOR_PUBLICATION = "reviewed"


def order(client, **wanted):
    return client.post(EXPORTS, json.dumps({"list": "contracts", **wanted}), content_type="application/json")


def content(client, row) -> bytes:
    answer = client.get(row["file"])
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def test_an_export_is_the_file_that_the_list_streams(flags, anonymous, django_capture_on_commit_callbacks):
    parameters = {"lang": "es", "delimiter": "semicolon", "country": ["MX", "none"], "amount__gte": 1}
    with django_capture_on_commit_callbacks() as queued:
        answer = order(anonymous, parameters=parameters)
    assert answer.status_code == 202, answer.content
    assert len(queued) == 1, "a worker is told once it is stored"
    row = answer.json()
    assert answer["Location"] == row["url"]
    assert (row["status"], row["rows_expected"], row["rows"], row["file"]) == ("queued", 4, None, None)
    assert anonymous.get(f"{row['url']}file/").json()["code"] == "export_not_ready"

    write_exports()
    row = anonymous.get(row["url"]).json()
    assert (row["status"], row["rows"], row["problem"]) == ("done", 4, None)
    streamed = anonymous.get(f"/api/v1/contracts.csv?{row['query']}")
    written = content(anonymous, row)
    assert written == b"".join(streamed.streaming_content)
    assert (hashlib.sha256(written).hexdigest(), len(written)) == (row["sha256"], row["bytes"])


@pytest.mark.parametrize("format_", ["jsonl", "xlsx"])
@pytest.mark.parametrize("name", ["contracts", "contracting-processes", "flags", "organizations", "publishers"])
def test_every_list_is_exported_in_every_format(flags, anonymous, name, format_):
    row = order(anonymous, list=name, format=format_).json()
    assert writing.write_due() == 1
    done = anonymous.get(row["url"]).json()
    assert (done["status"], done["rows"]) == ("done", row["rows_expected"])
    assert content(anonymous, done)[:2] == (b"PK" if format_ == "xlsx" else b'{"')


def test_an_interrupted_download_can_be_resumed(flags, anonymous):
    row = order(anonymous).json()
    writing.write_due()
    row = anonymous.get(row["url"]).json()
    whole = content(anonymous, row)
    answer = anonymous.get(row["file"], headers={"Range": "bytes=10-19", "If-Range": f'"{row["sha256"]}"'})
    assert (answer.status_code, b"".join(answer.streaming_content)) == (206, whole[10:20])
    assert answer["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert answer["Content-Disposition"].startswith('attachment; filename="veedor-contracts-')
    assert anonymous.get(row["file"], headers={"If-None-Match": answer["ETag"]}).status_code == 304
    packed = anonymous.get(row["file"], headers={"Accept-Encoding": "gzip"})
    assert (packed["Content-Encoding"], packed["ETag"]) == ("gzip", f'W/"{row["sha256"]}"')
    assert anonymous.get(row["file"], headers={"If-None-Match": packed["ETag"]}).status_code == 304
    part = anonymous.get(row["file"], headers={"Range": "bytes=10-", "Accept-Encoding": "gzip"})
    assert (b"".join(part.streaming_content), part["Content-Length"]) == (whole[10:], str(len(whole) - 10))


def test_rows_can_be_counted_before_the_export(flags, anonymous, monkeypatch):
    def count(**wanted):
        body = json.dumps({"list": "contracts", **wanted})
        return anonymous.post(f"{EXPORTS}count/", body, content_type="application/json").json()

    assert count() == {"rows": 4, "limit": None, "fits": True}
    monkeypatch.setattr("audits.exporting.api.MAX_ROWS", 3)
    assert count(format="xlsx") == {"rows": 4, "limit": 3, "fits": False}
    refused = order(anonymous, format="xlsx")
    assert (refused.status_code, refused.json()["code"]) == (413, "too_many_rows")
    assert (refused.json()["limit"], refused.json()["rows"]) == (3, 4)
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({"list": "secrets"}, "/list"),
        ({"list": ["contracts"]}, "/list"),
        ({"format": "pdf"}, "/format"),
        ({"parameters": []}, "/parameters"),
        ({"parameters": {"country": {"a": 1}}}, "/country"),
        ({"paramters": {}}, "/paramters"),
        # Of several the first, as they were sent.
        (dict.fromkeys([f"x{place}" for place in range(20)], 1), "/x0"),
    ],
)
def test_an_invalid_export_is_refused_with_its_place(anonymous, wanted, pointer):
    answer = order(anonymous, **wanted)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["errors"][0]["pointer"] == pointer


@pytest.mark.parametrize("parameter", [{"contry": "MX"}, {"country": "XX"}, {"lang": "xx"}, {"cursor": "x"}])
def test_the_parameters_are_those_of_the_list(anonymous, parameter):
    answer = order(anonymous, parameters=parameter)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["parameter"] in parameter
    assert not Export.objects.exists()


def test_a_file_has_the_rows_of_its_reader_and_is_private(flags, anonymous, auditor):
    lead = client_with_token(new_user("reading lead", "audits.view_flag"), "read", "review")
    own, public = order(lead, list="flags").json(), order(anonymous, list="flags").json()
    without_scope = order(client_with_token(new_user("script", "audits.view_flag"), "read"), list="flags").json()
    writing.write_due()
    rows = {row["id"]: Export.objects.get(pk=row["id"]).rows for row in (own, public, without_scope)}
    assert [rows[row["id"]] for row in (own, public, without_scope)] == [4, 1, 1]
    for client in (anonymous, auditor):
        for address in (own["url"], f"{own['url']}file/"):
            assert client.get(address).status_code == 404
        assert client.delete(own["url"]).status_code == 404
    assert anonymous.get(f"{public['url']}file/").status_code == 200
    assert [row["id"] for row in lead.get(EXPORTS).json()] == [own["id"]]
    assert anonymous.get(EXPORTS).status_code == 401


def test_a_revoked_right_removes_access_to_the_export(flags):
    user = new_user("was an auditor", "audits.view_flag")
    client = client_with_token(user, "read", "review")
    row = order(client, list="flags").json()
    writing.write_due()
    assert client.get(f"{row['url']}file/").status_code == 200
    user.user_permissions.clear()
    answer = client.get(f"{row['url']}file/")
    assert (answer.status_code, answer.json()["code"]) == (403, "rights_changed")


@pytest.mark.parametrize("host", ["testserver:99999", "testserver:0", "TESTSERVER:8000"])
def test_any_host_accepted_by_django_works(flags, anonymous, host):
    row = anonymous.post(EXPORTS, '{"list": "flags"}', content_type="application/json", headers={"host": host})
    assert (row.status_code, writing.write_due()) == (202, 1)
    assert row.json()["url"].lower().startswith(f"http://{host.lower()}/")


def test_a_limited_token_cannot_see_exports_with_more_rights(flags):
    """It would tell what the desk searches for, and count what the public does not see."""
    user = new_user("an auditor", "audits.view_flag")
    strong, weak = client_with_token(user, "read", "review"), client_with_token(user, "read", "submit", "follow")
    row, public = order(strong, list="flags").json(), order(weak, list="flags").json()
    writing.write_due()
    assert [entry["id"] for entry in weak.get(EXPORTS).json()] == [public["id"]]
    assert [weak.get(address).status_code for address in (row["url"], f"{row['url']}file/")] == [404, 404]
    assert weak.delete(row["url"]).status_code == 404
    assert {entry["id"]: entry["rows"] for entry in strong.get(EXPORTS).json()} == {row["id"]: 4, public["id"]: 1}


def test_exports_expire_when_publication_is_restricted(flags, settings, anonymous):
    settings.VEEDOR_PUBLICATION = "all"
    row = order(anonymous, list="flags").json()
    writing.write_due()
    settings.VEEDOR_PUBLICATION = "reviewed"
    assert anonymous.get(f"{row['url']}file/").json()["code"] == "rights_changed"


def test_nothing_is_written_for_a_deleted_account(flags):
    user = new_user("gone", "audits.view_flag")
    row = order(client_with_token(user, "read", "review"), list="flags").json()
    user.is_active = False
    user.save()
    assert writing.write_due() == 0
    assert Export.objects.get(pk=row["id"]).failure == "permission_denied"
    assert not list(files.folder().iterdir())


def test_a_dead_workers_export_is_written_again(flags, anonymous, monkeypatch):
    row = order(anonymous).json()

    def killed(*_):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(disk.shutil, "disk_usage", killed)
        with pytest.raises(SystemExit):
            write_exports()
    export = Export.objects.get(pk=row["id"])
    assert (export.attempts, export.status()) == (1, "running")
    assert files.unfinished(export).exists()
    assert not files.path_of(export).exists()
    files.note_progress(export, 3)
    assert anonymous.get(row["url"]).json()["rows"] == 3
    assert anonymous.get(f"{row['url']}file/").status_code == 409

    write_exports()
    assert anonymous.get(row["url"]).json()["status"] == "done"
    assert not files.unfinished(export).exists()


def test_an_export_fails_after_three_attempts_without_blocking_others(flags, anonymous):
    row, other = order(anonymous).json(), order(anonymous).json()
    Export.objects.filter(pk=row["id"]).update(attempts=MAX_ATTEMPTS, started_at=timezone.now())
    write_exports()
    told = anonymous.get(row["url"]).json()
    assert (told["status"], told["problem"]) == ("failed", "attempts")
    assert anonymous.get(other["url"]).json()["status"] == "done"
    assert anonymous.get(f"{row['url']}file/").json()["code"] == "export_not_ready"


def test_a_full_disk_is_reported(flags, anonymous, monkeypatch):
    row = order(anonymous).json()
    monkeypatch.setattr(disk, "SPARED_BYTES", 1 << 62)
    assert writing.write_due() == 0
    assert anonymous.get(row["url"]).json()["problem"] == "no_space"
    assert not list(files.folder().iterdir())


def test_an_expired_export_loses_its_file_and_later_its_row(flags, anonymous):
    row = order(anonymous).json()
    writing.write_due()
    export = Export.objects.get()
    Export.objects.update(finished_at=timezone.now() - timedelta(days=1, seconds=1))
    assert anonymous.get(row["url"]).json()["status"] == "expired"
    answer = anonymous.get(f"{row['url']}file/")
    assert (answer.status_code, answer.json()["code"]) == (410, "export_expired")
    writing.clean()
    assert not files.path_of(export).exists()
    Export.objects.update(requested_at=timezone.now() - LISTED - timedelta(seconds=1))
    writing.clean()
    assert anonymous.get(row["url"]).status_code == 404


def test_an_export_with_a_future_date_expires_too(flags, anonymous):
    row = order(anonymous).json()
    writing.write_due()
    Export.objects.update(finished_at=timezone.now() + timedelta(days=400))
    writing.clean()
    assert anonymous.get(row["url"]).json()["status"] == "done"
    Export.objects.all().expire()
    assert anonymous.get(f"{row['url']}file/").status_code == 410


def test_an_export_is_deleted_with_its_file(flags, auditor):
    row = order(auditor).json()
    writing.write_due()
    path = files.path_of(Export.objects.get())
    assert path.exists()
    assert auditor.delete(row["url"]).status_code == 204
    assert not path.exists()
    assert auditor.get(row["url"]).status_code == 404


def test_the_number_of_exports_is_limited(flags, anonymous, monkeypatch):
    monkeypatch.setattr("audits.exporting.api.MAX_OF_ACCOUNT", 1)
    monkeypatch.setattr("audits.exporting.api.MAX_WAITING", 1)
    for client in (client_with_token(new_user("many"), "read"), Client()):
        first = order(client).json()
        refused = order(client)
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_exports")
        assert refused["Retry-After"]
        client.delete(first["url"])
        assert order(client).status_code == 202


def test_a_list_too_large_to_count_is_exported_too(flags, anonymous, monkeypatch):
    monkeypatch.setattr("audits.exporting.api._Ordered.count", lambda _order: None)
    assert order(anonymous).json()["rows_expected"] is None
    assert order(anonymous, format="xlsx").status_code == 413


@pytest.fixture
def reads_claims(db):
    user = new_user("claims", "audits.view_flag", "contracts.view_claim")
    return client_with_token(user, "read", "review")


def finished(client):
    """Order the file of all contracts, written; returns what tells how it is."""
    row = order(client).json()
    writing.write_due()
    return lambda: client.get(row["url"]).json()["status"]


def decide(claim, kind):
    decide_claim(claim=claim, decided_by=new_user(f"on claims {kind}"), kind=ClaimDecision.Kind(kind), reason="Seen.")


def test_a_file_expires_when_what_it_holds_is_erased(flags, anonymous):
    state = finished(anonymous)
    file = files.path_of(Export.objects.get())
    erase_submission(Submission.objects.get(), actor=None)
    assert state() == "done", "the records stay"
    erase_submission(Submission.objects.get(), actor=None, with_records=True)
    assert state() == "expired"
    writing.clean()
    assert not file.exists()


def test_files_expire_when_a_claim_is_rejected_where_they_hold_it(anonymous, reads_claims):
    load(release(), channel=Submission.Channel.API)
    claim = Claim.objects.get()
    own, public = finished(reads_claims), finished(anonymous)
    decide(claim, "accepted")
    assert (own(), public()) == ("done", "done")
    own, public = finished(reads_claims), finished(anonymous)
    decide(claim, "rejected")
    assert (own(), public()) == ("expired", "expired")


def test_withdrawing_a_claim_keeps_public_files(anonymous, reads_claims):
    submission = load(release(), channel=Submission.Channel.API)
    own, public = finished(reads_claims), finished(anonymous)
    before = Export.objects.get(is_public=False).finished_at
    erase_submission(submission, actor=None, with_records=True)
    assert (own(), public()) == ("expired", "done")
    # The moment is told by nothing.
    assert before - Export.objects.get(is_public=False).finished_at == timedelta(days=1)


def test_an_erasure_during_writing_restarts_the_export(flags, anonymous, monkeypatch):
    row = order(anonymous).json()
    replaced = files.path_of
    submission = Submission.objects.get()

    def erase_first(export):
        if submission.erased_on is None:
            submission.erased_on = timezone.now().date()
            erase_submission(submission, actor=None, with_records=True)
        return replaced(export)

    with monkeypatch.context() as patched:
        patched.setattr(writing.files, "path_of", erase_first)
        assert writing.write_due() == 1
    told = anonymous.get(row["url"]).json()
    assert (told["status"], told["rows"], Export.objects.get().attempts) == ("done", 0, 1)


@pytest.mark.parametrize("is_erased", [True, False])
def test_files_expire_with_a_reply_that_they_hold(flags, anonymous, is_erased):
    lead = new_user("on replies")
    send_reply(flag=Flag.objects.get(state="confirmed"), text="Two took part.", party="P", speaker="S", kind="reply")
    reply = Reply.objects.get()
    decide_reply(reply=reply, decided_by=lead, kind=ReplyDecision.Kind.ACCEPTED, reason="So it is.")
    state = finished(anonymous)
    if is_erased:
        erase_reply(reply, actor=lead)
    else:
        decide_reply(reply=reply, decided_by=lead, kind=ReplyDecision.Kind.REFUSED, reason="It is not.")
    assert state() == "expired"


@pytest.mark.parametrize("is_erased", [True, False])
def test_files_expire_with_a_request_for_comment_that_they_hold(flags, anonymous, is_erased):
    lead = new_user("on requests")
    request = ask(Flag.objects.get(state="confirmed"), lead)
    state = finished(anonymous)
    if is_erased:
        erase_request(request, actor=lead)
    else:
        note(request, lead, "taken_back", reason="Never sent.")
    assert state() == "expired"
