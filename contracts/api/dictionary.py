"""Labels and OCDS paths of the columns of lists, from ``fixtures/wording/columns.csv``."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy
from msgspec import Struct

from contracts.ocds.fixture_tables import fixture_rows


class Column(Struct, frozen=True):
    """The label of a column in the reader's language, and its path in a release, if any."""

    label: Any
    path: str


def columns_in_words(*lists: str) -> Mapping[str, Column]:
    """Return name → column for lists; ``both`` stands for the columns of processes and contracts."""
    rows = fixture_rows("wording/columns")
    return {row["column"]: Column(gettext_lazy(row["label"]), row["path"]) for row in rows if row["list"] in lists}
