"""Outcomes of rules, counted by kind, with the fields that were missing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from audits.judging.rule.vocabulary import OutcomeKind

# Told in place of it where all that is flagged is context and says why.
CONTEXT = "context"


class OutcomeCounts(Struct, frozen=True):
    """
    The outcomes of one rule over some audits.

    ``outcomes`` counts them by kind (all five kinds are there); ``missing`` are the fields for want of which the rule
    could not judge, with how often, the most frequent first. ``withheld`` are the reasons for which clear ones
    hold back what was found, with how often, likewise; ``context`` of the flagged ones ask nothing by themselves, and
    say why.
    """

    outcomes: Mapping[str, int]
    missing: Sequence[tuple[str, int]]
    withheld: Sequence[tuple[str, int]]
    context: int

    @property
    def assessed(self) -> int:
        """Records that the rule could judge: flagged or clear."""
        return self.outcomes[OutcomeKind.FLAGGED] + self.outcomes[OutcomeKind.CLEAR]

    @property
    def total(self) -> int:
        return sum(self.outcomes.values())

    @property
    def withheld_records(self) -> int:
        return sum(number for _reason, number in self.withheld)

    def withheld_as_json(self) -> list[dict[str, Any]]:
        return [{"reason": reason, "records": number} for reason, number in self.withheld]

    def missing_as_json(self) -> list[dict[str, Any]]:
        return [{"field": name, "records": number} for name, number in self.missing]


def total_outcomes(counts: Mapping[tuple[str, str], int]) -> OutcomeCounts:
    """
    Total the outcomes of a rule. Pure.

    :param counts: (kind of outcome, what it names) → records; it names a missing field, why a clear one holds back
        what was found, ``CONTEXT``, or ``""``
    """
    outcomes = dict.fromkeys((kind.value for kind in OutcomeKind), 0)
    named: dict[str, Counter[str]] = {OutcomeKind.INSUFFICIENT_DATA: Counter(), OutcomeKind.CLEAR: Counter()}
    for (kind, name), number in counts.items():
        outcomes[kind] += number
        if name and kind in named:
            named[kind][name] += number
    missing, withheld = (sorted(each.items(), key=lambda item: (-item[1], item[0])) for each in named.values())
    return OutcomeCounts(outcomes, missing, withheld, counts.get((OutcomeKind.FLAGGED, CONTEXT), 0))
