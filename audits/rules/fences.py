"""
The fence that a value of this process is compared with, as computed elsewhere over other processes.

The statistic of a rule, say ``R024``, is a mapping::

    {"lower_fence": 0.012, "upper_fence": 0.83, "q1": 0.21, "q3": 0.46, "n": 412, "cohort": "PE, selective, goods"}

``lower_fence`` is Q1 - 1.5 (Q3 - Q1) and ``upper_fence`` is Q3 + 1.5 (Q3 - Q1) of the values of the ``cohort``, whose
size is ``n``. A rule reads one of them; the other may be absent. The quartiles may be absent too; if they are given
and equal, the fence says nothing.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from audits.dossier import Dossier
from audits.rules.base import InsufficientDataError

Side = Literal["lower_fence", "upper_fence"]


class Fence(NamedTuple):
    value: float
    n: int
    cohort: str


def fence(dossier: Dossier, code: str, side: Side, *, minimum_sample: int) -> Fence:
    """
    Return the fence of a rule.

    :param code: the code of the rule, which names the statistic
    :raises InsufficientDataError: if it is not computed, the cohort is smaller than ``minimum_sample``, or its
        quartiles are equal
    """
    return read_fence(dossier.statistic(code), code, side, minimum_sample=minimum_sample)


def read_fence(figures: Mapping[str, Any], code: str, side: Side, *, minimum_sample: int) -> Fence:
    """
    Read a fence from the figures of a rule.

    :raises InsufficientDataError: as ``fence``
    """
    place = f"statistics/{code}"
    n, cohort, value = int(figures.get("n", 0)), str(figures.get("cohort", "")), figures.get(side)
    if n < minimum_sample:
        raise InsufficientDataError(place, f"the cohort “{cohort}” has {n} values; {minimum_sample} are needed")
    if value is None:
        raise InsufficientDataError(place, f"the cohort “{cohort}” gives no fence")
    q1, q3 = figures.get("q1"), figures.get("q3")
    # Ratios that are equal on paper differ in the last bits.
    if q1 is not None and q3 is not None and q3 - q1 <= 1e-9 * max(1, abs(q3)):
        raise InsufficientDataError(place, f"the quartiles of the cohort “{cohort}” are equal")
    return Fence(float(value), n, cohort)
