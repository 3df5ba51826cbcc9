"""A page of a document as auditors see it: its picture with the passage marked, beside its text."""

import io

import numpy as np
import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from PIL import Image, ImageDraw, ImageFont

from audits import groups
from audits.admin.flag.case_file import read_case
from audits.judging.rule.evidence import with_places
from audits.judging.rule.vocabulary import Evidence
from contracts.documents.places import pack
from contracts.intake.documents.attaching import attach, read_documents
from contracts.intake.processing import process_submission
from contracts.models import ContractingProcess, Document, Submission, TrailEntry
from contracts.submitting import submit
from tests.support.documents import needs_ocr
from tests.support.pages import HOSTILE, alive
from tests.support.papers import TRACES, telling_docx, telling_jpeg, telling_pdf
from tests.support.pdfs import pdf
from tests.support.records import load, release
from tests.support.triage import raise_flag

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nudged")]
YELLOW = (255, 232, 138)


def send(content: bytes) -> Document:
    submission, *_ = submit(iter([content]), channel=Submission.Channel.ADMIN, user=None)
    process_submission(submission.pk)
    load(release())
    attach(submission, process=ContractingProcess.objects.get())
    return Document.objects.get()


@pytest.fixture
def desk(sign_in):
    return sign_in(groups.AUDITORS)


def picture_of(client, address: str) -> Image.Image:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/png"
    return Image.open(io.BytesIO(answer.content)).convert("RGB")


def marked_area(picture: Image.Image) -> tuple[int, int, int, int] | None:
    rows, columns = np.where((np.asarray(picture) == YELLOW).all(axis=2))
    return (columns.min(), rows.min(), columns.max(), rows.max()) if len(rows) else None


def test_the_passage_of_a_flag_is_marked_in_the_text_and_leads_to_its_flag(desk):
    document = send(pdf("Contrato n.º 7", "El código fuente.\nSe entregará.\nFin"))
    path = f"/documents/{document.pk}/pages/2"
    text = document.texts.get(number=2).text
    start = text.index("entregará")
    evidence = Evidence(path, text, text, start, start + 9, "handover")
    flag = raise_flag(ContractingProcess.objects.get(), evidence, values={"count": 1, "method": "open"})

    page = desk.get(path).content.decode()
    assert f'<a id="c={start}-{start + 9}"></a><mark>entregará</mark>' in page
    assert f"/admin/audits/flag/{flag.pk}/change/" in page
    assert "<mark>El código fuente.</mark>" in page  # a clause, by T24
    case = desk.get(f"/admin/audits/flag/{flag.pk}/change/").content.decode()
    assert f'href="{path}#c={start}-{start + 9}"' in case
    assert "does not say this any more" not in case


def test_passages_that_favour_the_supplier_are_marked_differently(desk):
    document = send(pdf("Contract no. 7", "The contractor owns all data.", "The city owns its data."))
    named = ", in favour of the supplier</a>"
    assert named in desk.get(f"/documents/{document.pk}/pages/2").content.decode()
    assert named not in desk.get(f"/documents/{document.pk}/pages/3").content.decode()


def test_a_passage_of_a_docx_is_named_by_its_paragraph_wherever_it_is_cited(desk):
    document = send(telling_docx("Contrato n.º 7", "", "El código fuente.", "Se entregará.", "Fin"))
    path, text = f"/documents/{document.pk}/pages/1", document.texts.get().text
    spans = [
        (text.index(first), text.index(last) + len(last)) for first, last in (("código", "fuente"), ("fuente", "Se"))
    ]
    cited = [Evidence(path, text, text, *span, "handover") for span in spans]
    places = with_places(cited, read_documents([document.pk]).values())
    flag = raise_flag(ContractingProcess.objects.get(), *places, values={"count": 1, "method": "open"})

    page = desk.get(path).content.decode()
    assert "Part 1 of 1: paragraphs 1 to 5" in page
    assert 'id="p3" data-number="3"></a>' in page
    assert 'id="p2"' not in page
    for language, names in (
        ("en", ("Document: paragraph 3", "Document: paragraphs 3 to 4")),
        ("es", ("Documento: párrafo 3", "Documento: párrafos 3 a 4")),
        ("pt", ("Documento: parágrafo 3", "Documento: parágrafos 3 a 4")),
    ):
        spoken = {"headers": {"Accept-Language": language}}
        case = desk.get(f"/admin/audits/flag/{flag.pk}/change/", **spoken).content.decode()
        answer = desk.get(f"/api/v1/flags/{flag.pk}/", **spoken).json()
        sheet = b"".join(desk.get(f"/api/v1/flags.csv?sheet=evidence&lang={language}")).decode()
        for (start, end), name in zip(spans, names, strict=True):
            assert f'href="{path}#c={start}-{end}">{name}</a>' in case
            assert name in sheet
        assert [place["place"] for place in answer["evidence"]] == list(names)
        assert [place["paragraphs"] for place in answer["evidence"]] == [[3], [3, 4]]
        links = [f"{path}#c={start}-{end}" for start, end in spans]
        assert [place["passage_url"] for place in answer["evidence"]] == links
        assert all(link in sheet for link in links)
    kept = read_case(flag)["flag"]["evidence"]
    assert [place["paragraphs"] for place in kept] == [[3], [3, 4]]


def test_a_docx_without_stored_paragraphs_is_shown_as_before(desk):
    document = send(telling_docx("Contrato n.º 7", "El código fuente."))
    document.texts.update(paragraphs=[])
    page = desk.get(f"/documents/{document.pk}/pages/1").content.decode()
    assert "Page 1 of 1" in page
    assert "<mark>El código fuente.</mark>" in page


def test_passages_are_marked_at_their_position_in_the_picture(desk):
    lines = [f"Línea {number} del contrato" for number in range(1, 40)]
    document = send(pdf("\n".join(lines)))
    text = document.texts.get().text
    address = f"/documents/{document.pk}/pages/1.png"
    assert marked_area(picture_of(desk, address)) is None
    areas = []
    for word in ("Línea 1 ", "Línea 20 ", "Línea 39 "):
        start = text.index(word)
        areas.append(marked_area(picture_of(desk, f"{address}?c={start}-{start + len(word)}")))
    tops = [area[1] for area in areas]
    # 14 points a line, 110 pixels an inch.
    assert tops[1] - tops[0] == pytest.approx(19 * 14 * 110 / 72, abs=3)
    assert tops[2] - tops[0] == pytest.approx(38 * 14 * 110 / 72, abs=3)
    assert all(area[2] - area[0] < 100 and area[3] - area[1] < 30 for area in areas)


def test_the_picture_is_drawn_from_stored_positions(desk):
    document = send(pdf("El código fuente"))
    address = f"/documents/{document.pk}/pages/1.png?c=3-9"
    document.texts.update(places=pack([(0, 0, 0, 0), (0x8000, 0x8000, 0xC000, 0x9000), (0, 0, 0, 0)]))
    moved = picture_of(desk, address)
    left, top, right, bottom = marked_area(moved)
    assert (left / moved.width, right / moved.width) == pytest.approx((0.5, 0.75), abs=0.01)
    assert (top / moved.height, bottom / moved.height) == pytest.approx((0.5, 0.5625), abs=0.01)
    # Of a page that was read before places were kept the whole is shown, until it is read anew.
    document.texts.update(places=b"")
    assert marked_area(picture_of(desk, address)) is None


def test_a_page_with_very_many_places_is_shown_whatever_the_address_asks_to_mark(desk):
    document = send(pdf("El código fuente"))
    words = 4000
    # No word goes on where the one before ended: each is a line.
    places = pack((0x8000 - 2 * number, 10 * number, 0xC000, 10 * number + 5) for number in range(1, words + 1))
    document.texts.update(text="a " * words, places=places)
    asked = "&".join(f"c={number}-{2 * words}" for number in range(40))
    assert marked_area(picture_of(desk, f"/documents/{document.pk}/pages/1.png?{asked}")) is not None


@needs_ocr
@pytest.mark.parametrize("kind", ["PDF", "PNG"])
def test_passages_of_a_scan_are_marked_at_their_position(desk, kind):
    scan = Image.new("L", (1000, 700), 255)
    font = ImageFont.load_default(size=40)
    for top, line in ((60, "Contrato de servicios de red"), (560, "Entrega del codigo fuente")):
        ImageDraw.Draw(scan).text((60, top), line, fill=0, font=font)
    file = io.BytesIO()
    scan.save(file, kind, resolution=100)
    document = send(file.getvalue())
    text = document.texts.get().text
    start = text.index("fuente")
    whole = picture_of(desk, f"/documents/{document.pk}/pages/1.png")
    marked = picture_of(desk, f"/documents/{document.pk}/pages/1.png?c={start}-{start + 6}")
    left, top, right, bottom = marked_area(marked)
    assert marked_area(whole) is None
    assert top > marked.height * 0.75
    assert left > marked.width * 0.2
    assert right - left < marked.width * 0.25
    assert bottom - top < marked.height * 0.12


def test_keys_lead_to_the_next_passage_and_the_one_before(desk):
    document = send(pdf("El código fuente.", "Nada.", "Otra vez el código fuente."))
    first, last = (f"/documents/{document.pk}/pages/{number}" for number in (1, 3))
    page = desk.get(first).content.decode()
    assert f'href="{first}?c=0-17#c=0-17" data-key="n"' in page
    page = desk.get(f"{first}?c=0-17").content.decode()
    assert f'href="{last}?c=0-26#c=0-26" data-key="n"' in page
    assert 'data-key="p"' not in page
    page = desk.get(f"{last}?c=0-26").content.decode()
    assert f'href="{first}?c=0-17#c=0-17" data-key="p"' in page
    assert 'data-key="n"' not in page


@pytest.mark.parametrize("place", ["9-5", "x", "0-99999", "-", "1-2-3", "²-³", "0-" + "9" * 30])
def test_invalid_positions_mark_nothing(desk, place):
    document = send(pdf("Contrato"))
    for suffix in ("", ".png"):
        assert desk.get(f"/documents/{document.pk}/pages/1{suffix}", {"c": place}).status_code == 200


def test_hostile_texts_stay_texts(desk):
    document = send(pdf("Contrato"))
    address = f"/documents/{document.pk}/pages/1"
    before = alive(desk.get(address).content.decode())
    document.texts.update(text="\n".join(HOSTILE))
    page = desk.get(address).content.decode()
    assert "alert(1)" in page
    assert alive(page) == before == ["<img src=1.png?>", "src=1.png?"]


@pytest.mark.parametrize(
    ("content", "has_picture"), [(telling_docx("El código fuente."), False), (telling_jpeg(), True)]
)
def test_documents_without_pages_are_shown_too(desk, content, has_picture):
    document = send(content)
    page = desk.get(f"/documents/{document.pk}/pages/1").content.decode()
    assert ("<img" in page) == has_picture
    answer = desk.get(f"/documents/{document.pk}/pages/1.png")
    assert answer.status_code == (200 if has_picture else 404)


def test_unknown_document_pages_are_not_found(desk):
    document = send(pdf("Contrato"))
    for address in (
        f"{document.pk}/pages/0",
        f"{document.pk}/pages/2",
        f"{document.pk}/pages/2.png",
        f"{'0' * 64}/copy",
    ):
        assert desk.get(f"/documents/{address}").status_code == 404


class TestCopy:
    def test_the_copy_alone_is_served_as_a_file_to_keep(self, desk):
        document = send(telling_pdf("Contrato"))
        answer = desk.get(f"/documents/{document.pk}/copy")
        assert answer.content.startswith(b"%PDF-")
        assert not any(trace.encode() in answer.content for trace in TRACES)
        assert answer["Content-Disposition"] == f'attachment; filename="{document.pk[:12]}.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]

    def test_a_copy_is_private_until_a_lead_publishes_it(self, client, sign_in):
        document = send(pdf("Contrato"))
        address = f"/documents/{document.pk}/copy"
        assert client.get(address).status_code == 404
        lead = sign_in(groups.LEADS)
        listed = "/admin/contracts/document/"
        lead.post(listed, {"action": "publish", "_selected_action": [document.pk]})
        client.logout()
        assert client.get(address).status_code == 200
        assert client.get(f"/documents/{document.pk}/pages/1").status_code == 404
        assert TrailEntry.objects.filter(action="document_published", target_id=document.pk).exists()
        other = Client()
        other.force_login(get_user_model().objects.get(username="leads"))
        other.post(listed, {"action": "withdraw", "_selected_action": [document.pk]})
        assert client.get(address).status_code == 404
