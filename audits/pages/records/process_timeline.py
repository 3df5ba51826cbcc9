"""The timeline of a contracting process, from the plan to the end, as a picture with its table."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import msgspec
from django.db import models
from django.db.models import Func, Sum, Window
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from msgspec import Struct

from contracts.intake.documents.linked_documents import parse_stored, zone_of
from contracts.models import ContractingProcess, Release
from contracts.ocds.parsing.calendar_days import day_of
from contracts.pages.charts.timeline import Span, timeline
from contracts.pages.pictures import Cell, Picture

# Maximum number of events drawn of each kind; all are counted.
MAX_OF_A_KIND = 5
# Maximum number of releases read, and their maximum total size: one release may have megabytes.
MAX_RELEASES = 50
MAX_BYTES = 8_000_000


class Event(Struct, frozen=True):
    """A stage of a process and its days; empty if the record gives no date."""

    label: str
    start: date | None = None
    end: date | None = None

    @property
    def text(self) -> str:
        return " – ".join(_written(day) for day in (self.start, self.end) if day)


def events_of(process: ContractingProcess, release: dict[str, Any]) -> list[Event]:
    """Return the stages in a compiled release, including undated ones."""
    happened = [*_open_for_bids(process, release), *_decided(process)]
    return [*_announced(process, release, happened), *happened, *_amended(release)]


def pictures_of_events(events: list[Event]) -> list[Picture]:
    """Return the picture of the dated events; none if there are none."""
    dated = sorted(
        (event for event in events if event.start), key=lambda event: (event.start, event.end or event.start)
    )
    if not dated:
        return []
    title = _("What happened when")
    spans = [Span(event.label, event.start, event.text, event.end) for event in _first_of_each(dated) if event.start]
    rows = [
        (Cell(span.label), Cell(span.start.isoformat(), _written(span.start)), _ending(span.end)) for span in spans
    ]
    first, last = spans[0].start, max(span.end or span.start for span in spans)
    coverage = _("Stages of the record with a date: %(counted)s of %(all)s.")
    cut = _("The first %(most)s of each kind are shown: %(shown)s of %(all)s.")
    left_out = cut % {"most": MAX_OF_A_KIND, "shown": len(spans), "all": len(dated)} if len(spans) < len(dated) else ""
    return [
        Picture(
            name="timeline",
            title=title,
            coverage=coverage % {"counted": len(dated), "all": len(events)},
            period=" – ".join(dict.fromkeys((_written(first), _written(last)))),
            note=" ".join(filter(None, [left_out, _("As the record dates it.")])),
            head=(_("What"), _("From"), _("To")),
            rows=rows,
            svg=timeline(title, spans),
            is_wide=True,
        )
    ]


def _first_of_each(dated: list[Event]) -> Iterator[Event]:
    numbers: Counter[str] = Counter()
    for event in dated:
        numbers[event.label] += 1
        if numbers[event.label] <= MAX_OF_A_KIND:
            yield event


def _ending(end: date | None) -> Cell:
    return Cell(end.isoformat(), _written(end)) if end else Cell("")


def _announced(process: ContractingProcess, release: dict[str, Any], happened: list[Event]) -> Iterator[Event]:
    """
    Yield when the process was planned and published.

    :param happened: later stages. A plan or notice dated after them was republished, as by sources that date all
        releases by the day on which they were generated
    """
    last = min((event.start for event in happened if event.start), default=date.max)
    tagged = _days_of_releases(process)
    planned = [*_days_of_documents(release.get("planning")), *tagged["planning"]]
    notices = _days_of_documents(release.get("tender"), of_types=("tenderNotice", "biddingDocuments"))
    for label, days in ((_("Planned"), planned), (_("Published"), [*notices, *tagged["tender"]])):
        if days:
            yield Event(label, min((day for day in days if day <= last), default=None))


def _open_for_bids(process: ContractingProcess, release: dict[str, Any]) -> Iterator[Event]:
    bids, zone = parse_stored(process, release).tender.tender_period, zone_of(process)
    if bids and (bids.start or bids.end):
        yield _period(_("Bids"), *(day_of(moment, zone) if moment else None for moment in (bids.start, bids.end)))
    elif release.get("tender"):
        yield Event(_("Bids"))


def _decided(process: ContractingProcess) -> Iterator[Event]:
    """Yield awards, signatures, and the periods of contracts."""
    for awarded in process.awards.values_list("awarded_on", flat=True):
        yield _period(_("Award"), awarded, None)
    for basis, signed, start, end in process.contracts.values_list("basis", "signed_on", "starts_on", "ends_on"):
        if basis == "contract":
            yield _period(_("Signature"), signed, None)
        if start and end and end > start:
            yield _period(_("Contract"), start, end)
        elif end:
            yield _period(_("End of the contract"), end, None)


def _amended(release: dict[str, Any]) -> Iterator[Event]:
    for contract in objects_of(release.get("contracts")):
        for amendment in objects_of(contract.get("amendments")):
            yield Event(_("Amendment"), _read_day(amendment.get("date")))


def _period(label: str, start: date | None, end: date | None) -> Event:
    if start is None:
        return Event(label, end)
    return Event(label, start, end if end and end > start else None)


class _Dated(Struct):
    """The members read from a release as received."""

    date: Any = None
    tag: Any = None


def _days_of_releases(process: ContractingProcess) -> dict[str, list[date]]:
    """
    Return the days of the first releases about a plan or a tender, by ``planning`` or ``tender``.

    A release that also contains an award, or that changes the tender, does not date its publication.
    """
    found: dict[str, list[date]] = {"planning": [], "tender": []}
    sizes = Func("content", function="octet_length", output_field=models.BigIntegerField())
    releases = Release.objects.of_process(process).annotate(read=Window(Sum(sizes), order_by="pk"))
    for content in releases.filter(read__lte=MAX_BYTES).values_list("content", flat=True)[:MAX_RELEASES]:
        try:
            dated = msgspec.json.decode(bytes(content), type=_Dated)
        except msgspec.DecodeError:  # stored as sent, including invalid JSON
            continue
        read = _read_day(dated.date)
        tags = [tag for tag in dated.tag if isinstance(tag, str)] if isinstance(dated.tag, list) else []
        if read and all(tag.startswith(("planning", "tender")) for tag in tags):
            for stage in found.keys() & tags:
                found[stage].append(read)
    return found


def _days_of_documents(stage: Any, of_types: tuple[str, ...] = ()) -> Iterator[date]:
    for document in objects_of(stage.get("documents")) if isinstance(stage, dict) else []:
        if not of_types or document.get("documentType") in of_types:
            read = _read_day(document.get("datePublished"))
            if read:
                yield read


def _read_day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _written(moment: date) -> str:
    return date_format(moment, "DATE_FORMAT")


def objects_of(value: Any) -> list[dict[str, Any]]:
    """Return the objects in a list of a record; empty if the value is not a list."""
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
