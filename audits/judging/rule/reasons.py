"""
Reasons shared by rules, for not judging or for context: code → template in English.

Templates are rows of ``fixtures/wording/reasons.csv``, in `str.format` form.

Pure code raises the code with its values; the edge renders them in the reader's language. Reasons of a single rule are
in its ``reasons``.
"""

from contracts.ocds.fixture_tables import texts_listed

REASONS = texts_listed("reasons")
