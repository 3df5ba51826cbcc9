"""The written guide to the API: a page in three languages whose examples a test runs."""

from importlib.resources import files

from django.http import HttpRequest, HttpResponse

from audits.judging.rule.pages import parse
from contracts.pages.rendering import answer, reading_page
from contracts.translating import as_spoken

TITLES = {"en": "Guide to the API", "es": "Guía de la API", "pt": "Guia da API"}
# Placeholder in the texts for the address of this site.
SITE = "https://veedor.example"
_TEXTS = files("audits.api") / "texts"


def guide_text(language: str) -> str:
    """Return the guide in Markdown, in `es`, `pt` or `en`."""
    return (_TEXTS / f"guide.{language}.md").read_text(encoding="utf-8")


@reading_page
def guide(request: HttpRequest, language: str) -> HttpResponse:
    """Start in five minutes: questions, spreadsheets, programs, a copy that stays current, sending, a citation."""
    site = request.build_absolute_uri("/").rstrip("/")
    page = parse(as_spoken(guide_text(language)).replace(SITE, site), TITLES[language], language)
    return answer(request, "pages/guide.html", language, page=page)
