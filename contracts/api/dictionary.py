"""The columns of lists in words, and where their values stand in OCDS: rows of ``fixtures/wording/columns.csv``."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy
from msgspec import Struct

from contracts.ocds.fixture_tables import fixture_rows


class Column(Struct, frozen=True):
    """The name of a column in the reader's language, and its path in a release, if it has one."""

    label: Any
    path: str


def columns_in_words(*lists: str) -> Mapping[str, Column]:
    """Return name → column, of lists; ``both`` are those of processes and contracts."""
    rows = fixture_rows("wording/columns")
    return {row["column"]: Column(gettext_lazy(row["label"]), row["path"]) for row in rows if row["list"] in lists}
