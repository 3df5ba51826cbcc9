"""Signed copies of the pages of flags and records."""

import hashlib
import html
import json
import re
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from audits import groups
from audits.models import Flag, Review
from audits.pages.records import signed_copy
from audits.triage import review_flag
from contracts.models import ContractingProcess
from contracts.ocds.gate.document import encode
from contracts.signed_json import BadSignatureError, verify_signature
from contracts.signing_key import public_key
from tests.support.buying import TITLE, purchase
from tests.support.pages import get, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def flag(buy, confirm):
    contact = {"name": "Comprador Inventado", "email": "persona@example.org"}
    bought = purchase(1, title=TITLE)
    bought["parties"][0]["contactPoint"] = contact
    buy(bought)
    return confirm("T01")


def test_the_text_of_the_page_is_signed_and_can_be_checked_with_the_public_key(client, flag):
    assert f'href="/flags/{flag.pk}/signed.json?lang=pt-br"' in get(client, f"/flags/{flag.pk}/?lang=pt-br")
    answer = client.get(f"/flags/{flag.pk}/signed.json?lang=pt-br")
    assert answer["Content-Disposition"].startswith(f'attachment; filename="veedor-flag-{flag.pk}-')
    document = answer.json()
    verify_signature(document, public_key())
    assert document["address"] == f"http://testserver/flags/{flag.pk}/"
    assert document["flag"]["sentence"] == flag.render("pt")
    assert document["flag"]["evidence"][0]["passage"] == TITLE
    assert [entry["decision"] for entry in document["flag"]["decisions"]] == ["confirmed"]
    assert document["record"]["tender"]["title"] == TITLE
    document["flag"]["sentence"] += " "
    with pytest.raises(BadSignatureError):
        verify_signature(document, public_key())


def test_readers_with_more_rights_get_the_public_copy(client, flag, make_user):
    public = client.get(f"/flags/{flag.pk}/signed.json").json()
    client.force_login(make_user(groups.LEADS, name="lea"))
    assert client.get(f"/flags/{flag.pk}/signed.json").json() == public
    said = json.dumps(public)
    assert "persona@example.org" not in said
    assert "reviewer" not in said


def test_unpublished_content_is_not_signed(client, flag, make_user):
    review_flag(
        flag=flag, reviewer=make_user(groups.AUDITORS, name="ana"), decision=Review.Decision.DISMISSED, reason="Otro."
    )
    waiting = Flag.objects.exclude(pk=flag.pk).first()
    taken_back = client.get(f"/flags/{flag.pk}/signed.json?lang=es")
    assert taken_back.status_code == 410
    assert "Una pregunta que ya no se publica" in taken_back.content.decode(), "who cited the copy is told so"
    assert waiting is not None
    assert client.get(f"/flags/{waiting.pk}/signed.json").status_code == 404


def test_a_signed_copy_stays_valid_after_the_record_is_amended(client, flag, buy, dismiss):
    address = "/process/signed.json?ocid=ocds-test01-1&lang=es"
    page = html.unescape(get(client, "/processes/ocds-test01-1/?lang=es"))
    assert f'href="{address}"' in page
    answer = client.get(address)
    assert answer["Content-Disposition"].startswith('attachment; filename="veedor-record-ocds-test01-1-')
    document = answer.json()
    verify_signature(document, public_key())
    assert document["address"] == "http://testserver/processes/ocds-test01-1/"
    assert document["record"]["tender"]["title"] == TITLE
    assert document["sha256"] in page
    (release,) = document["releases"]
    assert release["sha256"] in page
    assert [question["id"] for question in document["flags"]] == [flag.pk]
    assert document["flags"][0]["sentence"] == flag.render("es")
    assert "persona@example.org" not in answer.content.decode()

    buy(purchase(1, title=f"{TITLE} 2") | {"id": "2", "date": "2031-01-01T00:00:00Z"})
    dismiss("T01")
    amended = client.get(address).json()
    assert (amended["sha256"] == document["sha256"], amended["flags"]) == (False, [])


def test_every_public_record_has_a_signed_copy_and_a_held_one_has_none(client, buy):
    odd = "ocds-test01/a?b&c"
    buy(purchase(1) | {"ocid": odd}, purchase(2))
    page = html.unescape(get(client, f"/process/?ocid={quote(odd, safe='')}&lang=en"))
    (address,) = re.findall(r'href="(/process/signed\.json[^"]+)"', page)
    assert client.get(address).json()["record"]["ocid"] == odd
    ContractingProcess.objects.filter(ocid="ocds-test01-2").update(verification="held")
    assert client.get("/process/signed.json?ocid=ocds-test01-2").status_code == 404
    assert client.get("/process/signed.json").status_code == 404


class TestChecking:
    """Whoever is shown a copy, a judge perhaps, has no program that verifies signatures."""

    @staticmethod
    def check(client, content: bytes):
        return client.post("/signed/?lang=en", {"file": SimpleUploadedFile("copy.json", content)})

    def test_a_copy_can_be_checked_on_the_site(self, client, flag):
        for address, said in (
            (f"/flags/{flag.pk}/signed.json", flag.render("en")),
            ("/process/signed.json?ocid=ocds-test01-1", TITLE),
        ):
            copy = client.get(address, {"ocid": "ocds-test01-1", "lang": "en"})
            shown = self.check(client, copy.content)
            assert shown.status_code == 200
            page = text_of(shown.content.decode())
            assert "The signature fits: the file comes from here and is unchanged." in page
            assert said in page
            assert copy.json()["address"] in page
        assert 'href="/signed/?lang=en"' in get(client, f"/flags/{flag.pk}/?lang=en")
        assert 'href="/signed/?lang=en"' in get(client, "/processes/ocds-test01-1/?lang=en")

    def test_it_says_by_which_version_a_question_was_confirmed(self, client, flag):
        Flag.objects.filter(pk=flag.pk).update(rule_version=flag.rule_version + 1)
        copy = client.get(f"/flags/{flag.pk}/signed.json?lang=en")
        assert copy.json()["flag"]["confirmed_version"] == flag.rule_version
        public = hashlib.sha256(encode(copy.json()["record"])).hexdigest()
        assert copy.json()["flag"]["confirmed_digest"] == public
        shown = text_of(self.check(client, copy.content).content.decode())
        assert f"version {flag.rule_version + 1}; confirmed when it was version {flag.rule_version}" in shown

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param(lambda copy: copy.replace(b"T01", b"T02"), id="changed"),
            pytest.param(lambda copy: copy[:-20], id="cut off"),
            pytest.param(lambda _copy: b"[" * 100_000, id="nested"),
            pytest.param(lambda _copy: b'{"a": 1e999, "signature": {}}', id="no signature"),
            pytest.param(lambda copy: b'{"n": 12345678901234567890123,' + copy.lstrip()[1:], id="large number"),
            pytest.param(lambda _copy: b"\xff\x00", id="no text"),
            pytest.param(lambda _copy: b"", id="empty"),
        ],
    )
    def test_changed_copies_and_other_files_get_different_messages(self, client, flag, change):
        copy = client.get(f"/flags/{flag.pk}/signed.json?lang=en").content
        answer = self.check(client, change(copy))
        assert answer.status_code == 400
        page = text_of(answer.content.decode())
        assert "The signature fits" not in page
        assert flag.render("en") not in page

    def test_a_file_that_is_too_large_is_refused_unread(self, client, monkeypatch):
        monkeypatch.setattr(signed_copy, "MAX_BYTES", 10)
        assert "verifycase checks it elsewhere" in self.check(client, b"x" * 11).content.decode()
        assert "Choose the file of a copy." in client.post("/signed/?lang=en").content.decode()

    @override_settings(VEEDOR_SIGNING_KEY=b"")
    def test_without_a_key_nothing_is_checked(self, client):
        assert "has no key" in self.check(client, b"{}").content.decode()


@override_settings(VEEDOR_SIGNING_KEY=b"")
def test_without_a_key_nothing_is_offered(client, flag):
    for page in (f"/flags/{flag.pk}/", "/processes/ocds-test01-1/"):
        assert "signed.json" not in get(client, page)
    assert client.get("/process/signed.json?ocid=ocds-test01-1").status_code == 404
    assert client.get(f"/flags/{flag.pk}/signed.json").status_code == 404
