"""Confirmed questions, the latest confirmation first: what a newsroom filters, cites and downloads."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from audits.api.flags import FlagFilter
from audits.models import Flag, Review
from audits.pages.labels import SECTORS, rule_name
from audits.pages.records.flags import show_flags
from audits.pages.searching.search_query import values_refused
from audits.rules import RULES
from contracts.api.protocol.query.parameters import is_blank
from contracts.ocds.codelists.countries import country_name
from contracts.pages.misread import field_name, repeated, unknown_names
from contracts.pages.rendering import answer, reading_page

ROWS = 20
# Filters on the page; the API has more.
_FILTERS = ("rule", "country", "sector", "severity")


class Choice(NamedTuple):
    """A select of the form: its parameter and label, its (value, label) pairs, and the chosen value."""

    name: str
    label: str
    options: list[tuple[str, str]]
    chosen: str


@reading_page
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show a page of confirmed questions."""
    asked = {name: text for name in _FILTERS if not is_blank(text := request.GET.get(name, ""))}
    everything = Flag.objects.public().filter(decision=Flag.State.CONFIRMED)
    filters = FlagFilter(asked, queryset=everything)
    problems = list(_problems(request.GET, filters))
    found = everything.none() if problems else filters.qs
    here = Paginator(_last_first(found), ROWS).get_page(request.GET.get("page"))
    shown = {flag.id: flag for flag in show_flags(Flag.objects.filter(pk__in=list(here.object_list)))}
    query = urlencode({**asked, "decision": Flag.State.CONFIRMED.value})
    of_file = f"{query}&{urlencode({'lang': get_language()})}"
    return answer(
        request,
        "pages/confirmed_questions.html",
        language,
        status=400 if problems else 200,
        misread=list(unknown_names(request.GET, {*_FILTERS, "page"})),
        problems=problems,
        choices=list(_choices(everything, asked, language)),
        flags=[shown[key] for key in here.object_list if key in shown],
        number=here.paginator.count,
        here=here,
        previous=_address(asked, here.previous_page_number()) if here.has_previous() else "",
        next=_address(asked, here.next_page_number()) if here.has_next() else "",
        api=f"{reverse('flags')}?{query}",
        files=[(kind.upper(), f"{reverse('flags-export', args=[kind])}?{of_file}") for kind in ("csv", "xlsx")],
        followed=urlencode(asked) if asked.keys() & {"rule", "country", "sector"} and "severity" not in asked else "",
    )


def _last_first(flags: QuerySet[Flag]) -> QuerySet[Any]:
    """Return the keys of flags by their valid confirmation, the latest first."""
    confirmation = Subquery(Review.objects.confirming().values("pk")[:1])
    return flags.order_by(confirmation.desc(nulls_last=True), "-pk").values_list("pk", flat=True)


def _problems(asked: QueryDict, filters: FlagFilter) -> Iterator[str]:
    """Yield a sentence about each invalid value: ignoring it would answer another question."""
    yield from repeated(asked, [*_FILTERS, "page"])
    if not filters.is_valid():
        yield from values_refused(filters)


def _choices(flags: QuerySet[Flag], asked: dict[str, str], language: str) -> Iterator[Choice]:
    """Yield the selects of the form, with the values that occur among confirmed questions."""
    there = set(flags.order_by().values_list("rule", flat=True).distinct())
    countries = flags.order_by().exclude(process__country="").values_list("process__country", flat=True).distinct()
    named = sorted((country_name(code, language), code) for code in countries if code)
    options = {
        "rule": [(code, rule_name(code)) for code in RULES if code in there],
        "country": [(code, name) for name, code in named],
        "sector": [(code, str(name)) for code, name in SECTORS.items()],
        "severity": [(value, str(label)) for value, label in Flag.SeverityChoice.choices],
    }
    labels = {"rule": _("Rule"), "severity": _("Severity")}
    for name in _FILTERS:
        yield Choice(name, labels.get(name) or field_name(name), options[name], asked.get(name, ""))


def _address(asked: dict[str, str], number: int) -> str:
    return "?" + urlencode({**asked, "lang": get_language(), "page": number})
