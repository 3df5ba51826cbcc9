"""A table as Parquet: columns with types, for DuckDB, Polars, R."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from arro3.core import DataType, Field, Schema
from arro3.io import read_csv, write_parquet
from rest_framework import serializers

from contracts.api.protocol.columns import Instant
from contracts.ocds.corrections import AMOUNT_PLACES

# What 128 bits hold; amounts in dollars may be larger than those of records.
MOST_DIGITS = 38
# As in the answers of the API; lists and documents are texts, as in CSV.
_TYPES: tuple[tuple[type[serializers.Field], Any], ...] = (
    (serializers.DecimalField, DataType.decimal128(MOST_DIGITS, AMOUNT_PLACES)),
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
