"""The answer for a record that was public and is not any more: gone, not unknown."""

from contracts.api.protocol.problems import ProblemError
from contracts.decisions.taken_back import taken_back

GONE = {"410": "The record was public, and was taken back."}


def raise_if_taken_back(ocid: str) -> None:
    """Raise a ProblemError of a record that was public; it tells the day, and the record that took its place."""
    if gone := taken_back(ocid):
        raise ProblemError("record_taken_back", day=gone.day.isoformat(), replaced_by=gone.replaced_by or None)
