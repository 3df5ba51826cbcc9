"""The buyer named in the title of a table: "Contratos 2023 de la Alcaldía de Cali", "Entidad: Hospital"."""

import re
from collections.abc import Iterable, Sequence
from functools import cache

from contracts.ocds.fixture_tables import as_listed
from contracts.tables.headers.mappings import general_headers
from contracts.tables.headers.names import GENERAL, key, read_names
from contracts.tables.headers.recognition import header_weight
from contracts.tables.lines import is_note
from contracts.tables.sheets.rows import Cell

MAX_LENGTH = 200
_MIN_WORDS = 2
_BETWEEN_PARTS = re.compile(r"\s[-–—|/]+\s|[\n;|]+")
# Text after a name that is not part of it: "Alcaldía de Cali vigencia 2023", "Prefeitura de Olinda – contratos de
# 2023".
_BEHIND = frozenset(
    {"ano", "anos", "ejercicio", "exercicio", "periodo", "semestre", "trimestre", "vigencia"}
    | {"compras", "contratacion", "contratacao", "contrataciones", "contratos", "licitaciones", "licitacoes"}
    | {"durante", "e", "em", "listado", "relacion", "y"}
)
# Words after which the word before is not a public body: "Gobierno digital", "Gobierno en línea", "Hospital
# equipment".
_NO_BODY = frozenset(
    {"abierto", "aberto", "corporativo", "digital", "electronico", "eletronico", "equipment", "en", "em"}
)
# The author of a table need not be the buyer.
_MADE_BY = ("elaborado por ", "elaborada por ")
_LINKING = frozenset(
    {"a", "al", "ao", "da", "de", "del", "do", "el", "em", "en", "in", "la", "na", "no", "of", "the", "y", "e"}
)


def buyers_named(rows: Iterable[Sequence[Cell]]) -> list[str]:
    """
    Return the buyers named above a table; a labelled one excludes others.

    :param rows: their cells
    """
    found: dict[str, str] = {}
    for cells in rows:
        texts = [cell.strip() for cell in cells if isinstance(cell, str) and cell.strip()]
        if labelled := _labelled(texts):
            return [labelled]
        for text in texts:
            if name := body_named(text):
                found.setdefault(as_listed(name), name)
    return list(found.values())


def body_named(text: str, *, is_whole: bool = False) -> str:
    """
    Return the public body that a title names, ``""`` if it names none, or more than one.

    :param is_whole: whether the title must be its name and nothing else
    """
    if len(text) > MAX_LENGTH or ":" in text or is_note(text) or as_listed(text).startswith(_MADE_BY):
        return ""
    parts = [part.strip(" .\"'") for part in _BETWEEN_PARTS.split(text)]
    if is_whole and len(parts) > 1:
        return ""
    names = [name for part in parts if (name := _name_in(part, is_whole=is_whole))]
    return names[0] if len(names) == 1 else ""


def _labelled(texts: Sequence[str]) -> str:
    """Return the text after a label for buyers, in one cell ("Entidad: X") or in two."""
    if not texts:
        return ""
    label, colon, name = texts[0].partition(":")
    if key(label) not in _labels() or not (colon or len(texts) == _MIN_WORDS):
        return ""
    beside = texts[1] if len(texts) == _MIN_WORDS else ""
    # "Entidad: | Fecha: 2023" is a form that nobody filled in, "Entidad | Monto" the header of another table.
    named = name.strip() or ("" if ":" in beside or header_weight([beside]) else beside)
    return named if any(map(str.isalpha, named)) and len(named) <= MAX_LENGTH else ""


@cache
def _labels() -> frozenset[str]:
    return frozenset(map(key, general_headers("buyer")))


def _name_in(part: str, *, is_whole: bool) -> str:
    words = part.split()
    folded = [as_listed(word) for word in words]
    for at in range(len(words)):
        if not _begins_body(folded, at):
            continue
        name = _cut(words[at:])
        length = len(name.split())
        is_alone = not any(_begins_body(folded, later) for later in range(at + length, len(words)))
        return name if is_alone and length >= _MIN_WORDS and (not is_whole or length == len(words)) else ""
    return ""


def _begins_body(folded: Sequence[str], at: int) -> bool:
    return " ".join(folded[at:]).startswith(_beginnings()) and folded[at + 1].strip(",.") not in _NO_BODY


def _cut(words: Sequence[str]) -> str:
    """Return the words of a name, without the text after it in a title."""
    folded = [as_listed(word) for word in words]
    end = next((at for at in range(1, len(words)) if _ends_before(folded[at], folded[at - 1])), len(words))
    while folded[end - 1] in _LINKING:
        end -= 1
    return " ".join(words[:end]).rstrip(" ,.")


def _ends_before(word: str, before: str) -> bool:
    is_behind = word in _BEHIND and before not in _LINKING
    # A lone accent or soft hyphen leaves nothing.
    return is_behind or before.endswith(",") or not word[:1].isalpha()


@cache
def _beginnings() -> tuple[str, ...]:
    return tuple(f"{as_listed(word)} " for word in read_names(GENERAL)["bodies"])
