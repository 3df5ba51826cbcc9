"""The public page of a rule in the reader's language: title, question, and Markdown as HTML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from html import escape
from typing import Any, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from audits.judging.rule.vocabulary import Rule

# HTML stays text: a page cannot contain scripts, styles or forms.
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


class Named(NamedTuple):
    """What readers see for a name that stands as code in a page: its ``text``, and where it is explained."""

    label: str
    text: str
    place: str = ""


def _code(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, environment: Mapping[str, Any]
) -> str:
    named = environment.get("names", {}).get(tokens[index].content)
    if named is None:
        return renderer.code_inline(tokens, index, options, {})
    if not named.place:
        return escape(named.text)
    return f'<a class="value" href="{escape(named.place)}" title="{escape(named.label)}">{escape(named.text)}</a>'


_MARKDOWN.add_render_rule("code_inline", _code)


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


def page(rule: Rule, language: str, names: Mapping[str, Named] | None = None) -> Page:
    """
    Return the page of a rule in ``language`` (``en``, ``es``, ``pt`` or ``pt-pt``), else in English.

    :param names: what stands in the place of names; without it, they stand there themselves, as code
    """
    text, written = rule.text(language), language.partition("-")[0]
    shown = parse(text.page, text.title, written if written in rule.texts else "en")
    return replace(shown, html=_html(_tokens(text.page)[1], names)) if names else shown


def to_html(markdown: str) -> str:
    return str(_MARKDOWN.render(markdown))


@cache
def parse(markdown: str, title: str, language: str) -> Page:
    """Return the page for a Markdown text, which begins with a paragraph."""
    first, others = _tokens(markdown)
    inline = (child for token in first for child in token.children or ())
    lead = "".join(" " if child.type == "softbreak" else child.content for child in inline)
    return Page(title, lead, _html(others, None), language)


@cache
def _tokens(markdown: str) -> tuple[list[Token], list[Token]]:
    """Return the first paragraph of a Markdown text, and the rest."""
    tokens = _MARKDOWN.parse(markdown)
    end = next((number for number, token in enumerate(tokens, 1) if token.type == "paragraph_close"), 0)
    return tokens[:end], tokens[end:]


def _html(tokens: list[Token], names: Mapping[str, Named] | None) -> str:
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {"names": names or {}}))
