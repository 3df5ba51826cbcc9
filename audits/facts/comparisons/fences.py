"""
The fence that a value is compared with, as computed elsewhere over other processes or organizations.

A rule reads one of the two fences of a population (``audits.judging.figures.processes.Fences``): of all, and of those
of its own kind where there are enough. The other fence may be absent, and so may the quartiles; if they are given and
equal, the fence says nothing.
"""

from typing import Any, Literal, NamedTuple

from audits.judging.dossiers.process import Dossier
from audits.judging.figures.processes import Fences
from audits.judging.rule.vocabulary import InsufficientDataError

Side = Literal["lower_fence", "upper_fence"]


class Fence(NamedTuple):
    value: float
    n: int
    cohort: str


class CohortLimit(NamedTuple):
    """The limit for a value: the fence of all, or a fixed ``value``; and the fence of its own kind."""

    value: float
    fence: Fence | None = None
    own: Fence | None = None

    def sample(self) -> dict[str, Any]:
        """Return the values of a sentence that describe the populations."""
        values: dict[str, Any] = {} if self.fence is None else {"n": self.fence.n}
        return values if self.own is None else {**values, "own_n": self.own.n, "cohort": self.own.cohort}

    def sentence(self, *, is_ordinary: bool = False) -> str:
        """Return the name of the template: ``ordinary`` if the value is normal for processes of its own kind."""
        if self.fence is None:
            return "threshold"
        return "ordinary" if is_ordinary else "default"


def price_gap_limit(dossier: Dossier, side: Side, *, threshold: float | None, minimum_sample: int) -> CohortLimit:
    """
    Return the limit for the price gaps of a process.

    :raises InsufficientDataError: if the fence was not computed, and as ``limit_in``
    """
    fences: Fences = dossier.statistic("price_gap_fence") if threshold is None else Fences()
    return limit_in(fences, "price_gap_fence", side, threshold=threshold, minimum_sample=minimum_sample)


def limit_in(fences: Fences, name: str, side: Side, *, threshold: float | None, minimum_sample: int) -> CohortLimit:
    """
    Return the fixed ``threshold``, or else the limit in the fences of a figure.

    :raises InsufficientDataError: as ``read_fence``, of the fence of all
    """
    if threshold is not None:
        return CohortLimit(threshold)
    fence = read_fence(fences, name, side, minimum_sample=minimum_sample)
    try:
        own = read_fence(fences.own or Fences(), name, side, minimum_sample=minimum_sample)
    except InsufficientDataError:
        own = None
    return CohortLimit(fence.value, fence, own)


def read_fence(fences: Fences, name: str, side: Side, *, minimum_sample: int) -> Fence:
    """Read a fence; raises InsufficientDataError if it is missing, of few values, or its quartiles are equal."""
    place = f"statistics/{name}"
    n, cohort, value = fences.n, fences.cohort, getattr(fences, side)
    if n < minimum_sample:
        raise InsufficientDataError(place, "cohort_too_small", cohort=cohort, number=n, needed=minimum_sample)
    if value is None:
        raise InsufficientDataError(place, "no_fence", cohort=cohort)
    q1, q3 = fences.q1, fences.q3
    # Ratios that are equal on paper differ in the last bits.
    if q1 is not None and q3 is not None and q3 - q1 <= 1e-9 * max(1, abs(q3)):
        raise InsufficientDataError(place, "quartiles_equal", cohort=cohort)
    return Fence(float(value), n, cohort)
