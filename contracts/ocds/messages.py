"""
English texts of problems, of how to fix them and of corrections, by their codes: rows of ``fixtures/wording``.

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


# Code of a problem → its variants → what was found. The variant ``""`` is the usual one.
DETAILS: Mapping[str, Mapping[str, str]] = _details()
# Code of a problem → how to fix it.
HINTS = texts_listed("hints")
# Problems that refuse nothing: the record is taken nevertheless.
WARNINGS = frozenset(row["code"] for row in fixture_rows("wording/hints") if row["refuses"] == "no")
# Code of a correction → what was done.
CORRECTIONS = texts_listed("corrections")
# What stands where another kind of value is expected, in the value ``found``.
FOUND = texts_listed("values", "json_value")
# Kinds of files that have a word for a name, in the value ``kind``.
FILE_KINDS = texts_listed("values", "file")
# The messages of Python's JSON reader, in the value ``message`` (json/decoder.py).
JSON_MESSAGES = frozenset(texts_listed("values", "json_error"))
