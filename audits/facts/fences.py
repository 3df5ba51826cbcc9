"""
The fence that a value is compared with, as computed elsewhere over other processes or organizations.

The statistic of a rule, say ``R024``, is a mapping::

    {"lower_fence": 0.012, "upper_fence": 0.83, "q1": 0.21, "q3": 0.46, "n": 412, "cohort": "*",
     "own": {…, "n": 31, "cohort": "PE, selective, goods"}}

``lower_fence`` is Q1 - 1.5 (Q3 - Q1) and ``upper_fence`` is Q3 + 1.5 (Q3 - Q1) of the values of the ``cohort``, whose
size is ``n``: all (``*``), and under ``own`` those of the same country, procurement method and category, where there
are enough. A rule reads one of the fences; the other may be absent, and so may the quartiles; if they are given and
equal, the fence says nothing.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from audits.judging.dossier import Dossier
from audits.judging.vocabulary import InsufficientDataError

Side = Literal["lower_fence", "upper_fence"]


class Fence(NamedTuple):
    value: float
    n: int
    cohort: str


class CohortLimit(NamedTuple):
    """What a value is compared with: the fence of all, or a fixed ``value``; and that of its own kind."""

    value: float
    fence: Fence | None = None
    own: Fence | None = None

    def sample(self) -> dict[str, Any]:
        """Return what a sentence says of the populations."""
        told: dict[str, Any] = {} if self.fence is None else {"n": self.fence.n}
        return told if self.own is None else {**told, "own_n": self.own.n, "cohort": self.own.cohort}

    def sentence(self, *, is_ordinary: bool = False) -> str:
        """Return the name of the template: ``ordinary`` for what is so among processes of its own kind."""
        if self.fence is None:
            return "threshold"
        return "ordinary" if is_ordinary else "default"


def cohort_limit(
    dossier: Dossier, code: str, side: Side, *, threshold: float | None, minimum_sample: int
) -> CohortLimit:
    """
    Return the limit of a rule whose fence is the statistic of its code; see ``limit_in``.

    :raises InsufficientDataError: if the statistic was not computed, and as ``limit_in``
    """
    figures = dossier.statistic(code) if threshold is None else {}
    return limit_in(figures, code, side, threshold=threshold, minimum_sample=minimum_sample)


def limit_in(
    figures: Mapping[str, Any], code: str, side: Side, *, threshold: float | None, minimum_sample: int
) -> CohortLimit:
    """
    Return the limit that a rule finds in the figures of a cohort.

    :param threshold: the fixed limit, if there is one; then no figure is read
    :raises InsufficientDataError: as ``read_fence``, of the fence of all
    """
    if threshold is not None:
        return CohortLimit(threshold)
    fence = read_fence(figures, code, side, minimum_sample=minimum_sample)
    try:
        own = read_fence(figures.get("own", {}), code, side, minimum_sample=minimum_sample)
    except InsufficientDataError:
        own = None
    return CohortLimit(fence.value, fence, own)


def read_fence(figures: Mapping[str, Any], code: str, side: Side, *, minimum_sample: int) -> Fence:
    """
    Read a fence from the figures of a rule.

    :raises InsufficientDataError: if it is not computed, the cohort is smaller than ``minimum_sample``, or its
        quartiles are equal
    """
    place = f"statistics/{code}"
    n, cohort, value = int(figures.get("n", 0)), str(figures.get("cohort", "")), figures.get(side)
    if n < minimum_sample:
        raise InsufficientDataError(place, "cohort_too_small", cohort=cohort, number=n, needed=minimum_sample)
    if value is None:
        raise InsufficientDataError(place, "no_fence", cohort=cohort)
    q1, q3 = figures.get("q1"), figures.get("q3")
    # Ratios that are equal on paper differ in the last bits.
    if q1 is not None and q3 is not None and q3 - q1 <= 1e-9 * max(1, abs(q3)):
        raise InsufficientDataError(place, "quartiles_equal", cohort=cohort)
    return Fence(float(value), n, cohort)
