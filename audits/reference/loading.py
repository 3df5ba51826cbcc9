"""
Reference data: CSV files → rows. Loading the same files twice changes nothing.

A row that people edited here is left as they made it. A row that the file no longer has is switched off, and comes
back with the file; if people edited it, it is only reported.
"""

import csv
import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_noop
from msgspec import Struct, field

from audits.matching.lexicon import Term
from audits.matching.reference.data import LEXICON, WATCHLISTS
from audits.matching.reference.files import read_rows
from audits.models import LexiconTerm, PublicList, Watchlist, WatchlistEntry
from contracts.models import Publisher

WATCHLIST_NAMES = {
    LEXICON: gettext_noop("Lexicon"),
    "vendors": gettext_noop("Vendors and makers"),
    "financiers": gettext_noop("Financiers"),
    "security_bodies": gettext_noop("Security bodies"),
}


class Difference(Struct):
    """
    How a file differs from its rows, by their keys.

    ``kept`` differ as edited here; the file has neither ``missing``, edited here too, nor ``off``, now switched off.
    """

    file: str
    same: int = 0
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    off: list[str] = field(default_factory=list)


def load_reference(folder: Path) -> list[Difference]:
    """
    Load ``publishers``, ``lexicon``, ``public_lists`` and the watchlists from a folder.

    :raises FileNotFoundError: if a file is missing
    :raises ValueError: if a row can't be read; names file and line
    """
    read_rows(folder / "lexicon.csv", Term)  # slots that cannot be read would stop every rule set
    with transaction.atomic():
        publishers = _add_publishers(folder / "publishers.csv")
        for slug, name in WATCHLIST_NAMES.items():
            Watchlist.objects.get_or_create(slug=slug, defaults={"name": name})
        differences = [
            publishers,
            _load(folder / "lexicon.csv", LexiconTerm, ("concept", "language", "term"), {}),
            _load(folder / "public_lists.csv", PublicList, ("name",), {}),
        ]
        for slug in WATCHLISTS:
            watchlist = Watchlist.objects.get(slug=slug)
            fixed = {"watchlist_id": watchlist.pk}
            differences.append(_load(folder / f"{slug}.csv", WatchlistEntry, ("name", "country"), fixed))
    return differences


def _load(path: Path, model: type[Any], key: tuple[str, ...], fixed: Mapping[str, Any]) -> Difference:
    difference = Difference(path.name)
    rows = {tuple(getattr(row, name) for name in key): row for row in model._default_manager.filter(**fixed)}
    seen = set()
    new = []
    columns: Collection[str] = ()
    for line, values in _read(path, model):
        columns = values.keys()
        identity = tuple(values.get(name, "") for name in key)
        if identity in seen:
            raise ValueError(f"{path.name}, line {line}: {' '.join(identity)} stands there twice")
        seen.add(identity)
        label = " / ".join(filter(None, identity))
        digest = _digest(values)
        row = rows.get(identity)
        if row is None:
            new.append(model(**values, **fixed, loaded_digest=digest))
            difference.added.append(label)
        elif _digest({name: getattr(row, name) for name in values}) == digest:
            difference.same += 1
            if row.loaded_digest != digest:
                model._default_manager.filter(pk=row.pk).update(loaded_digest=digest)
        elif row.loaded_digest and _digest({name: getattr(row, name) for name in values}) != row.loaded_digest:
            difference.kept.append(label)
        else:
            model._default_manager.filter(pk=row.pk).update(**values, loaded_digest=digest)
            difference.changed.append(label)
    model._default_manager.bulk_create(new, batch_size=1000)
    _switch_off(model, {identity: row for identity, row in rows.items() if identity not in seen}, columns, difference)
    return difference


def _switch_off(
    model: type[Any], gone: Mapping[tuple[str, ...], Any], columns: Collection[str], difference: Difference
) -> None:
    """Switch off the rows that a file no longer has, except those that people edited."""
    for identity, row in gone.items():
        label = " / ".join(filter(None, map(str, identity)))
        values = {name: getattr(row, name) for name in columns}
        if _digest(values) != row.loaded_digest:
            difference.missing.append(label)
        elif row.enabled:
            difference.off.append(label)
            model._default_manager.filter(pk=row.pk).update(
                enabled=False, loaded_digest=_digest(values | {"enabled": False})
            )


def _add_publishers(path: Path) -> Difference:
    """Add unknown publishers. Known ones belong to the people who edit them, but get a licence if they have none."""
    difference = Difference(path.name)
    for _, values in _read(path, Publisher):
        known, is_new = Publisher.objects.get_or_create(slug=values.pop("slug"), defaults=values)
        if is_new:
            difference.added.append(values["name"])
        elif _adds_a_licence(values, known):
            for name in _LICENCE:
                setattr(known, name, values[name])
            known.save()
            difference.changed.append(known.name)
        else:
            difference.same += 1
    return difference


_LICENCE = ("licence", "licence_source", "licence_looked_on", "licence_looked_at")


def _adds_a_licence(values: Mapping[str, Any], known: Publisher) -> bool:
    """Return whether a row has a licence, or the day on which none was found, that nobody has entered here."""
    if known.licence not in ("", values["licence"]) or known.licence_source:
        return False
    looked, known_to_look = (day or date.min for day in (values["licence_looked_on"], known.licence_looked_on))
    return bool(values["licence_source"]) or looked > known_to_look


def _read(path: Path, model: type[models.Model]) -> Iterator[tuple[int, dict[str, Any]]]:
    fields = {entry.name: entry for entry in model._meta.concrete_fields}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        unknown = set(reader.fieldnames or ()) - fields.keys()
        if unknown:
            raise ValueError(f"{path.name}: unknown columns {', '.join(sorted(unknown))}")
        for row in reader:
            if None in row or None in row.values():
                raise ValueError(f"{path.name}, line {reader.line_num}: it has not as many cells as the header")
            try:
                yield reader.line_num, {name: _cell(fields[name], text.strip()) for name, text in row.items()}
            except ValidationError as error:
                raise ValueError(f"{path.name}, line {reader.line_num}: {' '.join(error.messages)}") from error


def _cell(column: Any, text: str) -> Any:
    """Return what a cell holds, as its column would take it from a form; raises ValidationError if it would not."""
    value: Any = text
    if isinstance(column, models.BooleanField):
        if text not in {"yes", "no"}:
            raise ValidationError(f"{column.name} is {text!r}; it may be yes, no.")
        value = text == "yes"
    elif isinstance(column, ArrayField):
        value = [part.strip() for part in text.split(";") if part.strip()]
    elif isinstance(column, models.DateField):
        value = text or None
    try:
        return column.clean(value, None)
    except ValidationError as error:
        raise ValidationError(f"{column.name} is {text!r}: {' '.join(error.messages)}") from error


def _digest(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(dict(values), sort_keys=True).encode()).hexdigest()
