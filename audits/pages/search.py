"""Search: one box over processes, contracts and organizations. Its address is a query that the API knows as well."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlencode

import django_filters
from django.db import OperationalError, models
from django.db.models import Count, F
from django.db.models.functions import ExtractYear
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from audits.api.contracts import AuditedContractFilter
from audits.api.processes import AuditedProcessFilter
from audits.models import Audit, Flag
from audits.pages.addresses import process_page
from audits.pages.flags import public_flags
from audits.pages.labels import rule_title
from audits.pages.spending import METHODS
from audits.pages.technologies import SLUGS
from audits.pages.territory import technology_name
from contracts.api.organizations import OrganizationFilterSet
from contracts.api.protocol.facets import count_values
from contracts.api.protocol.problems import RETRY_SECONDS, ProblemError
from contracts.models import Contract, ContractingProcess, Organization
from contracts.models.process import in_public_process
from contracts.ocds.countries import country_name
from contracts.pages.display import amount, day
from contracts.pages.speaking import EVERYONE, answer, in_the_readers_language
from contracts.postgres.search import MAX_SECONDS, statement_timeout, was_stopped

ROWS = 20
MAX_PAGE = 50
SHOWN_VALUES = 12  # of a facet
# Facets count no more rows than these; more are said to be more.
MAX_COUNTED = 20_000
# Filters that ask who reads: the pages are the same for everyone, and know confirmed questions alone.
_OF_FLAGS = frozenset({"rule", "flag_state"})


class Kind(NamedTuple):
    """What is searched: its filters, orders, and the list of the API that answers the same query."""

    label: Any
    filters: type[django_filters.FilterSet]
    route: str
    orders: Mapping[str, tuple[Any, str]]
    process: str = ""  # leads from a row to columns of its process
    has_process: bool = True

    @property
    def key(self) -> str:
        """The column that holds the key of the process."""
        return "process" if self.process else "pk"


_PROCESS_ORDERS = {
    "": (_lazy("latest first"), "-pk"),
    "amount": (_lazy("by value"), "-amount"),
    "date": (_lazy("by date"), "-date"),
}
_CONTRACT_ORDERS = {
    "": (_lazy("latest first"), "-pk"),
    "amount": (_lazy("by value"), "-amount"),
    "date_signed": (_lazy("by signature"), "-date_signed"),
}
KINDS = {
    "processes": Kind(_lazy("Processes"), AuditedProcessFilter, "contracting-processes", _PROCESS_ORDERS),
    "contracts": Kind(_lazy("Contracts"), AuditedContractFilter, "contracts", _CONTRACT_ORDERS, "process__"),
    "organizations": Kind(
        _lazy("Organizations"), OrganizationFilterSet, "organizations", {"": (_lazy("by name"), "name")}, "", False
    ),
}


class Choice(NamedTuple):
    """A value of a facet: how many rows have it, and the address with it, or without it if it is chosen."""

    label: str
    number: int
    address: str
    is_chosen: bool


class Facet(NamedTuple):
    label: str
    choices: list[Choice]


@require_safe
@in_the_readers_language
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show what is found."""
    name = request.GET.get("in", "")
    name = name if name in KINDS else "processes"
    kind = KINDS[name]
    found: dict[str, Any] = {"problems": []}
    was_late = False
    try:
        with statement_timeout(MAX_SECONDS):
            found |= _find(request.GET, kind, language)
    except ProblemError as error:
        found["problems"] = [error.text]
    except OperationalError as error:
        if not was_stopped(error):
            raise
        was_late = True
        found["problems"] = [_("The search took too long. Ask for more particular words, or choose a country.")]
    understood = HTTPStatus.BAD_REQUEST if found["problems"] else HTTPStatus.OK
    response = answer(
        request,
        "pages/search.html",
        language,
        status=HTTPStatus.SERVICE_UNAVAILABLE if was_late else understood,
        q=request.GET.get("q", ""),
        kind=name,
        kinds=[
            (other, KINDS[other].label, _address(request.GET, {"in": other}, keep=("q", "lang"))) for other in KINDS
        ],
        hidden=[(key, value) for key, value in request.GET.items() if key not in {"q", "page"}],
        orders=[(order, label) for order, (label, _column) in kind.orders.items()],
        order=request.GET.get("order_by", ""),
        api=f"{reverse(kind.route)}?{_api_query(request.GET, kind)}",
        files=[
            (format_.upper(), f"{reverse(f'{kind.route}-export', args=[format_])}?{_api_query(request.GET, kind)}")
            for format_ in ("csv", "xlsx")
        ],
        feed=f"{reverse('feed')}?{_api_query(request.GET, KINDS['processes'])}" if name == "processes" else "",
        **found,
    )
    if was_late:
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _find(asked: QueryDict, kind: Kind, language: str) -> dict[str, Any]:
    """Return a page of rows, how many there are, and facets; raises ProblemError for what cannot be understood."""
    queryset, problems = matching(asked, kind)
    if problems:
        return {"problems": problems}
    number = queryset.order_by().values("pk")[: MAX_COUNTED + 1].count()
    last = min(-(-number // ROWS), MAX_PAGE)
    here = min(max(_page(asked), 1), max(last, 1))
    _label, column = kind.orders.get(asked.get("order_by", ""), kind.orders[""])
    order = F(column[1:]).desc(nulls_last=True) if column.startswith("-") else F(column).asc()
    rows = queryset.order_by(order, "-pk")[(here - 1) * ROWS : here * ROWS]
    return {
        "rows": [_row(row, language) for row in rows],
        "number": number,
        "is_more": number > MAX_COUNTED,
        "most": MAX_COUNTED,
        "facets": [facet for facet in _facets(asked, queryset, kind, language) if facet.choices],
        "previous": _address(asked, {"page": here - 1}) if here > 1 else "",
        "next": _address(asked, {"page": here + 1}) if here < last else "",
        "here": here,
        "last": last,
    }


def matching(asked: QueryDict, kind: Kind) -> tuple[models.QuerySet, list[str]]:
    """Return the public rows that a query asks for, and what of it cannot be understood."""
    of_record = {name: value for name, value in _for_filters(asked, kind).items() if name not in _OF_FLAGS}
    filters = kind.filters(of_record, queryset=_public(kind))
    if not filters.is_valid():
        return _public(kind).none(), [error for errors in filters.errors.values() for error in errors]
    found = filters.qs
    rule = asked.get("rule", "")
    if rule and kind.has_process:
        confirmed = public_flags().filter(rule=rule, decision=Flag.State.CONFIRMED)
        found = found.filter(**{f"{kind.key}__in": confirmed.values("process")})
    return found, []


def _public(kind: Kind) -> models.QuerySet:
    """Return the rows that everyone may see."""
    if kind.filters is OrganizationFilterSet:
        return Organization.objects.visible_to(EVERYONE)
    if kind.process:
        return (
            Contract.objects.filter(in_public_process()).select_related("process").defer("process__compiled_release")
        )
    return ContractingProcess.objects.public().defer("compiled_release", "corrections")


def _for_filters(asked: QueryDict, kind: Kind) -> dict[str, str]:
    """Return what the filters of the API take; a year stands for its days."""
    known = {name: str(asked[name]) for name in kind.filters.base_filters if asked.get(name)}
    year = asked.get("year", "")
    if year.isascii() and year.isdecimal() and len(year) == 4 and kind.has_process:
        column = "date_signed" if kind.process else "date"
        known |= {f"{column}__gte": f"{year}-01-01", f"{column}__lte": f"{year}-12-31"}
    return known


def _api_query(asked: QueryDict, kind: Kind) -> str:
    return urlencode(_for_filters(asked, kind))


def _page(asked: Mapping[str, str]) -> int:
    text = asked.get("page", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 4 else 1


def _address(asked: QueryDict, changes: Mapping[str, Any], keep: tuple[str, ...] = ()) -> str:
    """Return the address of this search with changes; what becomes empty is left out, and so is the page."""
    parameters = {name: value for name, value in asked.items() if not keep or name in keep}
    if "page" not in changes:
        parameters.pop("page", None)
    parameters |= changes
    return "?" + urlencode({name: value for name, value in parameters.items() if value not in ("", None)})


def _facets(asked: QueryDict, queryset: models.QuerySet, kind: Kind, language: str) -> list[Facet]:
    counted = queryset.order_by()
    if not kind.has_process:
        rows = count_values(counted, "country", SHOWN_VALUES)
        return [
            _facet(
                _("Country"), "country", asked, [(code, country_name(code, language), n) for code, n in rows if code]
            )
        ]
    lead = kind.process
    keys = counted.values(kind.key)[:MAX_COUNTED]
    dated = "date_signed" if lead else "date"
    audits = Audit.objects.filter(is_current=True, process__in=keys)
    sectors = models.Func("sectors", function="jsonb_array_elements_text", output_field=models.TextField())
    by_sector = audits.order_by().annotate(sector=sectors).values_list("sector").annotate(n=Count("pk")).order_by("-n")
    flags = public_flags().filter(decision=Flag.State.CONFIRMED, process__in=keys).order_by()
    by_rule = flags.values_list("rule").annotate(n=Count("process", distinct=True)).order_by("-n", "rule")
    years = counted.exclude(**{dated: None}).annotate(signed_in=ExtractYear(dated))
    return [
        _facet(
            _("Country"),
            "country",
            asked,
            [
                (code, country_name(code, language), n)
                for code, n in count_values(counted, f"{lead}country", SHOWN_VALUES)
                if code
            ],
        ),
        _facet(_("Technology"), "sector", asked, [(s, technology_name(s), n) for s, n in by_sector if s in SLUGS]),
        _facet(
            _("Method"),
            "method",
            asked,
            [
                (m, str(METHODS.get(m, m)), n)
                for m, n in count_values(counted, f"{lead}procurement_method", SHOWN_VALUES)
                if m
            ],
        ),
        _facet(
            _("Year"),
            "year",
            asked,
            sorted(
                ((str(year), str(year), n) for year, n in count_values(years, "signed_in", SHOWN_VALUES)), reverse=True
            ),
        ),
        _facet(_("Confirmed question"), "rule", asked, [(r, f"{r} {rule_title(r)}", n) for r, n in by_rule]),
    ]


def _facet(label: str, name: str, asked: QueryDict, found: list[tuple[str, str, int]]) -> Facet:
    chosen = asked.get(name, "")
    choices = [
        Choice(text, number, _address(asked, {name: "" if value == chosen else value}), value == chosen)
        for value, text, number in found
    ]
    return Facet(label, choices)


def _row(row: Any, language: str) -> dict[str, Any]:
    """Return what a row of the page shows."""
    if isinstance(row, Organization):
        address = reverse("organization-page", args=[row.pk])
        number = " ".join(part for part in (row.scheme, row.identifier) if part)
        return {
            "title": row.name or row.key,
            "address": address,
            "facts": [country_name(row.country, language), number],
        }
    process = row.process if isinstance(row, Contract) else row
    signed = row.date_signed if isinstance(row, Contract) else row.date
    suppliers = "; ".join(row.supplier_names[:3])
    return {
        "title": row.title or process.title or process.ocid,
        "address": process_page(process.ocid),
        "parties": " → ".join(part for part in (process.buyer_name, suppliers) if part),
        "facts": [amount(row.amount, row.currency), country_name(process.country, language), day(signed)],
    }
