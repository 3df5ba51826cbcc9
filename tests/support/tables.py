"""Read rows as a table."""

from contracts.tables.reading import RowRelease, SheetRead, read_table
from contracts.tables.sheets import read_csv


def read_rows(*rows):
    """Return the first release, the problems and what became of the table."""
    entries = list(read_table(read_csv(["\n".join(map(";".join, rows)).encode()])))
    release = next(entry.release for entry in entries if isinstance(entry, RowRelease))
    (sheet,) = [entry for entry in entries if isinstance(entry, SheetRead)]
    return release, [entry for entry in entries if hasattr(entry, "variant")], sheet


def value(release):
    return release["awards"][0]["value"]
