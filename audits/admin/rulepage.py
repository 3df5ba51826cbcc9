"""The page of a rule, its docstring, parted into sections, paragraphs and code for a template."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_UNDERLINE = re.compile(r"[-=~]{3,}")
_CODE = re.compile(r"``(.+?)``|`(.+?)`")


class Piece(NamedTuple):
    text: str
    is_code: bool = False


class Paragraph(NamedTuple):
    pieces: tuple[Piece, ...]
    is_item: bool = False


class Section(NamedTuple):
    title: str
    paragraphs: tuple[Paragraph, ...]


def read_rule_page(page: str) -> list[Section]:
    """
    Part a page into its sections: a line underlined with hyphens begins one, an empty line parts paragraphs.

    Lines that begin with ``*`` or ``-`` are items of a list. What stands before any title has the title ``""``.
    """
    sections: list[Section] = []
    title, lines = "", list[str]()
    for line in page.splitlines():
        if _UNDERLINE.fullmatch(line.strip()) and lines:
            heading = lines.pop()
            sections.append(Section(title, tuple(_paragraphs(lines))))
            title, lines = heading.strip(), []
        else:
            lines.append(line)
    sections.append(Section(title, tuple(_paragraphs(lines))))
    return [section for section in sections if section.paragraphs]


def _paragraphs(lines: list[str]) -> Iterator[Paragraph]:
    gathered: list[str] = []
    is_item = False
    for line in [*lines, ""]:
        begins_item = line.lstrip().startswith(("* ", "- "))
        if gathered and (not line.strip() or begins_item):
            yield Paragraph(tuple(_pieces(" ".join(gathered))), is_item)
            gathered, is_item = [], False
        if begins_item:
            is_item = True
            gathered.append(line.lstrip()[2:].strip())
        elif line.strip():
            gathered.append(line.strip())


def _pieces(text: str) -> Iterator[Piece]:
    end = 0
    for match in _CODE.finditer(text):
        if match.start() > end:
            yield Piece(text[end : match.start()])
        yield Piece(match[1] or match[2], is_code=True)
        end = match.end()
    if end < len(text):
        yield Piece(text[end:])
