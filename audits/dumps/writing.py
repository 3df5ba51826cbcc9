"""
Dumps: all that everyone may see, as CSV by country and year, and as Parquet with types, for DuckDB, Polars, R.

A dump is written into a folder of its own that takes its name once the last file is whole, so that nobody ever finds
half of one.
"""

import gzip
import hashlib
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
from arro3.core import DataType, Field, Schema
from arro3.io import read_csv, write_parquet
from django.conf import settings
from django.db import models
from django.utils import translation
from rest_framework import serializers

from audits.dumps.manifest import FILE, UNFINISHED, DumpFile, Head, Licence, Manifest, remove_old
from audits.dumps.tables import RELEASES, TABLES, Table
from audits.reports.decision_heads import heads_before
from contracts.api.protocol.files.streams import Counted, csv_line
from contracts.api.protocol.rows.columns import Instant
from contracts.api.protocol.rows.written_by_postgres import csv_lines
from contracts.exporting import compiled_releases
from contracts.models import ContractingProcess, Publisher
from contracts.ocds.corrections import AMOUNT_PLACES
from contracts.postgres.clock import database_now
from contracts.postgres.querying import one_moment
from contracts.runtime.disk import sparing

# The language of the sentences of flags.
LANGUAGE = "es"
_CSV, _JSONL, _PARQUET = "text/csv", "application/x-ndjson", "application/vnd.apache.parquet"
_NONE, _UNDATED = "none", "undated"


def write_dump() -> Manifest:
    """
    Write a dump, remove all but the one before, and return what is in it; its rows are those of one moment.

    :raises OSError: if the folder of dumps cannot be written, or its disk has no room for the others any more
    """
    folder = Path(settings.VEEDOR_DUMPS)
    folder.mkdir(parents=True, exist_ok=True)
    # Whoever writes one holds the lock: what is there is left from a process that died.
    for left in folder.glob(f"{UNFINISHED}*"):
        shutil.rmtree(left)
    work = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=folder))
    try:
        with one_moment(), translation.override(LANGUAGE):
            taken, name = _moment(folder)
            files = [*_tables(work), *_releases(work)]
            rows = Publisher.objects.order_by("slug").values_list("slug", "name", "licence", "licence_source")
            licences = [Licence(*row) for row in rows]
            heads = [Head(**head) for head in heads_before(taken.date())]
        manifest = Manifest(name, taken, files, licences, heads)
        (work / FILE).write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
        work.chmod(0o755)
        work.rename(folder / manifest.dump)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    remove_old(manifest.dump)
    return manifest


def _moment(folder: Path) -> tuple[datetime, str]:
    """Return now, to the second, and the name of a dump of it; a second that has a dump already is waited out."""
    while True:
        taken = database_now().replace(microsecond=0)
        name = f"{taken:%Y%m%dT%H%M%SZ}"
        if not (folder / name).exists():
            return taken, name
        time.sleep(0.1)


def _tables(work: Path) -> Iterator[DumpFile]:
    for table in TABLES:
        rows, fields = table.open()
        plain = work / f"{table.name}.csv"
        number = _write_csv(plain.open("wb"), rows, fields, is_neutral=False)
        target = work / f"{table.name}.parquet"
        from_csv(plain, fields, target)
        plain.unlink()
        yield _described(target, table.name, "", "", _PARQUET, number)
        for country, year, part in _parts(table, rows):
            target = work / f"{_named(table.name, country, year)}.csv.gz"
            number = _write_csv(_packed(target), part, fields, is_neutral=True)
            yield _described(target, table.name, country, year, _CSV, number)


def _parts(table: Table, rows: models.QuerySet) -> Iterable[tuple[str, str, models.QuerySet]]:
    if not table.country:
        yield "", "", rows
        return
    for country, year in _countries_and_years(rows, table.country, table.day):
        yield country or _NONE, str(year or _UNDATED), rows.filter(_within(table.country, country, table.day, year))


def _countries_and_years(rows: models.QuerySet, country: str, day: str) -> list[tuple[str, int | None]]:
    pairs = rows.order_by().values_list(country, f"{day}__year").distinct()
    return sorted(pairs, key=lambda pair: (pair[0], pair[1] or 0))


def _within(country: str, code: str, day: str, year: int | None) -> models.Q:
    of_year = models.Q(**{f"{day}__isnull": True}) if year is None else models.Q(**{f"{day}__year": year})
    return models.Q(**{country: code}) & of_year


def _releases(work: Path) -> Iterator[DumpFile]:
    for country, year in _countries_and_years(ContractingProcess.objects.public(), "country", "date"):
        code, of_year = country or _NONE, str(year or _UNDATED)
        target = work / f"{_named(RELEASES, code, of_year)}.jsonl.gz"
        number = 0
        with _packed(target) as file:
            for line in sparing(compiled_releases(within=_within("country", country, "date", year)), work):
                file.write(line)
                number += 1
        yield _described(target, RELEASES, code, of_year, _JSONL, number)


def _named(table: str, country: str, year: str) -> str:
    return "-".join(filter(None, (table, country, year)))


@contextmanager
def _packed(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing, packed so that the same rows give the same bytes."""
    with path.open("wb") as raw, gzip.GzipFile(filename="", fileobj=raw, mode="wb", mtime=0) as file:
        yield file  # type: ignore[misc]  # it writes as one


def _write_csv(
    opened: AbstractContextManager[BinaryIO], rows: models.QuerySet, fields: Mapping[str, Any], *, is_neutral: bool
) -> int:
    counted = Counted()
    with opened as file:
        lines = csv_lines(rows, fields, ",", is_neutral=is_neutral)
        file.writelines(sparing(counted.stream(csv_line(list(fields), ","), lines), Path(settings.VEEDOR_DUMPS)))
    return counted.rows


def _described(path: Path, table: str, country: str, year: str, media_type: str, rows: int) -> DumpFile:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            digest.update(piece)
            size += len(piece)
    path.chmod(0o644)
    return DumpFile(path.name, table, country, year, media_type, rows, size, digest.hexdigest())


# What 128 bits hold; amounts in dollars may be larger than those of records.
MAX_DIGITS = 38
# As in the answers of the API; lists and documents are texts, as in CSV.
_TYPES: tuple[tuple[type[serializers.Field], Any], ...] = (
    (serializers.DecimalField, DataType.decimal128(MAX_DIGITS, AMOUNT_PLACES)),
    (serializers.IntegerField, DataType.int64()),
    (serializers.BooleanField, DataType.bool()),
    (Instant, DataType.timestamp("s", tz="UTC")),
    (serializers.DateField, DataType.date32()),
)
ROWS_AT_ONCE = 8192


def from_csv(source: Path, fields: Mapping[str, serializers.Field], target: Path) -> None:
    """Write a CSV of a list, with a header and neither mark nor trailer, as Parquet; what is empty there is null."""
    columns = [Field(name, _type_of(field), nullable=True) for name, field in fields.items()]
    batches = read_csv(str(source), Schema(columns), has_header=True, batch_size=ROWS_AT_ONCE)
    write_parquet(batches, str(target), compression="zstd(3)")


def _type_of(field: serializers.Field) -> Any:
    return next((known for kind, known in _TYPES if isinstance(field, kind)), DataType.utf8())
