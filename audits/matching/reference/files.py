"""The files of ``fixtures/reference``: CSV rows with their source; disabled rows are left out."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any, TypedDict, TypeVar

import msgspec

from audits.matching.laws.grounds import KINDS, Ground, Law
from audits.matching.purchases.notice_reader import NoticeReader
from audits.matching.purchases.scope import SectorClass
from audits.matching.texts.word_lists import Word, read_ordinary_words

ORDINARY_WORDS = "ordinary_words.txt"
_Row = TypeVar("_Row", bound=msgspec.Struct)


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
        words=[*read_rows(folder / "words.csv", Word), *read_ordinary_words(folder / ORDINARY_WORDS)],
        classes=read_rows(folder / "classes.csv", SectorClass),
        laws=laws,
        grounds=read_grounds(folder / "grounds.csv", laws),
        reader=NoticeReader.load(folder / "reader.json"),
    )


def read_rows(path: Path, kind: type[_Row], *, every: bool = False, **given: str) -> list[_Row]:
    """Read the enabled rows of a table, or ``every`` one, with values ``given`` for columns that it lacks."""
    return [row for _, row in _placed(path, kind, every=every, **given)]


def read_laws(path: Path) -> list[Law]:
    """Read the procurement laws; raises ValueError if one lacks country, law or source, or has invalid dates."""
    laws = []
    for place, law in _placed(path, Law, every=True):
        if not (law.country and law.law and law.source):
            raise ValueError(f"{place}: a law needs a country, a name and a source")
        check_days(law.valid_from, law.valid_to, place)
        laws.append(law)
    return laws


def read_grounds(path: Path, laws: Iterable[Law]) -> list[Ground]:
    """
    Read the enabled rows of a table of grounds.

    :raises ValueError: if a row has a law that is not in ``laws``, no source, an unknown kind, or invalid dates
    """
    known = {(law.country, law.law) for law in laws}
    grounds = []
    for place, ground in _placed(path, Ground):
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


def _placed(path: Path, kind: type[_Row], *, every: bool = False, **given: str) -> Iterator[tuple[str, _Row]]:
    """Yield rows with file and line; raises ValueError, which names these, if one cannot be parsed."""
    defaults = {field.name: field.default for field in msgspec.structs.fields(kind)}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            if not every and row.get("enabled") != "yes":
                continue
            place = f"{path.name}, line {reader.line_num}"
            cells = {name: text for name, text in (row | given).items() if name in defaults and text is not None}
            try:
                values = {name: _cell(text.strip(), defaults[name]) for name, text in cells.items()}
                found = msgspec.convert(values, kind)
            except msgspec.ValidationError as error:
                raise ValueError(f"{place}: {error}") from error
            yield place, found


def _cell(text: str, default: Any) -> Any:
    """Return the parsed value of a cell, by the type of the column's default: a list, yes or no, or a text."""
    if isinstance(default, tuple):
        return tuple(part.strip() for part in text.split(";") if part.strip())
    return text == "yes" if isinstance(default, bool) else text
