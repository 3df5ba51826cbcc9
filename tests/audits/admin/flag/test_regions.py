"""Screen readers find the parts of the page of a flag by name."""

import re

from audits.judging.rule.vocabulary import Evidence, Finding, OutcomeKind
from audits.judging.rule_set import Outcome
from tests.support.triage import write_outcomes


def test_regions_of_the_flag_page_have_unique_names(auditor, process):
    finding = Finding((Evidence("/tender/numberOfTenderers", 1),), values={"count": 1, "method": "open"})
    (flag,) = write_outcomes(
        process,
        Outcome("R018", OutcomeKind.FLAGGED, findings=(finding,)),
        Outcome("T01", OutcomeKind.CLEAR),
        Outcome("T02", OutcomeKind.INSUFFICIENT_DATA, "object_unreadable", "/tender/title"),
    )
    html = auditor.get(f"/admin/audits/flag/{flag.pk}/change/").content.decode()
    named = re.findall(r'role="region" aria-label="([^"]+)"', html)
    assert {"What rules say", "1 rule is clear or does not apply"} <= set(named)
    assert len(named) == len(set(named))
