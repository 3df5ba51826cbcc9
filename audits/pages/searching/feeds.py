"""Atom feed of a search: its new processes, and news about those it found. Cheap enough to poll."""

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
from msgspec import Struct, structs

from audits.pages.addresses import process_page
from audits.pages.list_entries import list_entry
from audits.pages.searching.followed import FOLLOWED, asked_for, heard, problems_of_feed
from audits.pages.searching.public_changes import HEARD, Told, questions_of, telling, told_of
from audits.pages.searching.search_query import matching
from contracts.models import Change, ContractingProcess
from contracts.pages.rendering import reading_page
from contracts.pages.xml_texts import writable
from contracts.postgres.search import bounded
from contracts.postgres.time_limits import MAX_SECONDS, statement_timeout
from contracts.translating import language_in_force

ENTRIES = 50
# Number of recent changes read, and how many of these are checked against the search.
LOOKED_AT, MAX_CHANGES = 50_000, 2_000
# New processes are read separately, and rules raise flags by the thousand.
_CHANGED = frozenset(HEARD) - {Change.Kind.CREATED, Change.Kind.FLAG_RAISED}


class Entry(Struct, frozen=True):
    """
    An event of a process, or of a question about it, on a day; ``question`` is the text of the question.

    Days only: the time at which a record arrived could identify its sender.
    """

    process: ContractingProcess
    day: date
    told: Told
    question: str = ""

    @property
    def is_new(self) -> bool:
        return self.told.kind is Change.Kind.CREATED


class SearchFeed(Feed):
    """The latest processes of a search, and the events of those that it finds."""

    feed_type = Atom1Feed
    author_name = "Veedor"  # RFC 4287 asks for one

    def __init__(self, site: str) -> None:
        self._site = site

    def get_object(self, request: HttpRequest) -> Any:  # type: ignore[override]
        return request.GET

    def title(self, asked: Any) -> str:
        """Return the title with the query, because people who follow several feeds see only their titles."""
        return writable(" · ".join([_("Veedor: news of contracting processes"), *asked_for(asked)]))

    def link(self, asked: Any) -> str:
        return f"{reverse('search')}?{asked.urlencode()}"

    def feed_url(self, asked: Any) -> str:
        """Return the feed's own address with the query; otherwise feed readers would follow all records."""
        query = asked.urlencode()
        return f"{reverse('feed')}?{query}" if query else reverse("feed")

    def subtitle(self, _asked: Any) -> str:
        return _("A flag is a question about a published record, not an accusation. A person decides.")

    def items(self, asked: Any) -> list[Entry]:
        with bounded():
            found, _problems = matching(asked, FOLLOWED)
        entries = sorted([*_new(found), *_changed(asked, found)], key=_place, reverse=True)[:ENTRIES]
        questions = questions_of(entry.told for entry in entries)
        return [structs.replace(entry, question=questions.get(entry.told.flag, "")) for entry in entries]

    def item_title(self, item: Any) -> str:
        title = list_entry(item.process, language_in_force())["title"]
        return writable(title if item.is_new else f"{title} · {item.told.in_words}")

    def item_description(self, item: Any) -> str:
        """Return the description as escaped HTML: text from records must not become markup or load pictures."""
        row = list_entry(item.process, language_in_force())
        return escape(writable(" · ".join(filter(None, [item.question, row["parties"], *row["facts"]]))))

    def item_link(self, item: Any) -> str:
        return item.told.address or process_page(item.process.ocid)

    def item_guid(self, item: Any) -> str:
        """Return the id of an entry: feed readers do not show a known id again."""
        address = f"{self._site}{self.item_link(item)}"
        return address if item.is_new else f"{address}#{item.told.kind}-{item.day}"

    def item_updateddate(self, item: Any) -> datetime:
        return datetime.combine(item.day, time.min, UTC)


def _new(found: QuerySet[ContractingProcess]) -> Iterator[Entry]:
    """Yield the newest processes; one without a "created" change is older than the log of changes."""
    processes = list(found.order_by("-pk")[:ENTRIES])
    came = Change.objects.filter(kind=Change.Kind.CREATED, ocid__in=[process.ocid for process in processes])
    days = {ocid: at.date() for ocid, at in came.order_by("pk").values_list("ocid", "at")}
    for process in processes:
        yield Entry(process, days.get(process.ocid, process.compiled_at.date()), Told(Change.Kind.CREATED))


def _changed(asked: Any, found: QuerySet[ContractingProcess]) -> Iterator[Entry]:
    """
    Yield recent events of found processes and their questions, once a day and kind.

    The removal of a question is reported only once, on its last day.
    """
    newest = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    changes = telling(Change.objects.filter(pk__gt=newest - LOOKED_AT), _CHANGED).order_by("-pk")
    seen: dict[tuple[str, Told, Any], date] = {}
    for change in changes[:MAX_CHANGES]:
        told, day = told_of(change), change.at.date()
        once = None if told.kind is Change.Kind.FLAG_REMOVED else day
        seen.setdefault((change.flag_ocid or change.ocid, told, once), day)
    processes = heard(asked, found, [(ocid, told) for ocid, told, _once in seen])
    latest = [
        (processes[ocid, told], day, told) for (ocid, told, _once), day in seen.items() if (ocid, told) in processes
    ]
    for process, day, told in latest[:ENTRIES]:
        yield Entry(process, day, told)


def _place(entry: Entry) -> tuple[Any, ...]:
    """Return the sort key of entries: by day, then by process."""
    return entry.day, entry.process.pk, entry.told.flag or 0, entry.told.kind


@reading_page
def feed(request: HttpRequest, _language: str) -> HttpResponse:
    """Return the feed of a search; 400 if the query is invalid, because an empty feed would look like no news."""
    with statement_timeout(MAX_SECONDS):
        with bounded():
            problems = problems_of_feed(request.GET)
        if problems:
            return HttpResponse("\n".join(problems), status=400, content_type="text/plain; charset=utf-8")
        return SearchFeed(request.build_absolute_uri("/")[:-1])(request)
