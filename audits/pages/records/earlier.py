"""
Earlier states of a record in order of arrival, each with its SHA-256 and its changes.

A citation names the SHA-256 of the public record that was read. This page finds that state after the record changed.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.text import slugify

from audits.pages.addresses import process_page
from audits.pages.records.process import CITED_DIGITS, cited_digits, find_public, no_longer_public
from contracts.intake.states import MAX_STATES, State, arrivals_of, states_of
from contracts.ocds.gate.document import decode_stored
from contracts.pages.comparison import Section, compare
from contracts.pages.rendering import answer, reading_page


class ShownState(NamedTuple):
    """
    A record from a day (UTC) until its next state, with its changes since the state before.

    ``changes`` is None for the first state shown.
    """

    day: date
    releases: list[str]
    digest: str
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
        states=list(_shown(states))[::-1],
        left_out=max(len(arrivals) - MAX_STATES, 0),
        is_too_large=not states and bool(arrivals),
        cited=cited,
        marked=next((state.digest for state in states if cited and state.digest.startswith(cited)), ""),
        is_as_published=bool(states) and states[-1].whole == bytes(process.digest).hex(),
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
    name = f"veedor-record-{slugify(process.ocid)}-{state.digest[:CITED_DIGITS]}.json"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _shown(states: Iterable[State]) -> Iterator[ShownState]:
    before = None
    for state in states:
        release = decode_stored(state.record.decode())
        changes = None if before is None else changes_between(before, release)
        yield ShownState(state.arrival.moment.date(), state.arrival.releases, state.digest, changes)
        before = release


def changes_between(before: dict[str, object], after: dict[str, object]) -> list[Section]:
    """Return what a state says differently from the one before, and what it no longer says."""
    compared = compare(before, after)
    gone = (section._replace(rows=[row for row in section.rows if row.claimed is None]) for section in compared.same)
    return [*compared.different, *(section for section in gone if section.rows)]
