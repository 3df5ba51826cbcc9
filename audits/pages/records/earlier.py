"""
Earlier states of a record in order of arrival, each with its SHA-256 and its changes.

A citation names the SHA-256 of the record that was read. This page finds that state after the record changed, although
no copy was kept: releases never change, so each state can be compiled again from those that had arrived.
"""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from django.db.models import F, Sum
from django.db.models.functions import Length
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify

from audits.pages.addresses import process_page
from audits.pages.records.process import CITED_DIGITS, cited_digits, find_public, no_longer_public
from contracts.intake.compiling import record_at
from contracts.models import ContractingProcess, Release
from contracts.models.process import for_public
from contracts.ocds.gate.document import decode_stored
from contracts.pages.comparison import Section, compare
from contracts.pages.rendering import answer, reading_page

# Maximum number of states compiled again, the latest ones; none if the releases together exceed the size limit.
MAX_STATES = 12
MAX_BYTES = 2_000_000


class Arrival(NamedTuple):
    """Releases that arrived together; ``moment`` is when the last of them did."""

    moment: datetime
    releases: list[str]


class State(NamedTuple):
    """
    A record from a day (UTC) until its next state, with its changes since the state before.

    ``changes`` is None for the first state shown. ``record`` is the public JSON.
    """

    day: date
    releases: list[str]
    digest: str
    record: bytes
    changes: list[Section] | None

    @property
    def anchor(self) -> str:
        return self.digest[:CITED_DIGITS]


@reading_page
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show the states of a process, the latest first."""
    ocid = request.GET.get("ocid", "")
    try:
        process = find_public(ocid)
    except Http404:
        return no_longer_public(request, language, ocid)
    cited = cited_digits(request.GET)
    arrivals = arrivals_of(process)
    states = list(states_of(process, arrivals[-MAX_STATES:]))
    return answer(
        request,
        "pages/earlier.html",
        language,
        process=process,
        here=process_page(process.ocid),
        states=states[::-1],
        left_out=max(len(arrivals) - MAX_STATES, 0),
        is_too_large=not states and bool(arrivals),
        cited=cited,
        marked=next((state.digest for state in states if cited and state.digest.startswith(cited)), ""),
        is_as_published=bool(states) and states[-1].digest == bytes(process.digest).hex(),
    )


@reading_page
def record(request: HttpRequest, _language: str) -> HttpResponse:
    """Return the compiled release of one state as JSON, by the first digits of its SHA-256."""
    process = find_public(request.GET.get("ocid", ""))
    cited = cited_digits(request.GET)
    states = states_of(process, arrivals_of(process)[-MAX_STATES:]) if cited else ()
    state = next((state for state in states if state.digest.startswith(cited)), None)
    if state is None:
        raise Http404
    response = HttpResponse(state.record, content_type="application/json")
    name = f"veedor-record-{slugify(process.ocid)}-{state.anchor}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Robots-Tag"] = "noindex"
    return response


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
    before, last = None, ""
    for arrival in arrivals:
        found = record_at(process, arrival.moment)
        if found is None or found[1].hex() == last:
            continue
        last = found[1].hex()
        record = for_public(found[0], process.country)
        release = decode_stored(record.decode())
        changes = None if before is None else changes_between(before, release)
        yield State(arrival.moment.date(), arrival.releases, last, record, changes)
        before = release


def changes_between(before: dict[str, object], after: dict[str, object]) -> list[Section]:
    """Return what a state says differently from the one before, and what it no longer says."""
    compared = compare(before, after)
    gone = (section._replace(rows=[row for row in section.rows if row.claimed is None]) for section in compared.same)
    return [*compared.different, *(section for section in gone if section.rows)]
