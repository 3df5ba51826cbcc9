"""The files of ``fixtures/reference``: CSV rows with their source; disabled rows are left out."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any, TypedDict

import msgspec

from audits.matching.grounds import KINDS, Ground, Law
from audits.matching.lexicon import Term
from audits.matching.notice_reader import NoticeReader
from audits.matching.scope import SectorClass
from audits.matching.watchlist import Entry
from audits.matching.words import Word, read_ordinary_words

ORDINARY_WORDS = "ordinary_words.txt"


class PublicList(msgspec.Struct, frozen=True):
    """A list published by an authority, with what being listed means. ``enabled`` is its switch."""

    name: str
    authority: str = ""
    effect: str = ""
    source: str = ""
    enabled: bool = True


class Shipped(TypedDict):
    """Reference data that comes with the code and cannot be edited in the admin."""

    words: list[Word]
    classes: list[SectorClass]
    laws: list[Law]
    grounds: list[Ground]
    reader: NoticeReader


def read_shipped(folder: Path) -> Shipped:
    """Read words, classes, laws with their grounds, and the weights of the classifier."""
    laws = read_laws(folder / "laws.csv")
    return Shipped(
        words=[*read_words(folder / "words.csv"), *read_ordinary_words(folder / ORDINARY_WORDS)],
        classes=read_classes(folder / "classes.csv"),
        laws=laws,
        grounds=read_grounds(folder / "grounds.csv", laws),
        reader=NoticeReader.load(folder / "reader.json"),
    )


def read_terms(path: Path) -> list[Term]:
    """Read the enabled rows of a lexicon: ``concept, language, term, strength, note, source, enabled``."""
    return [_convert(row, Term, path, line) for line, row in _rows(path)]


def read_entries(path: Path, watchlist: str) -> list[Entry]:
    """Read the enabled rows of a watchlist; lists within a cell are separated by ``;``."""
    return [_convert({**row, "watchlist": watchlist}, Entry, path, line) for line, row in _rows(path)]


def read_public_lists(path: Path) -> list[PublicList]:
    """Read all public lists, including disabled ones."""
    return [_convert(row, PublicList, path, line) for line, row in _rows(path, every=True)]


def read_words(path: Path) -> list[Word]:
    """Read the enabled rows of lists of words: ``list, word, note, source, enabled``."""
    return [_convert(row, Word, path, line) for line, row in _rows(path)]


def read_classes(path: Path) -> list[SectorClass]:
    """Read the enabled rows of a table of classes: ``schemes, code, sector, title, source, enabled``."""
    return [_convert(row, SectorClass, path, line) for line, row in _rows(path)]


def read_laws(path: Path) -> list[Law]:
    """Read the procurement laws; raises ValueError if one lacks country, law or source, or has invalid dates."""
    laws = []
    for line, row in _rows(path, every=True):
        law: Law = _convert(row, Law, path, line)
        if not (law.country and law.law and law.source):
            raise ValueError(f"{path.name}, line {line}: a law needs a country, a name and a source")
        check_days(law.valid_from, law.valid_to, f"{path.name}, line {line}")
        laws.append(law)
    return laws


def read_grounds(path: Path, laws: Iterable[Law]) -> list[Ground]:
    """
    Read the enabled rows of a table of grounds.

    :raises ValueError: if a row has a law that is not in ``laws``, no source, an unknown kind, or invalid dates
    """
    known = {(law.country, law.law) for law in laws}
    grounds = []
    for line, row in _rows(path):
        ground: Ground = _convert(row, Ground, path, line)
        place = f"{path.name}, line {line}"
        if (ground.country, ground.law) not in known:
            raise ValueError(f"{place}: {ground.law} is not among the laws of {ground.country}")
        if not ground.kinds or not KINDS.issuperset(ground.kinds) or not ground.source:
            raise ValueError(f"{place}: a ground needs a source, and kinds of {', '.join(KINDS)}")
        check_days(ground.valid_from, ground.valid_to, place)
        grounds.append(ground)
    return grounds


def check_days(valid_from: str, valid_to: str, place: str) -> None:
    """Raise ValueError with the ``place`` of a row if its days are no dates, or reversed; either may be empty."""
    try:
        days = [date.fromisoformat(day) for day in (valid_from, valid_to) if day]
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
    if days != sorted(days):
        raise ValueError(f"{place}: it ends before it begins")


def _rows(path: Path, *, every: bool = False) -> list[tuple[int, dict[str, Any]]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        return [(reader.line_num, dict(row)) for row in reader if every or row.get("enabled") == "yes"]


def _convert(row: dict[str, Any], kind: type[Any], path: Path, line: int) -> Any:
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    values: dict[str, Any] = {}
    for name, value in row.items():
        if name not in fields or value is None:
            continue
        values[name] = _cell(value.strip(), fields[name].default)
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{path.name}, line {line}: {error}") from error


def _cell(text: str, default: Any) -> Any:
    """Return the parsed value of a cell, by the type of the column's default: a list, yes or no, or a text."""
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(";") if part.strip())
    return text == "yes" if isinstance(default, bool) else text
