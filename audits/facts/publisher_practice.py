"""
Whether a field that this record lacks is one that its publisher usually gives.

A missing field says something about a purchase only where the field is usually there. The statistic of a rule, say
``R010``, is a mapping ``{"share": 0.82, "n": 240}``: of ``n`` processes of the publisher to which the rule applies,
the share that give the field. It is optional: without it, the rule still asks, but only as context.
"""

from typing import Any

from audits.judging.dossier import Dossier
from audits.judging.vocabulary import InsufficientDataError, Severity

MINIMUM_SAMPLE = 10


def severity_of_absence(dossier: Dossier, code: str, field: str, *, minimum_share: float) -> Severity | None:
    """
    Return how much the absence of ``field`` weighs: as the rule says (``None``), or as context.

    :raises InsufficientDataError: if the publisher gives the field in less than ``minimum_share`` of its processes
    """
    practice: dict[str, Any] | None = dossier.statistics.get(code)
    if practice is None or int(practice["n"]) < MINIMUM_SAMPLE:
        return Severity.CONTEXT
    share = float(practice["share"])
    if share < minimum_share:
        raise InsufficientDataError(field, "seldom_published", share=f"{share:.0%}", number=practice["n"])
    return None
