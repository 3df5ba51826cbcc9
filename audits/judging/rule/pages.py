"""The public page of a rule in the reader's language: title, question, and Markdown as HTML."""

from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt

from audits.judging.rule.vocabulary import Rule

# HTML stays text: a page cannot contain scripts, styles or forms.
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True, slots=True)
class Page:
    """
    A page. ``language`` is that of the text: English if the requested translation is missing.

    ``lead`` is its first paragraph as plain text; ``html`` is the rest.
    """

    title: str
    lead: str
    html: str
    language: str


def page(rule: Rule, language: str) -> Page:
    """Return the page of a rule in ``language`` (``en``, ``es``, ``pt`` or ``pt-pt``), else in English."""
    text, written = rule.text(language), language.partition("-")[0]
    return parse(text.page, text.title, written if written in rule.texts else "en")


def to_html(markdown: str) -> str:
    return str(_MARKDOWN.render(markdown))


@cache
def parse(markdown: str, title: str, language: str) -> Page:
    """Return the page for a Markdown text, which begins with a paragraph."""
    tokens = _MARKDOWN.parse(markdown)
    end = next((number for number, token in enumerate(tokens, 1) if token.type == "paragraph_close"), 0)
    inline = (child for token in tokens[:end] for child in token.children or ())
    lead = "".join(" " if child.type == "softbreak" else child.content for child in inline)
    return Page(title, lead, _MARKDOWN.renderer.render(tokens[end:], _MARKDOWN.options, {}), language)
