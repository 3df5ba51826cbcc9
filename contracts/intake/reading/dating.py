"""
Warnings about dates of releases: in the future, older than known releases, or periods that end before they begin. All
releases are stored.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from contracts.intake.received.receiving import gate_limits
from contracts.models import ClaimDecision, ContractingProcess, Release, Submission
from contracts.models.release import ReleaseQuerySet
from contracts.ocds.gate.reading import Received
from contracts.ocds.merging.history import date_of
from contracts.ocds.parsing.periods import reversed_periods
from contracts.ocds.parsing.plans import read_method
from contracts.ocds.problems import Problem

# Time zones and wrong clocks account for less.
_TOLERANCE = timedelta(days=1)


def date_problems(received: Received, kind: str) -> Iterator[Problem]:
    """
    Yield warnings if a release is dated more than a day in the future, or has a reversed period.

    :param kind: kind of its submission; dates of a simple contract are checked as its sender wrote them
    """
    date = date_of(received.document.value)
    if date is not None and date > timezone.now() + _TOLERANCE:
        yield _problem("release_in_future", received, kind, {"date": date.isoformat()})
    if kind != Submission.Kind.SIMPLE_CONTRACT:
        for entry in reversed_periods(received.document.value):
            values = {"start": entry.start.date().isoformat(), "end": entry.end.date().isoformat()}
            pointer = received.pointer + entry.pointer
            yield Problem("period_reversed", values=values, pointer=pointer, line=received.line)


def order_problems(batch: Sequence[Received], kind: str, *, submission: Submission | None = None) -> list[Problem]:
    """
    Return a warning for each new release that is older than the latest public one from other submissions.

    A file may have the history of an ocid in any order, and may be sent again. Only public records are used: whether a
    claim has the same release is not revealed.

    :param kind: kind of the submission
    :param submission: the submission with the releases; None in a validation
    """
    dated = [(received, date) for received in batch if (date := date_of(received.document.value))]
    if not dated:
        return []
    processes = ContractingProcess.objects.public().filter(ocid__any_of=list({received.ocid for received, _ in dated}))
    latest = {ocid: latest_date for ocid, latest_date in processes.values_list("ocid", "date") if latest_date}
    older = [(received, date) for received, date in dated if received.ocid in latest and date < latest[received.ocid]]
    if not older:
        return []
    ocids = {received.ocid for received, _ in older}
    known, public = _known(Release.objects.filter(ocid__any_of=list(ocids)), submission)
    return [
        _problem(
            "release_older_than_known",
            received,
            kind,
            {"date": date.isoformat(), "known": public[received.ocid].isoformat()},
        )
        for received, date in older
        if received.ocid in public
        and date < public[received.ocid]
        and (received.ocid, received.document.digest) not in known
    ]


def _known(
    stored: ReleaseQuerySet, submission: Submission | None
) -> tuple[set[tuple[str, bytes]], Mapping[str, datetime]]:
    """
    Read what other submissions brought; in a validation only what is public.

    :returns: ocid and digest of each release, and the latest date of the public ones by ocid
    """
    known: set[tuple[str, bytes]] = set()
    public: dict[str, datetime] = {}
    limits = gate_limits()
    stored = stored.in_public_records() if submission is None else stored.exclude(submission=submission)
    columns = ("ocid", "digest", "content", "claim_id", "claim__decision__kind")
    for ocid, digest, content, claim_id, decided in stored.values_list(*columns).iterator():
        known.add((ocid, bytes(digest)))
        is_public = claim_id is None or decided == ClaimDecision.Kind.ACCEPTED
        read = read_method(bytes(content), limits) if is_public else None
        if read and read.date:
            public[ocid] = max(read.date, public.get(ocid, read.date))
    return known, public


def _problem(code: str, received: Received, kind: str, values: dict[str, str]) -> Problem:
    # A simple contract has no release to which the sender could be pointed.
    pointer = "" if kind == Submission.Kind.SIMPLE_CONTRACT else f"{received.pointer}/date"
    return Problem(code, values=values, pointer=pointer, line=received.line)
