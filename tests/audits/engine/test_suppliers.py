"""Which suppliers a flag cites."""

import pytest

from audits.engine.suppliers import cited
from audits.judging.rule.vocabulary import Evidence, Finding

PLACES = {
    "": [1, 2, 3],
    "/awards/0": [1],
    "/awards/1": [2],
    "/awards/3": [1, 2],
    "/awards/4": [],
    "/contracts/1": [2],
    "/parties/2": [3],
}


@pytest.mark.parametrize(
    ("paths", "suppliers"),
    [
        (["/awards/0/value/amount"], [1]),
        (["/awards/1"], [2]),
        (["/contracts/1/amendments/0", "/tender/title"], [2]),
        (["/awards/1/status", "/awards/0/value"], [1, 2]),
        (["/awards/3"], [1, 2]),
        # A listed supplier is asked about by its name; that of the buyer says nothing of a supplier.
        (["/parties/2/name"], [3]),
        (["/parties/0/name"], [1, 2, 3]),
        # Neither names anybody.
        (["/awards/4/value"], [1, 2, 3]),
        (["/tender/title"], [1, 2, 3]),
        # These only begin alike.
        (["/awards/10/value", "/awards", "/documents/00aa/pages/1", "/ocid"], [1, 2, 3]),
    ],
)
def test_cited_places_determine_the_suppliers(paths: list[str], suppliers: list[int]):
    finding = Finding(evidence=tuple(Evidence(path, None) for path in paths))
    assert cited(finding, PLACES) == suppliers
