"""
The public page of a rule in the reader's language: a title, the question, sections in order.

The English page is the docstring of the rule's module. A translation stands beside it, in a folder for each language
and under the module's name (``es/t04_vendor_lock_in.md``), so that a rule brings its pages along and takes them away.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from audits.judging.vocabulary import LANGUAGES, Rule

HEADINGS = {
    "en": ("Why it matters", "Method", "Exclusions", "Sources"),
    "es": ("Por qué importa", "Método", "Exclusiones", "Fuentes"),
    "pt": ("Por que importa", "Método", "Exclusões", "Fontes"),
}

_UNDERLINE = re.compile(r"-{3,}")
_MARK = re.compile(r"## +")
_ITEM = re.compile(r"[*-] +")
_LITERAL = "    "
_CODE = re.compile(r"(`+)(.+?)\1")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; ``is_code`` for what stands between backticks: a parameter, a field, a code."""

    text: str
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some text: an item of a list, lines to be shown as they are (one piece of code), or neither."""

    pieces: tuple[Piece, ...]
    is_item: bool = False
    is_literal: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """
    A page. ``language`` is the one that the text is in: English where the translation asked for is missing.

    ``lead`` is its first paragraph: what it is about, in one line.
    """

    title: str
    lead: str
    sections: tuple[Section, ...]
    language: str


def page(rule: Rule, language: str) -> Page:
    """Return the page of a rule in ``language`` (``en``, ``es`` or ``pt``), else in English."""
    text = translation(rule, language)
    title = rule.title[language if language in LANGUAGES else "en"]
    return parse(rule.page, title, "en") if text is None else parse(text, title, language)


def translation(rule: Rule, language: str) -> str | None:
    """Return the translated page as written, ``None`` if there is none (there is never one in English)."""
    if language == "en" or language not in LANGUAGES:
        return None
    return _translation(language, rule.judge.__module__.rpartition(".")[2])


@cache
def _translation(language: str, module: str) -> str | None:
    file = files("audits.rules").joinpath(language, f"{module}.md")
    return file.read_text(encoding="utf-8") if file.is_file() else None


def parse(text: str, title: str, language: str) -> Page:
    """
    Part a text into its lead and its sections.

    A line that is underlined by hyphens, or begins with ``##``, heads a section; an empty line ends a paragraph; ``*``
    begins an item; what is set in by four spaces stays as it is.
    """
    lead = ""
    sections: list[tuple[str, list[Paragraph]]] = []
    for block in _blocks(text):
        if len(block) == 2 and _UNDERLINE.fullmatch(block[1]):
            sections.append((block[0].strip(), []))
        elif _MARK.match(block[0]):
            sections.append((_MARK.sub("", block[0], count=1).strip(), []))
        elif sections:
            sections[-1][1].append(_paragraph(block))
        else:
            lead = " ".join([lead, *(line.strip() for line in block)]).strip()
    return Page(title, lead, tuple(Section(heading, tuple(part)) for heading, part in sections), language)


def _blocks(text: str) -> Iterator[list[str]]:
    """Yield the lines of each heading, paragraph and item."""
    block: list[str] = []
    for line in text.splitlines():
        is_underline = bool(_UNDERLINE.fullmatch(line)) and len(block) == 1
        if block and (not line.strip() or _ITEM.match(line)) and not is_underline:
            yield block
            block = []
        if line.strip():
            block.append(line)
        if is_underline or _MARK.match(line):
            yield block
            block = []
    if block:
        yield block


def _paragraph(block: list[str]) -> Paragraph:
    if all(line.startswith(_LITERAL) for line in block):
        return Paragraph((Piece("\n".join(line[len(_LITERAL) :] for line in block), is_code=True),), is_literal=True)
    text = " ".join(line.strip() for line in block)
    is_item = bool(_ITEM.match(text))
    text = _ITEM.sub("", text, count=1) if is_item else text
    return Paragraph(tuple(_pieces(text.removesuffix("::") + ":" if text.endswith("::") else text)), is_item)


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for match in _CODE.finditer(text):
        if match.start() > end:
            yield Piece(text[end : match.start()])
        yield Piece(match[2], is_code=True)
        end = match.end()
    if end < len(text):
        yield Piece(text[end:])
