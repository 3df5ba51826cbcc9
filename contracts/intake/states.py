"""
Earlier states of a record, each as everybody may see it.

No copy of a state is stored: releases never change, so each state can be compiled again from those that had arrived.
"""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from django.db.models import F, Sum
from django.db.models.functions import Length

from contracts.intake.compiling import record_at
from contracts.models import ContractingProcess, Release
from contracts.models.process import for_public, public_digest

# Maximum number of states compiled again, the latest ones; none if the releases together exceed the size limit.
MAX_STATES = 12
MAX_BYTES = 2_000_000


class Arrival(NamedTuple):
    """Releases that arrived together; ``moment`` is when the last of them did."""

    moment: datetime
    releases: list[str]


class State(NamedTuple):
    """
    A record from an arrival until its next state. ``record`` is the public JSON, ``digest`` its SHA-256.

    ``whole`` is the SHA-256 of the whole record, which the public does not see, see ``public_digest``.
    """

    arrival: Arrival
    record: bytes
    digest: str
    whole: str


def arrivals_of(process: ContractingProcess) -> list[Arrival]:
    """Return the releases grouped by arrival, the earliest first."""
    received = Release.objects.of_process(process).values_list("submission_id", "received_at", "release_id")
    together = (list(group) for _key, group in groupby(received, key=lambda row: row[0]))
    return [Arrival(max(row[1] for row in rows), [row[2] for row in rows]) for rows in together]


def states_of(process: ContractingProcess, arrivals: list[Arrival]) -> Iterator[State]:
    """Yield the state after each arrival that changed the record, the earliest first."""
    size = Release.objects.of_process(process).aggregate(size=Sum(Length(F("content"))))["size"] or 0
    if size > MAX_BYTES:
        return
    last = ""
    for arrival in arrivals:
        found = record_at(process, arrival.moment)
        if found is None or found[1].hex() == last:
            continue
        last = found[1].hex()
        record = for_public(found[0], process.country)
        yield State(arrival, record, public_digest(found[0], last, process.country), last)


def public_digest_of_state(process: ContractingProcess, whole: str) -> str | None:
    """
    Return the SHA-256 of a state as everybody may see it, by that of the whole record.

    ``None`` if the state is not among the latest ones, or cannot be compiled as it was.
    """
    states = states_of(process, arrivals_of(process)[-MAX_STATES:])
    return next((state.digest for state in states if state.whole == whole), None)
