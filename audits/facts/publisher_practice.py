"""
Whether a field that this record lacks is usual for its publisher.

A missing field says something about a purchase only if the field is usually there. Without figures
(``audits.judging.figures.processes.PublisherPractice``) the rule still asks, but only as context.
"""

from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, InsufficientDataError

MINIMUM_SAMPLE = 10
# The reason why nothing is asked: too few records of the source.
LITTLE_KNOWN = "source_little_known"


def context_of_absence(
    dossier: Dossier,
    code: str,
    field: str,
    *,
    minimum_share: float,
    needs_sample: bool = False,
    is_asked_anyway: bool = False,
) -> Context | None:
    """
    Return the context that makes the absence of ``field`` no question by itself; ``None`` if it is one.

    Raises InsufficientDataError if less than ``minimum_share`` of the publisher's processes have the field, unless it
    ``is_asked_anyway`` as context. With ``needs_sample``, a source with few records is treated like one that rarely
    has it.
    """
    practice = (dossier.statistics.publisher_practice or {}).get(code)
    if practice is None or practice.n < MINIMUM_SAMPLE:
        if needs_sample:
            raise InsufficientDataError(field, LITTLE_KNOWN, number=practice.n if practice else 0)
        return Context(LITTLE_KNOWN, {"number": practice.n if practice else 0})
    if practice.share >= minimum_share:
        return None
    seldom = {"share": f"{practice.share:.0%}", "number": practice.n}
    if is_asked_anyway:
        return Context("seldom_published", seldom)
    raise InsufficientDataError(field, "seldom_published", **seldom)
