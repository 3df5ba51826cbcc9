"""
Reasons that many rules share, for not judging or for calling a flag context: code → template in English.

Templates are rows of ``fixtures/wording/reasons.csv``, in `str.format` form.

Pure code raises the code with its values; the edge renders them in the reader's language. What only one rule says
stands among the ``reasons`` of the rule.
"""

from contracts.ocds.fixture_tables import texts_listed

REASONS = texts_listed("reasons")
