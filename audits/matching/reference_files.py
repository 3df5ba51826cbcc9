"""The files of ``fixtures/reference``: rows of CSV with their source, those that are switched off left out."""

import csv
from pathlib import Path
from typing import Any, TypedDict

import msgspec

from audits.matching.grounds import Ground, Law, read_grounds, read_laws
from audits.matching.lexicon import Term
from audits.matching.reader import Reader
from audits.matching.scope import SectorClass
from audits.matching.watchlist import Entry
from audits.matching.words import Word, read_ordinary_words

ORDINARY_WORDS = "ordinary_words.txt"


class PublicList(msgspec.Struct, frozen=True):
    """A list that an authority publishes, with what it means to be on it. ``enabled`` is its switch."""

    name: str
    authority: str = ""
    effect: str = ""
    source: str = ""
    enabled: bool = True


class Shipped(TypedDict):
    """What comes with the code and is edited nowhere else."""

    words: list[Word]
    classes: list[SectorClass]
    laws: list[Law]
    grounds: list[Ground]
    reader: Reader


def read_shipped(folder: Path) -> Shipped:
    """Read words, classes, laws with their grounds, and the weights of the reader."""
    laws = read_laws(folder / "laws.csv")
    return Shipped(
        words=[*read_words(folder / "words.csv"), *read_ordinary_words(folder / ORDINARY_WORDS)],
        classes=read_classes(folder / "classes.csv"),
        laws=laws,
        grounds=read_grounds(folder / "grounds.csv", laws),
        reader=Reader.load(folder / "reader.json"),
    )


def read_terms(path: Path) -> list[Term]:
    """Read the enabled rows of a lexicon: ``concept, language, term, strength, note, source, enabled``."""
    return [_convert(row, Term, path, line) for line, row in _rows(path)]


def read_entries(path: Path, watchlist: str) -> list[Entry]:
    """Read the enabled rows of a watchlist; lists inside a cell are parted by ``;``."""
    return [_convert({**row, "watchlist": watchlist}, Entry, path, line) for line, row in _rows(path)]


def read_public_lists(path: Path) -> list[PublicList]:
    """Read all public lists, those that are switched off too."""
    lists = []
    for line, row in _rows(path, every=True):
        lists.append(_convert({**row, "enabled": row["enabled"] == "yes"}, PublicList, path, line))
    return lists


def read_words(path: Path) -> list[Word]:
    """Read the enabled rows of lists of words: ``list, word, note, source, enabled``."""
    return [_convert(row, Word, path, line) for line, row in _rows(path)]


def read_classes(path: Path) -> list[SectorClass]:
    """Read the enabled rows of a table of classes: ``schemes, code, sector, title, source, enabled``."""
    return [_convert(row, SectorClass, path, line) for line, row in _rows(path)]


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
        is_list = isinstance(fields[name].default, tuple)
        values[name] = tuple(part.strip() for part in value.split(";") if part.strip()) if is_list else value
    try:
        return msgspec.convert(values, kind)
    except msgspec.ValidationError as error:
        raise ValueError(f"{path.name}, line {line}: {error}") from error
