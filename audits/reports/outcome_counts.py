"""What rules answered, counted: how often each kind of outcome, and what was missing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from audits.judging.vocabulary import OutcomeKind

# Told in place of a missing field where a clear outcome holds findings back.
WITHHELD = "withheld"
# Told in place of it where all that is flagged is context and says why.
CONTEXT = "context"


class OutcomeCounts(Struct, frozen=True):
    """
    The outcomes of one rule over some audits.

    ``outcomes`` counts them by kind (all five kinds are there); ``missing`` are the fields for want of which the rule
    could not judge, with how often, the most frequent first. ``withheld`` of the clear ones had findings that the
    second key held back; ``context`` of the flagged ones ask nothing by themselves, and say why.
    """

    outcomes: Mapping[str, int]
    missing: Sequence[tuple[str, int]]
    withheld: int
    context: int

    @property
    def assessed(self) -> int:
        """Records that the rule could judge: flagged or clear."""
        return self.outcomes[OutcomeKind.FLAGGED] + self.outcomes[OutcomeKind.CLEAR]

    @property
    def total(self) -> int:
        return sum(self.outcomes.values())

    def missing_as_json(self) -> list[dict[str, Any]]:
        return [{"field": name, "records": number} for name, number in self.missing]


def total_outcomes(counts: Mapping[tuple[str, str], int]) -> OutcomeCounts:
    """
    Total the outcomes of a rule. Pure.

    :param counts: (kind of outcome, missing field, ``WITHHELD``, ``CONTEXT`` or ``""``) → records
    """
    outcomes = dict.fromkeys((kind.value for kind in OutcomeKind), 0)
    missing: Counter[str] = Counter()
    for (kind, field), number in counts.items():
        outcomes[kind] += number
        if kind == OutcomeKind.INSUFFICIENT_DATA and field:
            missing[field] += number
    ordered = sorted(missing.items(), key=lambda item: (-item[1], item[0]))
    withheld, context = counts.get((OutcomeKind.CLEAR, WITHHELD), 0), counts.get((OutcomeKind.FLAGGED, CONTEXT), 0)
    return OutcomeCounts(outcomes, ordered, withheld, context)
