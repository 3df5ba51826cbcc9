"""The page of a contracting process: what was bought, when, by whom and from whom, and the questions about it."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from http import HTTPStatus
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.api.changes import is_gone, visible_changes
from audits.api.flag_rows import FlagRow
from audits.api.processes import lacking
from audits.models import Audit, Flag, Reply
from audits.pages.addresses import process_page
from audits.pages.labels import rule_title
from audits.pages.list_entries import value_of
from audits.pages.records.flags import show_flags
from audits.pages.records.process_timeline import events_of, objects_of, pictures_of_events
from audits.pages.records.same_title import other_tenders
from audits.pages.records.signed_copy import require_key, signed_copy
from audits.pages.technologies import SLUGS, technology_name
from audits.replies import published
from audits.wording import place_name, why_not
from contracts.api.addresses import process_address
from contracts.api.protocol.citing import Citation, cite
from contracts.api.protocol.rows.columns import rows_of
from contracts.api.twice import perhaps_same
from contracts.decisions.taken_back import taken_back
from contracts.models import Change, ContractingProcess, Release
from contracts.models.process import for_public, is_withheld, public_digest
from contracts.ocds.codelists.countries import country_name
from contracts.ocds.gate.document import decode_stored
from contracts.pages.display import (
    MAX_SUPPLIERS,
    Link,
    Rows,
    first_rows,
    process_provenance,
    web_link,
    without_result,
)
from contracts.pages.pictures import picture_file
from contracts.pages.record import compiled_release, read_record
from contracts.pages.rendering import EVERYONE, answer, reading_page
from contracts.translating import correction_detail

# Maximum number of changes read, the latest ones: some records are amended every hour.
MAX_CHANGES = 500
# Number of digits of a SHA-256 in the address to cite.
CITED_DIGITS = 16
_IN_ONE_PACKAGE = ("/releases/", "/records/")
_CITED = re.compile(r"[0-9a-f]{8,64}")


class Came(NamedTuple):
    """
    A release as received; for an official one, the SHA-256 of its file and its place in it.

    ``package`` is the publisher's address of the package, ``published`` its date, both as stated there.
    """

    id: str
    received: date
    sha256: str
    file: str = ""
    place: str = ""
    package: str = ""
    published: str = ""

    @property
    def link(self) -> Link:
        return web_link(self.package)


class NotAsked(NamedTuple):
    """A rule that lacked a field, and which, in the reader's language."""

    code: str
    title: str
    field: str
    why: str


@reading_page
def page(request: HttpRequest, language: str, ocid: str = "") -> HttpResponse:
    """Show a process; 410 if it was public and no longer is."""
    ocid = ocid or request.GET.get("ocid", "")
    try:
        process = find_public(ocid)
    except Http404:
        return no_longer_public(request, language, ocid)
    release, digest = _public_record(process)
    events = events_of(process, release)
    audit = Audit.objects.filter(process=process.pk, is_current=True).first()
    return answer(
        request,
        "pages/process.html",
        language,
        process=process,
        title=process.called,
        country_name=country_name(process.country, language),
        value=value_of(process),
        without_result=without_result(process),
        provenance=process_provenance(process),
        published_twice=list(_published_twice(process)),
        other_tenders=other_tenders(process, language),
        technologies=[
            {"name": technology_name(sector), "address": reverse("technology", args=[SLUGS[sector]])}
            for sector in (audit.sectors if audit else [])
        ],
        record=read_record(process, release),
        suppliers=first_rows(_suppliers(process), MAX_SUPPLIERS),
        lots=first_rows(list(_lots(release))),
        pictures=pictures_of_events(events),
        here=process_page(process.ocid),
        flags=show_flags(Flag.objects.public().filter(process=process.pk).order_by("-severity", "pk"), release),
        replies=published(Reply.objects.accepted().filter(process=process.pk)),
        not_asked=list(_not_asked(audit)),
        releases=_releases(process),
        history=history_of(process),
        corrections=first_rows(_corrections(process)),
        citation=_citation(request, process, digest),
        cited=cited_digits(request.GET),
        is_as_cited=digest.startswith(cited_digits(request.GET)),
        api=process_address(process.ocid, format="json"),
    )


@reading_page
def picture(request: HttpRequest, _language: str, ocid: str, name: str, kind: str) -> HttpResponse:
    """Return one picture of the page as a file."""
    process = find_public(ocid)
    pictures = pictures_of_events(events_of(process, shown_release(process)))
    notice = _("This record is an invented example: none of it happened.") if process.is_example else ""
    return picture_file(request, pictures, name, kind, of=process.called, notice=notice)


@reading_page
def signed_file(request: HttpRequest, language: str) -> HttpResponse:
    """Return a signed copy of what the page of a process says; 404 if there is no signing key."""
    require_key()
    process = find_public(request.GET.get("ocid", ""))
    release, digest = _public_record(process)
    return signed_copy(
        request,
        f"record-{slugify(process.ocid)}",
        process_page(process.ocid),
        language,
        record=release,
        sha256=digest,
        releases=[
            {name: value for name, value in release._asdict().items() if value}
            for release in (_came(each, process.country) for each in _as_received(process))
        ],
        flags=rows_of(Flag.objects.public().filter(process=process.pk).order_by("pk"), FlagRow),
    )


def find_public(ocid: str) -> ContractingProcess:
    """Return the public process of an ocid; raises Http404 if there is none."""
    found = ContractingProcess.objects.public().defer("compiled_release")
    process = found.select_related("publisher", "buyer", "procuring_entity").filter(ocid=ocid).first()
    if process is None or "\0" in ocid:
        raise Http404
    return process


def no_longer_public(request: HttpRequest, language: str, ocid: str) -> HttpResponse:
    """Answer 410 for a record that is no longer public; raises Http404 if it never was."""
    gone = taken_back(ocid)
    if gone is None:
        raise Http404
    return answer(
        request,
        "pages/record_gone.html",
        language,
        status=HTTPStatus.GONE,
        ocid=ocid,
        day=gone.day,
        replaced_by=gone.replaced_by,
    )


def cited_digits(asked: Mapping[str, str]) -> str:
    """Return the first digits of the SHA-256 in a citation's address; "" if there are none."""
    digits = asked.get("cited", "").lower()
    return digits if _CITED.fullmatch(digits) else ""


def shown_release(process: ContractingProcess) -> Any:
    """Return the compiled release as the public may see it."""
    return _public_record(process)[0]


def _public_record(process: ContractingProcess) -> tuple[Any, str]:
    """Return the compiled release as the public may see it, and its SHA-256."""
    text, _release = compiled_release(process.pk)
    digest = public_digest(text.encode(), bytes(process.digest).hex(), process.country)
    return decode_stored(for_public(text.encode(), process.country).decode()), digest


def _published_twice(process: ContractingProcess) -> Iterator[dict[str, str]]:
    """Yield where the same contracts are also published, as people decided or as still undecided."""
    public = ContractingProcess.objects.public()
    for told, found in (
        (
            _("Another record publishes these contracts too, and counts in sums and shares instead of this one:"),
            public.filter(pk=process.same_as_id or 0),
        ),
        (
            _("Another record publishes these contracts too; this one counts in sums and shares instead of it:"),
            public.filter(same_as=process.pk),
        ),
        (
            _(
                "Perhaps published twice, by buyer, suppliers, and two of amount, day and number; nobody has decided "
                "yet, so both count:"
            ),
            perhaps_same(process),
        ),
    ):
        for other in found.select_related("publisher").order_by("pk"):
            text = " · ".join(filter(None, [other.publisher.name if other.publisher else "", other.ocid]))
            yield {"told": told, "text": text, "address": process_page(other.ocid)}


def _suppliers(process: ContractingProcess) -> list[dict[str, Any]]:
    named = zip(process.suppliers, process.supplier_names, strict=False)
    return [{"name": name, "address": reverse("organization-page", args=[pk])} for pk, name in named]


def _as_received(process: ContractingProcess) -> QuerySet[Release]:
    columns = ("release_id", "digest", "content", "received_at", "claim", "line", "pointer")
    found = Release.objects.of_process(process).select_related("submission")
    return found.only(*columns, "submission__package", "submission__content")


def _releases(process: ContractingProcess) -> Rows:
    found = first_rows(_as_received(process))
    return found._replace(shown=[_came(release, process.country) for release in found.shown])


def _came(release: Release, country: str) -> Came:
    whole = bytes(release.digest).hex()
    digest = public_digest(bytes(release.content), whole, country)
    came = Came(release.release_id, release.received_at.date(), digest)
    if release.claim_id is not None:  # a claim does not say where the publisher has it
        return came
    # The SHA-256 of a file tells what is withheld of it, as that of the whole release does.
    came = came._replace(file=release.submission.content_id if digest == whole else "", place=release.pointer)
    # Of a file with several packages, only the first one is known.
    if release.line > 1 or not release.pointer.startswith(_IN_ONE_PACKAGE):
        return came
    told = {name: release.submission.package.get(name) for name in ("uri", "publishedDate")}
    texts = {name: value for name, value in told.items() if isinstance(value, str)}
    return came._replace(package=texts.get("uri", ""), published=texts.get("publishedDate", ""))


def _lots(release: Any) -> Iterator[dict[str, str]]:
    tender = release.get("tender")
    for lot in objects_of(tender.get("lots")) if isinstance(tender, dict) else []:
        yield {"id": str(lot.get("id") or ""), "title": str(lot.get("title") or lot.get("description") or "")}


def _not_asked(audit: Audit | None) -> Iterator[NotAsked]:
    """Yield the rules that lacked a field of the record; the other outcomes are not published."""
    for code, outcome in lacking(audit.outcomes if audit else {}):
        field = outcome["field"]
        yield NotAsked(code, rule_title(code), field, why_not(code, {**outcome, "field": place_name(field)}))


def _corrections(process: ContractingProcess) -> list[dict[str, Any]]:
    return [
        {
            "path": row["path"],
            "found": row.get("found"),
            "used": row.get("used"),
            "why": correction_detail(row["reason"]),
        }
        for row in process.corrections
        if not is_withheld(row["path"], row.get("found"), row.get("used"))
    ]


def _citation(request: HttpRequest, process: ContractingProcess, digest: str) -> Citation:
    author = process.publisher.name if process.publisher else process.buyer_name or process.ocid
    return cite(
        kind=_("contracting record"),
        author=author,
        title=process.title or process.ocid,
        published=process.date.date() if process.date else None,
        address=request.build_absolute_uri(process_page(process.ocid, cited=digest[:CITED_DIGITS])),
        digest=digest,
        read=timezone.localdate(),
        about=(process.ocid, process.buyer_name),
    )


class Event(Struct, frozen=True):
    """An event on a day (UTC); ``rule`` is the code of the flag that it is about, or empty."""

    day: date
    label: str
    rule: str
    title: str


def history_of(process: ContractingProcess) -> Rows:
    """Return the events of a process, the latest first; repeated events of one thing on one day are shown once."""
    # Keys first: otherwise PostgreSQL would scan all changes.
    flags = list(Flag.objects.filter(process=process.pk).values_list("pk", flat=True))
    changes = visible_changes(EVERYONE, Change.objects.filter(Q(ocid=process.ocid) | Q(flag_id__any_of=flags)))
    latest = first_rows(changes.order_by("-pk"), MAX_CHANGES)
    events = first_rows(list(dict.fromkeys(map(_event, latest.shown))))
    return Rows(events.shown, events.left_out + latest.left_out)


def _event(change: Any) -> Event:
    rule = change.rule if change.flag_id is not None and change.is_visible else ""
    # The record remains: what was removed is a question about it.
    label = Change.Kind.FLAG_REMOVED.label if is_gone(change) else Change.Kind(change.kind).label
    return Event(change.at.date(), str(label), rule, rule_title(rule) if rule else "")
