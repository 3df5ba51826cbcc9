"""The guide is in three languages, and its examples work."""

import re

import pytest

from audits.api.guide import SITE, guide_text
from tests.audits.api.reading import examples

LANGUAGES = ("es", "pt", "en")


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_example_of_the_guide_works(flags, anonymous, language):
    found = examples(language)
    assert len(found) > 12
    for address in found:
        if body := re.search(rf"--json '([^']+)' {re.escape(SITE + address)}$", guide_text(language), re.MULTILINE):
            response = anonymous.post(address, body[1], content_type="application/json")
        else:
            response = anonymous.get(address)
        if address in {"/api/v1/me/searches/", "/api/v1/submissions/"}:
            assert response.status_code == 401, "needs an account"
            continue
        assert response.status_code == (202 if address.endswith("/exports/") else 200), (address, response.content)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        assert content
        if "/autocomplete/rules/" in address:
            assert response.json()["result"], "an example finds something"


def test_the_guides_have_the_same_examples_in_each_language():
    plain = [
        [re.sub(r"lang=\w\w|&delimiter=semicolon", "", address) for address in examples(language)]
        for language in LANGUAGES
    ]
    assert plain[0] == plain[1] == plain[2]
    headings = {language: len(re.findall("^## ", guide_text(language), re.MULTILINE)) for language in LANGUAGES}
    assert len(set(headings.values())) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "title"), [("es", "Guía de la API"), ("pt", "Guia da API"), ("en", "Guide to")])
def test_the_page_speaks_the_readers_language_and_names_this_site(anonymous, language, title):
    response = anonymous.get("/api/v1/guide/", headers={"Accept-Language": language})
    page = response.content.decode()
    assert response.status_code == 200
    assert title in page
    assert SITE not in page
    assert "http://testserver/api/v1/contracts/" in page
