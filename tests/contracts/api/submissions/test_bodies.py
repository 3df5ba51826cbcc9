"""Request bodies: content type, charset, encoding, length."""

import gzip
import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from gunicorn.http.body import Body, ChunkedReader
from gunicorn.http.unreader import IterUnreader

from contracts.intake.processing import process_submission
from contracts.models import ContractingProcess, Publisher, Submission
from tests.contracts.api.sending import ADDRESS, grant, nothing_is_stored, problem, send
from tests.support.records import release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]


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
    def test_every_kind_of_body_is_accepted(self, sender, data):
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
    def test_a_known_content_type_is_accepted(self, sender, content_type):
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

    def test_content_encoding_gzip_is_accepted_and_another_is_a_415(self, sender):
        packed = gzip.compress(json.dumps(release()).encode())
        assert send(sender, packed, headers={"Content-Encoding": "gzip"}).status_code == 202
        problem(send(sender, b"x", headers={"Content-Encoding": "br"}), 415, "unsupported_encoding")

    def test_a_form_with_a_file_is_accepted(self, sender):
        grant(sender.user, Publisher.objects.create(slug="mx", name="México", country="MX"))
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

    def test_too_many_files_get_a_hint_how_to_send_them(self, sender):
        part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n{}\r\n'
        body = problem(send(sender, part * 1200 + b"--x--\r\n", "multipart/form-data; boundary=x"), 400, "bad_request")
        assert "one part named file" in body["errors"][0]["hint"]

    def test_three_megabytes_are_accepted(self, sender):
        padding = {"releases": [release(f"ocds-test01-{number}", note="x" * 30_000) for number in range(100)]}
        assert send(sender, padding).status_code == 202

    def test_a_body_over_the_limit_is_a_413_with_the_limit(self, sender, settings):
        settings.VEEDOR_MAX_BODY_BYTES = 1000
        body = problem(send(sender, release(note="x" * 1000)), 413, "body_too_large")
        assert "1000" in body["detail"]
        assert nothing_is_stored()

    def test_a_body_over_the_limit_with_a_false_length_is_a_413(self, sender, settings):
        settings.VEEDOR_MAX_BODY_BYTES = 1000
        upload = SimpleUploadedFile("x.json", json.dumps(release(note="x" * 1000)).encode())
        problem(sender.post(ADDRESS, {"file": upload}, format="multipart"), 413, "body_too_large")
        assert nothing_is_stored()

    def test_a_zip_bomb_is_stopped_while_unpacking(self, sender, settings):
        settings.VEEDOR_MAX_UNPACKED_BYTES = 1_000_000
        problem(send(sender, gzip.compress(b"{}" * 1_000_000)), 413, "unpacked_too_large")
        assert nothing_is_stored()

    def test_a_body_that_ends_early_is_refused(self, sender):
        body = json.dumps(release()).encode()
        cut: dict[str, Any] = {"CONTENT_LENGTH": str(len(body) + 10), "wsgi.input": io.BytesIO(body)}
        problem(send(sender, body, **cut), 400, "body_incomplete")
        assert nothing_is_stored()

    def test_chunked_bodies_are_accepted_if_the_server_delimits_them(self, sender):
        chunked: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
        problem(send(sender, release(), **chunked), 411, "length_required")
        stream: dict[str, Any] = {
            "wsgi.input_terminated": True,
            "wsgi.input": io.BytesIO(json.dumps(release()).encode()),
        }
        assert send(sender, release(), **chunked, **stream).status_code == 202

    @pytest.mark.parametrize("ending", [b"-1\r\n\r\n", b"zz\r\n", b"5\r\nab", b"", b"0\r\n"])
    def test_broken_chunks_are_refused(self, sender, ending):
        body = json.dumps(release()).encode()
        unread = IterUnreader([b"%x\r\n%s\r\n%s" % (len(body), body, ending)])
        stream: dict[str, Any] = {
            "wsgi.input_terminated": True,
            "wsgi.input": Body(ChunkedReader(SimpleNamespace(), unread)),
        }
        chunked: dict[str, Any] = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
        problem(send(sender, b"", **chunked, **stream), 400, "body_incomplete")
        assert nothing_is_stored()
