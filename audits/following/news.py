"""News of a saved search."""

from operator import attrgetter
from typing import Any

from django.http import QueryDict
from msgspec import Struct

from audits.pages.addresses import process_page
from audits.pages.searching.followed import FOLLOWED, heard
from audits.pages.searching.public_changes import Told, telling, told_of
from audits.pages.searching.search_query import matching
from contracts.models import Change

# Maximum number of changes in one message; the next message continues.
MAX_CHANGES = 2_000


class Entry(Struct, frozen=True):
    """A process of the search, and the events of it and of its questions, the first one first."""

    ocid: str
    title: str
    called: str
    address: str
    buyer: str
    suppliers: list[str]
    told: list[Told]

    @property
    def kinds(self) -> list[str]:
        return list(dict.fromkeys(str(told.kind) for told in self.told))


class News(Struct, frozen=True):
    """News of ``query``; ``last`` is the number of the last change examined."""

    query: str
    entries: list[Entry]
    last: int


def newest() -> int:
    """Number the changes that have no number yet, and return the newest number."""
    return Change.objects.numbered().last_number()


def news_of(query: str, after: int, until: int | None = None) -> News:
    """
    Return the events of the processes of a search, without what is no longer public.

    :param after: number of the last change of the previous message
    :param until: number of the last change to include; by default as many as one message holds
    :raises ValueError: if the query is invalid, such as one that an earlier version accepted
    """
    changes = Change.objects.filter(number__gt=after).order_by("number")
    if until is not None:
        changes = changes.filter(number__lte=until)
    numbers = [number or 0 for number in changes.values_list("number", flat=True)[:MAX_CHANGES]]
    if not numbers:
        return News(query, [], after)
    seen = telling(changes.filter(number__lte=numbers[-1]))
    told: dict[str, dict[Told, None]] = {}
    for change in seen:
        told.setdefault(change.flag_ocid or change.ocid, {})[told_of(change)] = None
    asked = QueryDict(query)
    found, problems = matching(asked, FOLLOWED)
    if problems:
        raise ValueError(*problems)
    news: dict[Any, list[Told]] = {}
    for (_ocid, one), process in heard(asked, found, [(ocid, one) for ocid in told for one in told[ocid]]).items():
        news.setdefault(process, []).append(one)
    return News(query, [_entry(process, news[process]) for process in sorted(news, key=attrgetter("pk"))], numbers[-1])


def _entry(process: Any, told: list[Told]) -> Entry:
    parties = (process.buyer_name, process.supplier_names)
    return Entry(process.ocid, process.title, process.called, process_page(process.ocid), *parties, told)
