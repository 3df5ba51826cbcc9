"""Rows of ``Cohort``: helpers for the modules that compute them."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from audits.indicators.statistics import fences
from audits.models import Cohort
from contracts.ocds.gate.document import encode
from contracts.postgres.querying import query

Place = tuple[str, str]
"""Name and key of a cohort."""


def cohort_row(name: str, key: str, n: int, window: tuple[datetime | None, datetime | None], figures: Any) -> Cohort:
    """Return a cohort that is not saved. The window is not in its digest: rules do not see it."""
    return Cohort(
        name=name,
        key=key,
        n=n,
        window_start=window[0],
        window_end=window[1],
        figures=figures,
        digest=hashlib.sha256(encode([n, figures])).digest(),
    )


def fence_figures(sample: Iterable[float]) -> tuple[int, dict[str, float]]:
    """Return the size of a sample, and its quartiles and fences in the form of ``figures.processes.Fences``."""
    found = fences(sample)
    return found.n, {"q1": found.q1, "q3": found.q3, "lower_fence": found.lower, "upper_fence": found.upper}


def ids(text: str, values: Mapping[str, Any]) -> Iterable[int]:
    return (row[0] for row in query(text, values))
