"""
English texts of problems, hints and corrections, by code: rows of ``fixtures/wording``.

Codes and values are stored, ``%(name)s`` stands for a value; ``contracts.translating`` renders them in the reader's
language.
"""

from collections.abc import Mapping

from contracts.ocds.fixture_tables import fixture_rows, texts_listed


def _details() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in fixture_rows("wording/problems"):
        found.setdefault(row["code"], {})[row["variant"]] = row["text"]
    return found


# Code of a problem → variant → text. The variant ``""`` is the usual one.
DETAILS: Mapping[str, Mapping[str, str]] = _details()
# Code of a problem → how to fix it.
HINTS = texts_listed("hints")
# Warnings: the record is accepted nevertheless.
WARNINGS = frozenset(row["code"] for row in fixture_rows("wording/hints") if row["refuses"] == "no")
# Code of a correction → what was done.
CORRECTIONS = texts_listed("corrections")
# Kinds of values, for ``found`` where another kind is expected.
FOUND = texts_listed("values", "json_value")
# Kinds of files that have a word instead of a name, for ``kind``.
FILE_KINDS = texts_listed("values", "file")
