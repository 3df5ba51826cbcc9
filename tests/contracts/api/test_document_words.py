"""Words that stand only in a document: `q.documents` finds the rows, `include=pages` names document, page, passage."""

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone

from audits import groups
from contracts.api import document_words
from contracts.api.document_words import held_pages
from contracts.erasing import erase_submission
from contracts.intake.documents.attaching import attach
from contracts.models import ContractingProcess, Document, Organization, Submission
from tests.support.clients import client_with_token, new_user
from tests.support.pages import text_of
from tests.support.pdfs import pdf
from tests.support.records import load, release

pytestmark = pytest.mark.django_db
PAGES = ("Contrato de suministro", "Los servidores estarán ubicados fuera del territorio", "DNI 45671234, firma")
LISTS = ("contracting-processes", "contracts")


@pytest.fixture
def document():
    """A published document of one record of two."""
    awards = [{"id": "A", "status": "active", "title": "Cámaras"}]
    load(release(tender={"id": "T", "title": "Cámaras"}, awards=awards))
    load(release(ocid="ocds-test01-2", tender={"id": "T", "title": "Servidores"}, awards=awards))
    submission = load(content=pdf(*PAGES), kind="document")
    with transaction.atomic():
        attach(submission, process=ContractingProcess.objects.get(ocid="ocds-test01-1"))
    Document.objects.update(published_on=timezone.now().date(), published_by=new_user("lead"))
    return Document.objects.get()


def found(client, words: str, title: str = "contracting-processes") -> list[str]:
    return [row["ocid"] for row in client.get(f"/api/v1/{title}/", {"q.documents": words}).json()["results"]]


@pytest.mark.parametrize("title", LISTS)
def test_rows_are_found_by_words_that_stand_on_one_page(anonymous, document, title):
    for words in ("servidor territorio", "SERVIDORES", '"fuera del territorio"', "ubicad -contrato"):
        assert found(anonymous, words, title) == ["ocds-test01-1"], words
    # No page holds both, none this phrase; what is left out is on the page.
    for words in ("contrato servidores", '"territorio fuera"', "servidores -territorio", "abracadabra"):
        assert found(anonymous, words, title) == [], words
    assert [row["ocid"] for row in anonymous.get(f"/api/v1/{title}/?q=servidores").json()["results"]] == (
        ["ocds-test01-2"]
    )


@pytest.mark.parametrize("title", LISTS)
def test_the_filter_and_the_include_of_a_request_look_for_pages_once(anonymous, document, monkeypatch, title):
    asked = []

    def counted(text, *arguments):
        asked.append(text)
        return held_pages(text, *arguments)

    monkeypatch.setattr(document_words, "held_pages", counted)
    for _time in range(2):
        anonymous.get(f"/api/v1/{title}/", {"q.documents": "servidores", "include": "pages"})
    assert asked == ["servidores"] * 2


@pytest.mark.parametrize("title", LISTS)
def test_the_pages_are_named_with_their_passages(anonymous, document, title):
    query = {"q.documents": "servidores", "include": "pages"}
    (row,) = anonymous.get(f"/api/v1/{title}/", query).json()["results"]
    (page,) = row["included"]["pages"]
    assert (page["sha256"], page["page"], page["source"]) == (document.pk, 2, "text")
    ((first, last),) = page["passages"][0]["marks"]
    assert page["passages"][0]["passage"][first:last] == "servidores"
    assert anonymous.get(page["text"]).content.decode() == PAGES[1]
    assert document.pk in b"".join(anonymous.get(f"/api/v1/{title}.csv", query)).decode()
    problem = anonymous.get(f"/api/v1/{title}/", {"include": "pages"})
    assert (problem.status_code, "q.documents" in problem.json()["detail"]) == (400, True)


@pytest.mark.parametrize("page", ["0", "4", "-1", "x", "²", "99999999999"])
def test_a_page_that_a_document_lacks_is_told(anonymous, document, page):
    answer = anonymous.get(f"/api/v1/documents/{document.pk}/text/?page={page}")
    assert (answer.status_code, answer.json()["detail"]) == (400, "page is the number of a page: this document has 3.")


def test_only_the_desk_searches_what_nobody_published(anonymous, document):
    Document.objects.update(published_on=None, published_by=None)
    auditor = new_user("desk")
    auditor.groups.add(Group.objects.get(name=groups.AUDITORS))
    assert found(anonymous, "servidores") == []
    assert found(client_with_token(new_user("reader"), "read"), "servidores") == []
    assert found(client_with_token(auditor, "read", "review"), "servidores") == ["ocds-test01-1"]


def test_nothing_is_found_once_it_is_erased(anonymous, document):
    submission = Submission.objects.get(kind=Submission.Kind.DOCUMENT)
    erase_submission(submission, actor=new_user("eraser"))
    assert found(anonymous, "servidores") == []


def test_no_person_is_found_by_a_number(anonymous, document):
    assert found(anonymous, "45671234") == ["ocds-test01-1"], "of nobody on record"
    Organization.objects.create(key="PE-DNI:45671234", name="Una persona", masked="PE-DNI")
    for words in ("45671234", "45-671-234", "DNI 45671234", '"DNI 45671234"', "firma OR 45671234"):
        assert found(anonymous, words) == [], words
    assert found(anonymous, "DNI firma") == ["ocds-test01-1"]


@pytest.mark.parametrize(
    ("language", "told", "page"),
    [
        ("en", "1 record has a published document that holds these words:", "text of page 2"),
        ("es", "1 registro tiene un documento publicado que contiene estas palabras:", "texto de la página 2"),
        ("pt-br", "1 registro tem um documento publicado que contém estas palavras:", "texto da página 2"),
    ],
)
def test_the_search_page_leads_to_documents_and_quotes_them(client, document, language, told, page):
    assert told in text_of(client.get(f"/search/?q=territorio&lang={language}").content.decode())
    assert told not in text_of(client.get(f"/search/?q=abracadabra&lang={language}").content.decode())
    for kind in ("processes", "contracts"):
        shown = client.get(f"/search/?in={kind}&q.documents=territorio&lang={language}").content.decode()
        assert "<mark>territorio</mark>" in shown
        assert page in text_of(shown)
        assert document.pk in shown
    feed = client.get("/search/feed.atom?q.documents=territorio").content.decode()
    assert feed.count("<entry>") == 1
