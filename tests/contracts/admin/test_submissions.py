"""Files handed in through the admin: stored, processed, and told about to those who may know."""

import gzip
import json
import re

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile

from audits import groups
from contracts.intake.processing import process_submission
from contracts.models import ContractingProcess, Publisher, Submission
from tests.contracts.admin.sending import ADD, send
from tests.contracts.api.sending import grant
from tests.support.pages import change_page, text_of
from tests.support.records import load, release
from tests.support.triage import load_release, made_up_release

LIST = "/admin/contracts/submission/"


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_a_file_is_stored_as_it_is_and_enqueued(sign_in, nudged, django_capture_on_commit_callbacks, pack):
    client = sign_in(groups.SUBMITTERS)
    content = pack(json.dumps(made_up_release()).encode())
    with django_capture_on_commit_callbacks(execute=True):
        answer = send(client, content)
    submission = Submission.objects.get()
    assert answer["Location"] == change_page(submission)
    assert b"".join(bytes(chunk.data) for chunk in submission.content.chunks.all()) == content
    assert (submission.channel, submission.kind) == ("admin", "ocds")
    assert nudged == [str(submission.pk)]
    process_submission(submission.pk)
    assert ContractingProcess.objects.count() == 1
    assert "processed" in client.get(answer["Location"]).content.decode()


def test_the_page_tells_counts_in_words_and_no_hour_of_what_came_by_the_form(sign_in):
    load(made_up_release())
    Submission.objects.update(received_at="2026-11-03T00:00:00Z", processed_at="2026-11-03T00:00:00Z")
    lead = sign_in(groups.LEADS)
    for address in (LIST, change_page(Submission.objects.get())):
        text = text_of(lead.get(address, headers={"accept-language": "es"}).content.decode())
        assert "3 de noviembre de 2026" in text or "03/11/2026" in text
        assert "00:00" not in text
    assert "entregas leídas: 1, entregas nuevas: 1" in text
    assert "adjudicaciones: 1" in text


def test_the_same_file_again_leads_to_the_same_submission(sign_in, nudged):
    client = sign_in(groups.SUBMITTERS)
    content = json.dumps(made_up_release()).encode()
    assert send(client, content)["Location"] == send(client, content)["Location"]
    assert Submission.objects.count() == 1


def test_publisher_and_kind_are_kept(sign_in, nudged):
    publisher = Publisher.objects.create(slug="tula", name="Tula")
    client = sign_in(groups.SUBMITTERS)
    send(client, b'{"title": "x", "buyer": "y"}', publisher=publisher.pk)
    assert not Submission.objects.exists(), "it does not speak for this publisher"
    grant(get_user_model().objects.get(), publisher)
    send(client, b'{"title": "x", "buyer": "y"}', publisher=publisher.pk)
    submission = Submission.objects.get()
    assert (submission.kind, submission.publisher) == ("simple_contract", publisher)


@pytest.mark.parametrize(("content", "said"), [(b"", "empty"), (b"  \n ", "empty"), (b"\x1f\x8b damaged", "gzip")])
def test_what_the_gate_refuses_is_reported_at_the_field(sign_in, nudged, content, said):
    answer = send(sign_in(groups.SUBMITTERS), content)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Submission.objects.exists()


def test_a_file_above_the_limit_is_refused(sign_in, nudged, settings):
    settings.VEEDOR_MAX_BODY_BYTES = 10
    answer = send(sign_in(groups.SUBMITTERS), b'{"ocid": "ocds-1"}')
    assert "larger than 10\u00a0bytes" in answer.content.decode()
    assert not Submission.objects.exists()


@pytest.mark.parametrize("group", ["", groups.JOURNALISTS, groups.AUDITORS])
def test_others_hand_in_nothing(sign_in, nudged, group):
    assert send(sign_in(group), b"{}").status_code == 403
    assert not Submission.objects.exists()


def test_submitters_see_their_own_and_no_others(sign_in, make_user, nudged):
    client = sign_in(groups.SUBMITTERS)
    own = send(client, b'{"ocid": "ocds-1"}')["Location"]
    client.force_login(make_user(groups.SUBMITTERS, name="other"))
    assert Submission.objects.get().pk.hex not in client.get(LIST).content.decode().replace("-", "")
    assert client.get(own).status_code == 302  # as if there were none


@pytest.mark.parametrize(("group", "knows"), [(groups.AUDITORS, False), (groups.LEADS, True)])
def test_who_sent_a_file_is_known_to_leads_alone(sign_in, make_user, nudged, group, knows):
    client = sign_in(groups.SUBMITTERS)
    address = send(client, json.dumps(made_up_release()).encode(), name="de-maria-lopez.json")["Location"]
    client.force_login(make_user(group))
    pages = client.get(address).content.decode() + client.get(LIST).content.decode()
    assert ("de-maria-lopez" in pages) is knows
    assert ("submitters" in pages) is knows


def test_problems_are_shown_with_how_to_fix_them(sign_in, nudged):
    client = sign_in(groups.SUBMITTERS)
    address = send(client, b'{"releases": [{"ocid": "ocds-1"}, {"id": "1"}, 7]}')["Location"]
    process_submission(Submission.objects.get().pk)
    html = client.get(address).content.decode()
    assert "/releases/1" in html
    assert "Give the release the `ocid`" in html


@pytest.mark.parametrize(("state", "shown"), [("open", False), ("processed", True), ("failed", False), ("", True)])
def test_submissions_are_filtered_by_what_came_of_them(sign_in, db, state, shown):
    load_release(made_up_release())
    html = sign_in(groups.AUDITORS).get(LIST, {"state": state} if state else {}).content.decode()
    assert (str(Submission.objects.get().pk) in html) is shown


def test_problems_are_shown_in_the_readers_language(sign_in, nudged):
    client = sign_in(groups.SUBMITTERS)
    address = send(client, b'{"releases": [{"ocid": "ocds-1"}, {"id": "1"}]}')["Location"]
    process_submission(Submission.objects.get().pk)
    Submission.objects.update(error="attempts_exhausted", attempts=3)
    html = client.get(address, headers={"Accept-Language": "pt"}).content.decode()
    assert "A publicação não tem ocid." in html
    assert "Dê à publicação o `ocid`" in html
    assert "Tentou-se 3 vezes" in html
    refused = client.post(
        ADD, {"file": SimpleUploadedFile("x.json", b" "), "publisher": ""}, headers={"Accept-Language": "es"}
    )
    assert "El envío está vacío. Abra el archivo" in refused.content.decode()


def test_a_table_is_a_table_by_its_content_and_its_columns_are_shown(sign_in, nudged):
    client = sign_in(groups.SUBMITTERS)
    send(client, b"title;buyer;amount;city\nNube;Tula;much;x\n", name="list.json")
    submission = Submission.objects.get()
    assert submission.kind == "table"
    process_submission(submission.pk)
    page = client.get(f"/admin/contracts/submission/{submission.pk}/change/").content.decode()
    assert "1 of 1 rows were read." in page
    assert "<td>amount</td><td>Value</td>" in page
    assert "<td>buyer</td><td>Who bought it</td>" in page
    assert "Not read: city" in page
    assert "cell_unread" in page


def test_a_file_of_another_kind_is_refused_with_its_reason(sign_in, nudged):
    page = send(sign_in(groups.SUBMITTERS), b"<html><table></table></html>", name="list.csv").content.decode()
    assert "The file is a web page" in page
    assert not Submission.objects.exists()


def test_the_page_of_very_many_records_names_the_first_of_them(sign_in):
    submission = load(*(release(f"ocds-ngo-{number}") for number in range(103)), channel="api")
    page = sign_in(groups.AUDITORS).get(change_page(submission))
    html = page.content.decode()
    assert len(re.findall(r"contractingprocess/\d+/change/", html)) == 100
    assert "3 more" in html
