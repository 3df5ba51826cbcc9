"""What is new of a search, as an Atom feed: readers of feeds ask for it as often as they like."""

from datetime import UTC, datetime, time
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from audits.pages.addresses import process_page
from audits.pages.list_entries import list_entry
from audits.pages.search import KINDS, matching, narrowing
from contracts.models import ContractingProcess
from contracts.pages.rendering import reading_page
from contracts.pages.xml_texts import writable
from contracts.postgres.search import MAX_SECONDS, bounded, statement_timeout
from contracts.translating import language_in_force

ENTRIES = 50


class SearchFeed(Feed):
    """The latest processes of a search. Times are days: when a record arrived could identify who sent it."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest) -> Any:  # type: ignore[override]
        return request.GET

    def title(self, asked: Any) -> str:
        """Return its name with what is asked for: readers follow several, and see no more of each."""
        named = narrowing(KINDS["processes"])
        values = [asked[name] for name in asked if name in named and asked[name]]
        return writable(" · ".join([_("Veedor: new contracting processes"), *values]))

    def link(self, asked: Any) -> str:
        return f"{reverse('search')}?{asked.urlencode()}"

    def feed_url(self, asked: Any) -> str:
        """Return the address of the feed itself: readers that go by it would follow all records without its query."""
        query = asked.urlencode()
        return f"{reverse('feed')}?{query}" if query else reverse("feed")

    def subtitle(self, asked: Any) -> str:
        return asked.urlencode()

    def items(self, asked: Any) -> list[ContractingProcess]:
        with bounded():
            found, _problems = matching(asked, KINDS["processes"])
        return list(found.order_by("-pk")[:ENTRIES])

    def item_title(self, item: Any) -> str:
        return writable(list_entry(item, language_in_force())["title"])

    def item_description(self, item: Any) -> str:
        row = list_entry(item, language_in_force())
        return writable(" · ".join(filter(None, [row["parties"], *row["facts"]])))

    def item_link(self, item: Any) -> str:
        return process_page(item.ocid)

    def item_updateddate(self, item: Any) -> datetime:
        return datetime.combine(item.compiled_at.date(), time.min, UTC)


@reading_page
def feed(request: HttpRequest, _language: str) -> HttpResponse:
    """Return the feed of a search; 400 where it is not understood, for an empty feed would be taken for no news."""
    with statement_timeout(MAX_SECONDS):
        with bounded():
            _found, problems = matching(request.GET, KINDS["processes"])
        if problems:
            return HttpResponse("\n".join(problems), status=400, content_type="text/plain; charset=utf-8")
        return SearchFeed()(request)
