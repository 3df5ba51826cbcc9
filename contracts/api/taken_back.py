"""The response for a record that was public and no longer is: gone, not unknown."""

from contracts.api.protocol.problems import ProblemError
from contracts.decisions.taken_back import taken_back

GONE = {"410": "The record was public, and was taken back."}


def raise_if_taken_back(ocid: str) -> None:
    """Raise a ProblemError if the record was public, with the day and the record that replaced it."""
    if gone := taken_back(ocid):
        raise ProblemError("record_taken_back", day=gone.day.isoformat(), replaced_by=gone.replaced_by or None)
