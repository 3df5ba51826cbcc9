"""
Corrections: published questions and records that were taken back or changed, for those who cited them.

Of a question that is no longer published it says only that, as its own page does; dates without times, as elsewhere.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.translation import gettext as _
from msgspec import Struct

from audits.api.changes import visible_changes
from audits.models import Flag
from audits.models.flag_state import CHANGED_SINCE_CONFIRMED
from audits.pages.addresses import process_page
from audits.pages.labels import rule_name
from audits.pages.records.flags import show_flags
from contracts.models import Change, ContractingProcess
from contracts.models.change import OF_RECORDS
from contracts.pages.rendering import EVERYONE, answer, reading_page
from contracts.pages.xml_texts import writable

# Maximum number of corrections of each kind.
LATEST = 200


class Correction(Struct, frozen=True, order=True):
    """
    A correction on a day (UTC): the name and address of its subject; ``detail`` may be empty.

    ``kind`` is a code, the same in all languages.
    """

    day: date
    happened: str
    name: str
    address: str
    kind: str
    detail: str = ""


def corrections() -> list[Correction]:
    """Return the latest corrections, the last day first. Within a day the order does not reveal times."""
    return sorted([*_taken_back(), *_changed(), *_of_records()], reverse=True)


def _taken_back() -> Iterator[Correction]:
    """Yield the confirmed questions that are no longer published."""
    gone: QuerySet[Flag, Any] = (
        Flag.objects.once_published()
        .filter(taken_back_at__isnull=False)
        .order_by("-taken_back_at")
        .values_list("pk", "taken_back_at")
    )
    for pk, moment in gone[:LATEST]:
        yield Correction(
            moment.date(),
            _("A confirmed question is no longer published"),
            _("Question %(number)d") % {"number": pk},
            reverse("flag-page", args=[pk]),
            "taken-back",
        )


def _changed() -> Iterator[Correction]:
    """Yield the confirmed questions that changed since and were not reviewed again."""
    changed = Flag.objects.public().filter(CHANGED_SINCE_CONFIRMED).order_by("-changed_at")[:LATEST]
    days = {pk: moment.date() for pk, moment in changed.values_list("pk", "changed_at")}
    for flag in show_flags(Flag.objects.filter(pk__in=days)):
        yield Correction(
            days[flag.id],
            _("A confirmed question has changed"),
            f"{rule_name(flag.rule)}: {flag.process or flag.organization}",
            reverse("flag-page", args=[flag.id]),
            "changed",
            flag.notice,
        )


def _of_records() -> Iterator[Correction]:
    """Yield the records that were taken back, and those that sums now count differently."""
    changes = Change.objects.filter(kind__in=OF_RECORDS).order_by("-pk")
    found = list(visible_changes(EVERYONE, changes)[:LATEST])
    processes = ContractingProcess.objects.public().filter(ocid__in={change.ocid for change in found})
    names = {process.ocid: process.called for process in processes}
    for change in found:
        label = str(Change.Kind(change.kind).label)
        happened = _("A record: %(what)s") % {"what": label}
        name, address = names.get(change.ocid, change.ocid), process_page(change.ocid)
        yield Correction(change.at.date(), happened, name, address, change.kind)


@reading_page
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show the latest corrections."""
    return answer(request, "pages/corrections.html", language, corrections=corrections(), latest=LATEST)


class CorrectionsFeed(Feed):
    """The latest corrections, as an Atom feed."""

    feed_type = Atom1Feed
    author_name = "Veedor"  # RFC 4287 asks for one

    def __init__(self, site: str) -> None:
        self._site = site

    def title(self) -> str:
        return _("Veedor: corrections")

    def link(self) -> str:
        return reverse("corrections")

    def feed_url(self) -> str:
        return reverse("corrections-feed")

    def subtitle(self) -> str:
        return _("What was published here and was taken back or has changed since.")

    def items(self) -> list[Correction]:
        return corrections()[:LATEST]

    def item_title(self, item: Any) -> str:
        return writable(f"{item.happened}: {item.name}")

    def item_description(self, item: Any) -> str:
        """Return it as HTML, which Django declares it to be: text must stay text."""
        return escape(writable(item.detail))

    def item_link(self, item: Any) -> str:
        return str(item.address)

    def item_guid(self, item: Any) -> str:
        """Return an id per correction, absolute (RFC 4287): feed readers do not show a known id again."""
        return f"{self._site}{item.address}#{item.kind}-{item.day}"

    def item_updateddate(self, item: Any) -> datetime:
        return datetime.combine(item.day, time.min, UTC)


@reading_page
def feed(request: HttpRequest, _language: str) -> HttpResponse:
    return CorrectionsFeed(request.build_absolute_uri("/")[:-1])(request)
