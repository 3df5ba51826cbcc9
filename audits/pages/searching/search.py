"""Search: one box over processes, contracts and organizations. The API accepts the same query."""

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audits.pages.addresses import process_page
from audits.pages.labels import SECTORS
from audits.pages.list_entries import list_entry
from audits.pages.searching.choices import address, facets_of
from audits.pages.searching.facets import MAX_COUNTED, read_matched
from audits.pages.searching.nothing_found import MAX_NAME, organizations_alike, what_is_meant
from audits.pages.searching.quoting import quoted
from audits.pages.searching.search_kinds import (
    BY_DOLLARS,
    FILTERS,
    KINDS,
    OF_ALL_KINDS,
    RELEVANCE,
    Kind,
    narrowing,
)
from audits.pages.searching.search_query import OWN, for_filters, matching, page_number, public_rows
from contracts.api.document_words import DOCUMENT_WORDS, pages_of_processes
from contracts.api.protocol.problems import RETRY_SECONDS
from contracts.api.protocol.query.parameters import is_blank
from contracts.api.protocol.query.unknown import unnamed
from contracts.models import ContractingProcess
from contracts.names.finding import withholds_number
from contracts.pages.display import whole
from contracts.pages.misread import MAX_SHOWN, field_name, unknown_names
from contracts.pages.rendering import EVERYONE, answer, reading_page
from contracts.postgres.search import bounded, distance
from contracts.postgres.search_terms import read_terms
from contracts.postgres.time_limits import MAX_SECONDS, in_time, statement_timeout, was_stopped

ROWS = 20
MAX_PAGE = 50
# Maximum number of rows ranked by relevance if no order is given, because ranking reads each row.
MAX_RANKED = 1_000
# To tell whether documents hold the words of a search: the answer itself must not wait for it.
DOCUMENT_SECONDS = 1.0


class Unnamed(NamedTuple):
    """An organization filter that matches none, with (name, address) of suggestions and of a word search."""

    value: str
    meant: list[tuple[str, str]]
    search: str


@reading_page
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show the results."""
    name = request.GET.get("in", "")
    name = name if name in KINDS else "processes"
    kind = KINDS[name]
    given = for_filters(request.GET, kind)
    found: dict[str, Any] = {"problems": [], "order": request.GET.get("order_by") or kind.usual}
    was_late = False
    try:
        with statement_timeout(MAX_SECONDS):
            found |= _find(request.GET, kind, given, language)
    except OperationalError as error:
        if not was_stopped(error):
            raise
        was_late = True
        found["problems"] = [_("The search took too long. Use more specific words, or choose a country.")]
    understood = HTTPStatus.BAD_REQUEST if found["problems"] else HTTPStatus.OK
    # Programs that fetch these send no language.
    of_file = urlencode(given | {"lang": get_language()})
    response = answer(
        request,
        "pages/search.html",
        language,
        misread=[
            *unknown_names(request.GET, OWN | narrowing(kind), FILTERS),
            *found.pop("beyond", ()),
        ],
        status=HTTPStatus.SERVICE_UNAVAILABLE if was_late else understood,
        q=request.GET.get("q", ""),
        kind=name,
        kinds=[
            (name, other.label, address(request.GET, {"in": name}, {"q", "lang"} | narrowing(other) & OF_ALL_KINDS))
            for name, other in KINDS.items()
        ],
        hidden=[(key, value) for key, value in request.GET.items() if key not in {"q", "page"}],
        in_documents_too=kind.has_process,
        words_in_documents=request.GET.get(DOCUMENT_WORDS, ""),
        # The year of a process is that of its latest release, so a period makes no sense for processes.
        period=[(key, request.GET.get(key, "")) for key in ("year", "until")] if name == "contracts" else [],
        orders=[
            (order, label)
            for order, (label, _column) in kind.orders.items()
            if order != RELEVANCE or request.GET.get("q")
        ],
        api=f"{reverse(kind.route)}?{urlencode(given)}",
        files=_files(f"{kind.route}-export", of_file),
        sums=_files("contract-sums-export", of_file) if name == "contracts" else [],
        feed=f"{reverse('feed')}?{of_file}" if name == "processes" else "",
        saved=_saved(request.GET),
        **found,
    )
    if was_late:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _files(route: str, query: str) -> list[tuple[str, str]]:
    """Return the formats in which a list can be downloaded, each with its address."""
    return [(kind.upper(), f"{reverse(route, args=[kind])}?{query}") for kind in ("csv", "xlsx")]


def _find(asked: QueryDict, kind: Kind, given: dict[str, str], language: str) -> dict[str, Any]:
    """Return a page of rows, their number, and facets; or what is invalid in the query."""
    with bounded() as bounds:
        queryset, problems = matching(asked, kind, given)
    if problems:
        return {"problems": problems}
    matched = read_matched(queryset, kind.process, has_process=kind.has_process)
    number = len(matched)
    last = min(-(-number // ROWS), MAX_PAGE)
    here = min(max(page_number(asked), 1), max(last, 1))
    if number <= MAX_COUNTED:  # their keys are known, so the words need not be searched again
        queryset = public_rows(kind).filter(pk__any_of=[row.pk for row in matched])
    order = _order(asked, kind, number)
    if order == RELEVANCE:
        queryset = queryset.annotate(**{RELEVANCE: distance(queryset.model, str(asked["q"]), *kind.paths)})
    _label, columns = kind.orders[order]
    rows = queryset.order_by(*columns)[(here - 1) * ROWS : here * ROWS]
    by_dollars = order == BY_DOLLARS and number <= MAX_COUNTED
    facets = list(facets_of(asked, matched[:MAX_COUNTED], kind, language))
    return {
        "rows": list(_entries(rows, asked, kind, language)),
        "order": order,
        "number": number,
        "is_more": number > MAX_COUNTED,
        "most": MAX_COUNTED,
        "among": bounds.among,
        "without_dollars": queryset.filter(amount_usd=None).count() if by_dollars else 0,
        "facets": facets,
        "chosen": [choice.label for facet in facets for choice in facet.choices if choice.is_chosen],
        "previous": address(asked, {"page": here - 1}) if here > 1 else "",
        "next": address(asked, {"page": here + 1}) if here < last else "",
        "here": here,
        "beyond": list(_beyond(asked, order, here)),
        "last": last,
        # Only ``MAX_PAGE`` pages are served, even if there are more rows.
        "end": MAX_PAGE * ROWS if here == last and number > MAX_PAGE * ROWS else None,
        "unnamed": [] if number else list(_unnamed(asked, kind, given)),
        "alike": [] if number else organizations_alike(asked.get("q", "")),
        "by_number": not number and withholds_number(asked.get("q", ""), EVERYONE),
        "exact": _of_ocid(asked.get("q", "").strip()) if kind.has_process else None,
        "instead": [] if number else list(_instead(asked, kind)),
        "in_documents": _in_documents(asked, kind),
    }


def _entries(rows: Iterable[Any], asked: QueryDict, kind: Kind, language: str) -> Iterator[dict[str, Any]]:
    """Yield what the list shows of each row: with words in documents, their passages too."""
    listed = list(rows)
    text = asked.get(DOCUMENT_WORDS, "") if kind.has_process else ""
    keys = [row.process_id if kind.process else row.pk for row in listed]
    pages = pages_of_processes(text, EVERYONE, keys) if text else {}
    for row, key in zip(listed, keys, strict=True):
        yield list_entry(row, language) | {"pages": [quoted(page) for page in pages.get(key, ())]}


def _in_documents(asked: QueryDict, kind: Kind) -> tuple[int, str] | None:
    """Return the number of records whose published documents hold the words, and the address of that search."""
    words = asked.get("q", "")
    if not words or asked.get(DOCUMENT_WORDS) or not read_terms(words).wanted:
        return None
    there = KINDS["processes"] if not kind.has_process else kind
    moved = asked.copy()
    moved["q"], moved[DOCUMENT_WORDS] = "", words
    with bounded():
        found = in_time(DOCUMENT_SECONDS, partial(_number_of, moved, there), 0)
    name = next(name for name, other in KINDS.items() if other is there)
    return (found, address(moved, {"in": name}, {"lang", DOCUMENT_WORDS} | narrowing(there))) if found else None


def _number_of(asked: QueryDict, kind: Kind) -> int:
    """Return how many rows match, at most one more than are counted."""
    return matching(asked, kind)[0].order_by()[: MAX_COUNTED + 1].count()


def _order(asked: QueryDict, kind: Kind, number: int) -> str:
    """Return the order of rows: the requested one; else relevance if few rows contain the words."""
    order = asked.get("order_by", "")
    if asked.get("q") and RELEVANCE in kind.orders and number <= (MAX_COUNTED if order else MAX_RANKED):
        return order or RELEVANCE
    return kind.usual if order in ("", RELEVANCE) else order


def _beyond(asked: QueryDict, order: str, here: int) -> Iterator[str]:
    """Yield a sentence about each request that exceeds what is served."""
    if page_number(asked) > here:
        yield _("There is no page %(page)d; this is the last one.") % {"page": page_number(asked)}
    if asked.get("order_by") == RELEVANCE != order:
        yield _("Only up to %(most)s rows that hold given words can be ordered by relevance.") % {
            "most": whole(MAX_COUNTED)
        }


def _of_ocid(text: str) -> tuple[str, str] | None:
    """Return (name, address) of the process whose ocid a text is, because parts of an ocid match other records too."""
    found = ContractingProcess.objects.public().defer("compiled_release", "corrections").filter(ocid=text)
    process = found.first() if text and "\0" not in text else None
    return (process.called, process_page(process.ocid)) if process else None


def _instead(asked: QueryDict, kind: Kind) -> Iterator[tuple[str, str]]:
    """Yield (text, address) of alternative searches that do find something."""
    words = asked.get("q", "").strip()
    if not words or len(words) > MAX_NAME:
        return
    for name, other in sorted(KINDS.items(), key=lambda entry: entry[1] is not kind):
        if (other is not kind or narrowing(kind) & asked.keys() - {"q"}) and _finds(words, other):
            text = _("%(kind)s, without the other choices") % {"kind": other.label}
            yield (text if other is kind else str(other.label)), address(asked, {"in": name}, {"q", "lang"})
    meant = what_is_meant(words)
    if meant.text and _finds(meant.text, kind):
        yield f"“{meant.text}”", address(asked, {"q": meant.text, "in": asked.get("in", "")}, {"lang"})
    for sector in meant.sectors:
        yield f"{field_name('sector')}: {SECTORS[sector]}", address(asked, {"sector": sector}, {"lang"})


def _finds(words: str, kind: Kind) -> bool:
    found, problems = matching(QueryDict(urlencode({"q": words})), kind)
    return not problems and found.exists()


def _saved(asked: QueryDict) -> str:
    """Return the query as it can be followed, without the empty fields that forms send and a saved search refuses."""
    given = {name: str(asked[name]) for name in asked if name in narrowing(KINDS["processes"])}
    return urlencode({name: value for name, value in given.items() if not is_blank(value)})


def _unnamed(asked: QueryDict, kind: Kind, given: Mapping[str, str]) -> Iterator[Unnamed]:
    for name, value, meant in unnamed(kind.filters.base_filters, given, EVERYONE):
        whole_value = str(asked[name])
        yield Unnamed(
            value[:MAX_SHOWN],
            [
                (row["name"] or row["key"], address(asked, {name: whole_value.replace(value, str(row["id"]))}))
                for row in meant
            ],
            address(asked, {"in": "organizations", "q": value}, keep=("lang",)),
        )
