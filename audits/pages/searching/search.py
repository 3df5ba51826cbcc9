"""Search: one box over processes, contracts and organizations. Its address is a query that the API takes too."""

import re
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlencode

import django_filters
from django.db import OperationalError, models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from audits.models import Flag
from audits.pages.addresses import process_page
from audits.pages.labels import SECTORS, rule_name
from audits.pages.list_entries import list_entry
from audits.pages.searching.facets import MAX_COUNTED, Counted, Matched, count_facets, read_matched
from audits.pages.searching.nothing_found import MAX_NAME, organizations_alike, what_is_meant
from audits.pages.searching.search_kinds import (
    BY_DOLLARS,
    FILTERS,
    KINDS,
    OF_ALL_KINDS,
    OF_FLAGS,
    RELEVANCE,
    Kind,
    narrowing,
)
from audits.rules import RULES
from contracts.api.contracts import YesOrNo
from contracts.api.organizations import OrganizationFilterSet
from contracts.api.protocol.problems import RETRY_SECONDS, ProblemError
from contracts.api.protocol.query.filters import OrganizationFilter
from contracts.api.protocol.query.one_of import NONE
from contracts.api.protocol.query.parameters import is_blank
from contracts.api.protocol.query.unknown import unnamed
from contracts.models import Contract, ContractingProcess, Organization
from contracts.models.process import in_public_process
from contracts.models.stages import DATED
from contracts.names.finding import withholds_number
from contracts.pages.display import country_in_words, in_words, whole
from contracts.pages.misread import MAX_SHOWN, field_name, repeated, unknown_names, unknown_value
from contracts.pages.rendering import EVERYONE, answer, reading_page
from contracts.postgres.search import bounded, distance
from contracts.postgres.time_limits import MAX_SECONDS, statement_timeout, was_stopped

ROWS = 20
MAX_PAGE = 50
# Up to this many rows are ranked by relevance if no order is given, because ranking reads each row.
MAX_RANKED = 1_000
# Parameters of the search besides the filters of the kind.
_YEAR = re.compile(r"[12][0-9]{3}")
_NUMBERS = {"year": _YEAR, "until": _YEAR, "page": re.compile(r"[0-9]{1,9}")}
_OWN = frozenset({"q", "in", "order_by", "rule", *_NUMBERS})


# Facets of which a row has one value at most.
_OF_ONE_VALUE = frozenset({"country", "method", "year"})
# Values of these are codes, which have words.
_CODED = frozenset({"category", "method", "role", "status"})

_BASES = dict(Contract.DateBasis.choices)
# Words of values of which a query may name several.
_WORDS: Mapping[str, Callable[[str], str]] = {
    "country": country_in_words,
    "date_basis": lambda basis: str(_BASES.get(basis, basis)),
    "rule": lambda code: rule_name(code) if code in RULES else code,
    "sector": lambda sector: str(SECTORS.get(sector, sector)),
}

# Values of choices between yes and no.
_ALONE_OR_NOT = {"no": _lazy("left out"), "yes": _lazy("alone")}


class Choice(NamedTuple):
    """
    A value of a facet: how many rows have it, and the address with it, or without it if it is chosen.

    ``number`` is ``None`` for what no facet counts.
    """

    label: str
    number: int | None
    address: str
    is_chosen: bool


class Facet(NamedTuple):
    """Values of rows; ``others`` is the number of rows without any of them, if each row has one value or none."""

    label: str
    choices: list[Choice]
    others: int = 0


class Unnamed(NamedTuple):
    """A value that names no organization; (name, address) of those that it may mean, and of a search for its words."""

    value: str
    meant: list[tuple[str, str]]
    search: str


@reading_page
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show what is found."""
    name = request.GET.get("in", "")
    name = name if name in KINDS else "processes"
    kind = KINDS[name]
    found: dict[str, Any] = {"problems": [], "order": request.GET.get("order_by") or kind.usual}
    was_late = False
    try:
        with statement_timeout(MAX_SECONDS):
            found |= _find(request.GET, kind, language)
    except OperationalError as error:
        if not was_stopped(error):
            raise
        was_late = True
        found["problems"] = [_("The search took too long. Use more specific words, or choose a country.")]
    understood = HTTPStatus.BAD_REQUEST if found["problems"] else HTTPStatus.OK
    # Programs that fetch these name no language of their reader.
    of_file = _api_query(request.GET, kind, lang=get_language())
    response = answer(
        request,
        "pages/search.html",
        language,
        misread=[
            *unknown_names(request.GET, _OWN | narrowing(kind), FILTERS),
            *found.pop("beyond", ()),
        ],
        status=HTTPStatus.SERVICE_UNAVAILABLE if was_late else understood,
        q=request.GET.get("q", ""),
        kind=name,
        kinds=[
            (name, other.label, _address(request.GET, {"in": name}, {"q", "lang"} | narrowing(other) & OF_ALL_KINDS))
            for name, other in KINDS.items()
        ],
        hidden=[(key, value) for key, value in request.GET.items() if key not in {"q", "page"}],
        # The year of a process is that of its latest release, so a period makes no sense for processes.
        period=[(key, request.GET.get(key, "")) for key in ("year", "until")] if name == "contracts" else [],
        orders=[
            (order, label)
            for order, (label, _column) in kind.orders.items()
            if order != RELEVANCE or request.GET.get("q")
        ],
        api=f"{reverse(kind.route)}?{_api_query(request.GET, kind)}",
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


def _find(asked: QueryDict, kind: Kind, language: str) -> dict[str, Any]:
    """Return a page of rows, their number, and facets; or what is invalid in the query."""
    with bounded() as bounds:
        queryset, problems = matching(asked, kind)
    if problems:
        return {"problems": problems}
    matched = read_matched(queryset, kind.process, has_process=kind.has_process)
    number = len(matched)
    last = min(-(-number // ROWS), MAX_PAGE)
    here = min(max(_page(asked), 1), max(last, 1))
    if number <= MAX_COUNTED:  # whose keys are known now: the words need not be looked for again
        queryset = _public(kind).filter(pk__any_of=[row.pk for row in matched])
    order = _order(asked, kind, number)
    if order == RELEVANCE:
        queryset = queryset.annotate(**{RELEVANCE: distance(queryset.model, str(asked["q"]), *kind.paths)})
    _label, columns = kind.orders[order]
    rows = queryset.order_by(*columns)[(here - 1) * ROWS : here * ROWS]
    by_dollars = order == BY_DOLLARS and number <= MAX_COUNTED
    facets = list(_facets(asked, matched[:MAX_COUNTED], kind, language))
    return {
        "rows": [list_entry(row, language) for row in rows],
        "order": order,
        "number": number,
        "is_more": number > MAX_COUNTED,
        "most": MAX_COUNTED,
        "among": bounds.among,
        "without_dollars": queryset.filter(amount_usd=None).count() if by_dollars else 0,
        "facets": facets,
        "chosen": [choice.label for facet in facets for choice in facet.choices if choice.is_chosen],
        "previous": _address(asked, {"page": here - 1}) if here > 1 else "",
        "next": _address(asked, {"page": here + 1}) if here < last else "",
        "here": here,
        "beyond": list(_beyond(asked, order, here)),
        "last": last,
        # The pages end before the rows do.
        "end": MAX_PAGE * ROWS if here == last and number > MAX_PAGE * ROWS else None,
        "unnamed": [] if number else list(_unnamed(asked, kind)),
        "alike": [] if number else organizations_alike(asked.get("q", "")),
        "by_number": not number and withholds_number(asked.get("q", ""), EVERYONE),
        "exact": _of_ocid(asked.get("q", "").strip()) if kind.has_process else None,
        "instead": [] if number else list(_instead(asked, kind)),
    }


def _order(asked: QueryDict, kind: Kind, number: int) -> str:
    """Return the order of rows: as asked for; else by relevance to the words, if few rows contain them."""
    order = asked.get("order_by", "")
    if asked.get("q") and RELEVANCE in kind.orders and number <= (MAX_COUNTED if order else MAX_RANKED):
        return order or RELEVANCE
    return kind.usual if order in ("", RELEVANCE) else order


def _beyond(asked: QueryDict, order: str, here: int) -> Iterator[str]:
    """Yield a sentence about each thing that is asked for and is not available."""
    if _page(asked) > here:
        yield _("There is no page %(page)d; this is the last one.") % {"page": _page(asked)}
    if asked.get("order_by") == RELEVANCE != order:
        yield _("Only up to %(most)s rows that hold given words can be ordered by relevance.") % {
            "most": whole(MAX_COUNTED)
        }


def _of_ocid(text: str) -> tuple[str, str] | None:
    """Return (name, address) of the process whose ocid a text is: its parts are words that other records hold too."""
    found = ContractingProcess.objects.public().defer("compiled_release", "corrections").filter(ocid=text)
    process = found.first() if text and "\0" not in text else None
    return (process.called, process_page(process.ocid)) if process else None


def _instead(asked: QueryDict, kind: Kind) -> Iterator[tuple[str, str]]:
    """Yield (text, address) of searches that find something where this one finds nothing."""
    words = asked.get("q", "").strip()
    if not words or len(words) > MAX_NAME:
        return
    for name, other in sorted(KINDS.items(), key=lambda entry: entry[1] is not kind):
        if (other is not kind or narrowing(kind) & asked.keys() - {"q"}) and _finds(words, other):
            text = _("%(kind)s, without the other choices") % {"kind": other.label}
            yield (text if other is kind else str(other.label)), _address(asked, {"in": name}, {"q", "lang"})
    meant = what_is_meant(words)
    if meant.text and _finds(meant.text, kind):
        yield f"“{meant.text}”", _address(asked, {"q": meant.text, "in": asked.get("in", "")}, {"lang"})
    for sector in meant.sectors:
        yield f"{field_name('sector')}: {SECTORS[sector]}", _address(asked, {"sector": sector}, {"lang"})


def _finds(words: str, kind: Kind) -> bool:
    found, problems = matching(QueryDict(urlencode({"q": words})), kind)
    return not problems and found.exists()


def _misread(asked: QueryDict, kind: Kind) -> Iterator[str]:
    """Yield a sentence about each invalid value: ignoring it would answer another question."""
    yield from repeated(asked, [*_OWN, *kind.filters.base_filters])
    for name, known in {"in": KINDS, "order_by": kind.orders}.items():
        value = asked.get(name, "")
        if value and value not in known:
            yield unknown_value(name, value, known)
    for name, form in _NUMBERS.items():
        value = asked.get(name, "")
        if value and not form.fullmatch(value):
            yield unknown_value(name, value)


def matching(asked: QueryDict, kind: Kind) -> tuple[models.QuerySet, list[str]]:
    """Return the public rows of a query, and sentences about what is invalid in it."""
    problems = list(_misread(asked, kind))
    of_record = {name: value for name, value in _for_filters(asked, kind).items() if name not in OF_FLAGS}
    filters = kind.filters(of_record, queryset=_public(kind))
    if not filters.is_valid():
        return _public(kind).none(), [*problems, *values_refused(filters)]
    try:
        found = filters.qs
    except ProblemError as error:
        return _public(kind).none(), [*problems, error.text]
    rule = asked.get("rule", "")
    if rule and kind.has_process:
        confirmed = Flag.objects.public().filter(rule=rule, decision=Flag.State.CONFIRMED)
        found = found.filter(**{f"{kind.key}__in": confirmed.values("process")})
    return found, problems


def values_refused(filters: django_filters.FilterSet) -> Iterator[str]:
    """Yield a sentence about each value that a filter does not accept, with the valid values of a choice."""
    for name, errors in filters.errors.items():
        choices = [value for value, _label in getattr(filters.filters[name].field, "choices", ())]
        yield unknown_value(name, filters.data[name], choices) if choices else f"{field_name(name)}: {errors[0]}"


def _public(kind: Kind) -> models.QuerySet:
    """Return the rows that everyone may see."""
    if kind.filters is OrganizationFilterSet:
        return Organization.objects.visible_to(EVERYONE)
    if kind.process:
        return (
            Contract.objects.filter(in_public_process())
            .select_related("process__publisher")
            .defer("process__compiled_release")
        )
    return ContractingProcess.objects.public().select_related("publisher").defer("compiled_release", "corrections")


def _for_filters(asked: QueryDict, kind: Kind) -> dict[str, str]:
    """Return the parameters for the filters of the API; years become their days, for contracts those of purchases."""
    known = {name: str(asked[name]) for name in kind.filters.base_filters if not is_blank(str(asked.get(name, "")))}
    first, last = asked.get("year", ""), asked.get("until") or asked.get("year", "")
    if not kind.has_process or not last or not all(map(_YEAR.fullmatch, filter(None, (first, last)))):
        return known
    known |= ({"date__gte": f"{first}-01-01"} if first else {}) | {"date__lte": f"{last}-12-31"}
    if kind.process:
        known.setdefault("date_basis", ",".join(DATED))
    return known


def _saved(asked: QueryDict) -> str:
    """Return the part of a search that can be followed; forms also send empty fields, which a saved search refuses."""
    given = {name: str(asked[name]) for name in asked if name in narrowing(KINDS["processes"])}
    return urlencode({name: value for name, value in given.items() if not is_blank(value)})


def _api_query(asked: QueryDict, kind: Kind, **more: Any) -> str:
    return urlencode(_for_filters(asked, kind) | more)


def _page(asked: Mapping[str, str]) -> int:
    text = asked.get("page", "")
    return int(text) if _NUMBERS["page"].fullmatch(text) else 1


def _address(asked: QueryDict, changes: Mapping[str, Any], keep: Container[str] = ()) -> str:
    """Return the address of this search with changes, without empty parameters and the page number."""
    parameters = {name: value for name, value in asked.items() if not keep or name in keep}
    if "page" not in changes:
        parameters.pop("page", None)
    parameters |= changes
    return "?" + urlencode({name: value for name, value in parameters.items() if value not in ("", None)})


def _facets(asked: QueryDict, matched: Sequence[Matched], kind: Kind, language: str) -> Iterator[Facet]:
    """Yield the facets, and other chosen values, so that the reader can remove each of them."""
    labels, worded = dict[str, Any](), {"q"}
    for name, label, values in count_facets(matched, language, kind.process, has_process=kind.has_process):
        choices = list(_choices(name, values, asked))
        labels[name] = label
        if any(choice.is_chosen for choice in choices):
            worded.add(name)
        if choices:
            is_of_one = name in _OF_ONE_VALUE
            yield Facet(label, choices, len(matched) - sum(number for *_, number in values) if is_of_one else 0)
    others = [
        Choice(
            f"{labels.get(name) or field_name(name)}: {chosen_in_words(name, str(value), kind)}",
            None,
            _address(asked, {name: ""}),
            is_chosen=True,
        )
        for name, value in asked.items()
        if value and name not in worded and name in narrowing(kind)
    ]
    if others:
        yield Facet(_("Other choices"), others)


def chosen_in_words(name: str, value: str, kind: Kind) -> str:
    """Return the text of a value: the name of an organization, or a code in words; of several values, each."""
    entry = kind.filters.base_filters.get(name)
    if value == NONE:
        return _("none")
    if isinstance(entry, OrganizationFilter):
        named = Organization.objects.named_to(EVERYONE).filter(pk__any_of=entry.keys(value, EVERYONE))
        return named.values_list("name", flat=True).first() or value[:MAX_SHOWN]
    if isinstance(entry, YesOrNo) and value in _ALONE_OR_NOT:
        return str(_ALONE_OR_NOT[value])
    if name in _WORDS:
        return ", ".join(_WORDS[name](each) for each in value[:MAX_SHOWN].split(","))
    return in_words(value[:MAX_SHOWN]) if name in _CODED else value[:MAX_SHOWN]


def _unnamed(asked: QueryDict, kind: Kind) -> Iterator[Unnamed]:
    for name, meant in unnamed(kind.filters.base_filters, _for_filters(asked, kind), EVERYONE):
        value = str(asked[name])
        yield Unnamed(
            value[:MAX_SHOWN],
            [(row["name"] or row["key"], _address(asked, {name: row["id"]})) for row in meant],
            _address(asked, {"in": "organizations", "q": value}, keep=("lang",)),
        )


def _choices(name: str, values: Sequence[Counted], asked: QueryDict) -> Iterator[Choice]:
    # A year of a period is not the one that is chosen; choosing one ends the period.
    is_period = name == "year" and bool(asked.get("until"))
    chosen = "" if is_period else asked.get(name, "")
    for value, text, number in values:
        ended = {"until": ""} if is_period else {}
        address = _address(asked, {name: "" if value == chosen else value} | ended)
        yield Choice(text, number, address, value == chosen)
