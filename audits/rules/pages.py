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

from audits.rules.base import LANGUAGES, Rule

HEADINGS = {
    "en": ("Why it matters", "Method", "Exclusions", "Sources"),
    "es": ("Por qué importa", "Método", "Exclusiones", "Fuentes"),
    "pt": ("Por que importa", "Método", "Exclusões", "Fontes"),
}

_UNDERLINE = re.compile(r"-{3,}")
_MARK = re.compile(r"## +")
_CODE = re.compile(r"(`+)(.+?)\1")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; ``is_code`` for what stands between backticks: a parameter, a field, a code."""

    text: str
    is_code: bool = False


Paragraph = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Section:
    heading: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """
    A rule's page. ``language`` is the one that the text is in: English where the translation asked for is missing.

    ``lead`` is the first sentence of the page: what the rule sees, in one line.
    """

    title: str
    lead: str
    sections: tuple[Section, ...]
    language: str


def page(rule: Rule, language: str) -> Page:
    """Return the page of a rule in ``language`` (``en``, ``es`` or ``pt``), else in English."""
    text = translation(rule, language)
    written_in = language if text is not None else "en"
    (_, opening), *sections = _sections(rule.page if text is None else text)
    return Page(
        title=rule.title[language if language in LANGUAGES else "en"],
        lead=" ".join(opening),
        sections=tuple(
            Section(heading, tuple(_pieces(paragraph) for paragraph in part)) for heading, part in sections
        ),
        language=written_in,
    )


def translation(rule: Rule, language: str) -> str | None:
    """Return the translated page as written, ``None`` if there is none (there is never one in English)."""
    if language == "en" or language not in LANGUAGES:
        return None
    return _translation(language, rule.judge.__module__.rpartition(".")[2])


@cache
def _translation(language: str, module: str) -> str | None:
    file = files("audits.rules").joinpath(language, f"{module}.md")
    return file.read_text(encoding="utf-8") if file.is_file() else None


def _sections(text: str) -> list[tuple[str, list[str]]]:
    """Part a text into headings, underlined or marked by ``##``, and their paragraphs; the first has no heading."""
    sections: list[tuple[str, list[str]]] = [("", [])]
    gathered: list[str] = []
    for line in [*text.splitlines(), ""]:
        if _UNDERLINE.fullmatch(line) and len(gathered) == 1:
            sections.append((gathered.pop(), []))
        elif _MARK.match(line):
            sections.append((_MARK.sub("", line, count=1).strip(), []))
        elif line.strip():
            gathered.append(line.strip())
        elif gathered:
            sections[-1][1].append(" ".join(gathered))
            gathered = []
    return sections


def _pieces(paragraph: str) -> Paragraph:
    return tuple(_runs(paragraph))


def _runs(paragraph: str) -> Iterator[Piece]:
    end = 0
    for match in _CODE.finditer(paragraph):
        if match.start() > end:
            yield Piece(paragraph[end : match.start()])
        yield Piece(match[2], is_code=True)
        end = match.end()
    if end < len(paragraph):
        yield Piece(paragraph[end:])
