"""
What was bought, when, from whom and how: the figures of countries, technologies and organizations.

A purchase is a row of contracts: a signed contract, or an active award without one, in a public record. Cancelled
contracts, and those for which another record counts, are reported separately and are in no other number. A purchase
counts in the year of its signature, else of its award. Amounts are summed in one currency: that of most purchases, or
US dollars, into which all amounts with a rate are converted. The suppliers of a shared contract get equal parts, so
that nothing is summed twice.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Count, F, Func, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from audits.models import Audit
from audits.pages.figures.purchase_figures import OVER_YEARS, RANKED, Figures, Place, Ranked
from contracts.api.twice import count_perhaps_twice
from contracts.models import Contract, Organization, Party
from contracts.models.organization import AS_FUNDER, financed_by
from contracts.models.process import in_public_process
from contracts.models.stages import COUNTED, NOT_CANCELLED, NOT_TWICE, PURCHASE_YEAR
from contracts.ocds.codelists.codes import COMPETITIVE, NON_COMPETITIVE
from contracts.ocds.fixture_tables import as_listed

# So many points are on a map.
PLACES = 100


def purchases(
    *,
    country: str = "",
    sector: str = "",
    buyer: int | None = None,
    supplier: int | None = None,
    funder: int | None = None,
    since: int | None = None,
) -> models.QuerySet:
    """
    Return purchases in public records, with their year, and contracts that no sum counts.

    :param sector: of technology; without one, and without an organization, those of any sector
    :param since: year; those without a date are left out then
    """
    found = Contract.objects.filter(in_public_process()).order_by()
    if country:
        found = found.filter(process__country=country)
    if buyer:
        found = found.filter(process__buyer=buyer)
    if supplier:
        found = found.filter(suppliers__contains=[supplier])
    if funder:
        found = found.filter(financed_by([funder]))
    if sector:
        found = found.filter(process__in=current_audits().filter(sectors__contains=[sector]).values("process"))
    elif not (buyer or supplier or funder):
        found = found.filter(process__in=current_audits().exclude(sectors=[]).values("process"))
    found = found.annotate(year=Coalesce(PURCHASE_YEAR, 0))
    return found.filter(year__gte=since) if since else found


def current_audits() -> models.QuerySet[Audit]:
    return Audit.objects.filter(is_current=True)


def count(found: models.QuerySet, currency: str = "", *, supplier: int | None = None) -> Figures:
    """
    Count purchases.

    :param currency: ``USD``: all amounts are converted; without it those in the currency of most purchases are counted
    :param supplier: only its part is counted of what several supplied
    """
    figures = Figures(
        is_converted=bool(currency),
        cancelled=found.filter(NOT_TWICE, ~NOT_CANCELLED).count(),
        twice=found.filter(~NOT_TWICE, NOT_CANCELLED).count(),
        perhaps_twice=count_perhaps_twice(found),
    )
    found = found.filter(COUNTED)
    for year, number in found.values_list("year").annotate(Count("pk")):
        figures.purchases += number
        figures.years[year] = number
    amount, in_dollars = (_part(name) if supplier else F(name) for name in ("amount", "amount_usd"))
    priced = found.filter(amount__gt=0).exclude(currency="")
    by_currency: dict[str, tuple[int, Decimal]] = {}
    spent: dict[str, dict[int, tuple[int, Decimal]]] = defaultdict(dict)
    rows = priced.values_list("year", "currency").annotate(
        number=Count("pk"), total=_sum(amount), converted=Count("amount_usd"), dollars=_sum(in_dollars)
    )
    for year, code, number, total, converted, dollars in rows:
        figures.valued += number
        before, sum_before = by_currency.get(code, (0, Decimal()))
        by_currency[code] = (before + number, sum_before + total)
        spent[code][year] = (number, total)
        if converted:
            figures.dollars = (figures.dollars[0] + converted, figures.dollars[1] + dollars)
            before, sum_before = spent[_CONVERTED].get(year, (0, Decimal()))
            spent[_CONVERTED][year] = (before + converted, sum_before + dollars)
    figures.currencies = by_currency
    figures.sort()
    figures.currency = currency or figures.recorded
    shown = spent[_CONVERTED if currency else figures.currency]
    figures.spent = {year: total for year, (_number, total) in shown.items()}
    figures.priced = {year: number for year, (number, _total) in shown.items()}
    figures.counted = sum(figures.priced.values())
    money = (
        _Money("amount_usd", in_dollars, Q(amount_usd__gt=0))
        if currency
        else _Money("amount", amount, Q(currency=figures.currency, amount__gt=0))
    )
    _count_suppliers(figures, found, money)
    _count_buyers(figures, found, money)
    _count_methods(figures, found)
    _count_financed(figures, priced.filter(money.condition), money, supplier)
    _count_regions(figures, found, money)
    _count_places(figures, found)
    if supplier:
        _count_partners(figures, found, money, supplier)
    figures.sort()
    return figures


class _Money(NamedTuple):
    """The column of the amounts, the expression to sum, and the condition of rows that have an amount."""

    column: str
    amount: Any
    condition: Q


# Key for all currencies together.
_CONVERTED = "*"


def _sum(amount: Any, **options: Any) -> Sum:
    return Sum(amount, default=Decimal(), output_field=models.DecimalField(), **options)


def _priced(money: _Money, **options: Any) -> Count:
    return Count("pk", filter=money.condition, **options)


# The number of suppliers of a purchase, and a row for each of them.
_SUPPLIERS = Func("suppliers", function="cardinality", output_field=models.IntegerField())
_EACH_SUPPLIER = Func("suppliers", function="unnest", output_field=models.BigIntegerField())


def _counted(rows: models.QuerySet, money: _Money, amount: Any) -> models.QuerySet:
    """Return rows with the number of their purchases, the number of those with an amount, and the sum."""
    return rows.annotate(number=Count("pk"), priced=_priced(money), total=_sum(amount, filter=money.condition))


def _part(column: str) -> models.ExpressionWrapper:
    """Return each supplier's equal part of an amount."""
    return models.ExpressionWrapper(F(column) / _SUPPLIERS, output_field=models.DecimalField())


def _ranked(rows: Sequence[tuple[int, int, int, Decimal]], *beside: int) -> list[Ranked]:
    """
    Return organizations with their names.

    :param rows: (key, purchases, priced, amount), in their order
    :param beside: other organizations from which the names must differ
    """
    names = Organization.objects.distinct_names([*beside, *(pk for pk, *_counts in rows)])
    return [Ranked(names.get(pk, ""), number, with_amount, amount, pk) for pk, number, with_amount, amount in rows]


def _count_suppliers(figures: Figures, found: models.QuerySet, money: _Money) -> None:
    """Set the suppliers, their shares over the years, and their concentration."""
    each = found.annotate(supplier=_EACH_SUPPLIER, part=_part(money.column)).values_list("supplier", "year")
    numbers: dict[int, int] = defaultdict(int)
    priced: dict[int, int] = defaultdict(int)
    amounts: dict[int, Decimal] = defaultdict(Decimal)
    by_year: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for supplier, year, number, with_amount, amount in _counted(each, money, "part"):
        numbers[supplier] += number
        priced[supplier] += with_amount
        amounts[supplier] += amount
        if year and amount:
            by_year[year][supplier] = amount
    figures.supplier_number = len(numbers)
    figures.with_supplier = found.exclude(suppliers=[]).count()
    order = sorted(numbers, key=lambda pk: (-amounts[pk], -numbers[pk], pk))[:RANKED]
    figures.suppliers = _ranked([(pk, numbers[pk], priced[pk], amounts[pk]) for pk in order])
    figures.shares = {
        supplier.name: {year: found[supplier.id] for year, found in by_year.items() if supplier.id in found}
        for supplier in figures.suppliers[:OVER_YEARS]
        if supplier.amount
    }
    for year, found_in_year in by_year.items():
        total = sum(found_in_year.values())
        figures.concentration[year] = round(float(sum((amount / total) ** 2 for amount in found_in_year.values())), 2)


def _count_buyers(figures: Figures, found: models.QuerySet, money: _Money) -> None:
    rows = found.exclude(process__buyer=None).values_list("process__buyer")
    buyers = sorted(_counted(rows, money, money.amount), key=lambda row: (-row[3], -row[1], row[0]))
    figures.buyer_number = len(buyers)
    figures.with_buyer = sum(number for _pk, number, *_sums in buyers)
    figures.buyers = _ranked(buyers[:RANKED])


def _count_methods(figures: Figures, found: models.QuerySet) -> None:
    """Set the procurement methods: one per process, however many awards it has."""
    number = Count("process", distinct=True)
    figures.methods = dict(found.values_list("process__procurement_method").annotate(number))
    for year, method, processes in (
        found.exclude(year=0).values_list("year", "process__procurement_method").annotate(number)
    ):
        figures.by_year[year] = figures.by_year.get(year, 0) + processes
        if method in NON_COMPETITIVE + COMPETITIVE:
            direct, known = figures.direct.get(year, (0, 0))
            figures.direct[year] = (direct + processes * (method in NON_COMPETITIVE), known + processes)


def _count_financed(figures: Figures, priced: models.QuerySet, money: _Money, supplier: int | None) -> None:
    """
    Set the largest amounts that flow from a funder through a buyer to a supplier.

    Shared amounts are divided evenly among financiers and suppliers, so that nothing is summed twice.
    """
    rows = priced.filter(process__parties__roles__contains=["funder"]).exclude(suppliers=[])
    figures.financed_number = rows.values("pk").distinct().count()
    if not figures.financed_number:
        return
    to = Value(supplier) if supplier else Func("suppliers", function="unnest")
    part = money.amount if supplier else _part(money.column)
    funders = Party.objects.filter(AS_FUNDER, process=OuterRef("process")).order_by()
    number = Subquery(funders.values("process").annotate(number=Count("pk")).values("number"))
    path = ("process__parties__organization", "process__buyer", "to")
    each = rows.annotate(to=models.ExpressionWrapper(to, output_field=models.BigIntegerField()))
    sums = each.values_list(*path).annotate(total=_sum(part / number))
    figures.flow_number = sums.count()
    largest = list(sums.order_by("-total", *path)[: 2 * RANKED])
    names = Organization.objects.distinct_names(pk for *bodies, _total in largest for pk in bodies if pk)
    figures.financed = [
        (names.get(funder, ""), names.get(buyer, ""), names.get(seller, ""), total)
        for funder, buyer, seller, total in largest
    ]


def _count_partners(figures: Figures, found: models.QuerySet, money: _Money, supplier: int) -> None:
    """Set the other suppliers of shared purchases, with their parts of the amounts."""
    shared = found.annotate(number=_SUPPLIERS).filter(number__gt=1)
    figures.together = shared.count()
    if not figures.together:
        return
    rows = (
        shared.annotate(partner=_EACH_SUPPLIER)
        .values_list("partner")
        .annotate(
            purchases=Count("pk", distinct=True),
            priced=_priced(money, distinct=True),
            total=_sum(_part(money.column), filter=money.condition),
        )
    )
    partners = sorted((row for row in rows if row[0] != supplier), key=lambda row: (-row[1], -row[2], row[0]))
    figures.partner_number = len(partners)
    figures.partners = _ranked(partners[:RANKED], supplier)


def _count_regions(figures: Figures, found: models.QuerySet, money: _Money) -> None:
    """Set the regions of buyers; spellings that differ only in case and accents are one."""
    spellings: dict[str, list[Ranked]] = defaultdict(list)
    rows = found.exclude(process__region="").values_list("process__region")
    for name, *counts in _counted(rows, money, money.amount):
        spellings[as_listed(name)].append(Ranked(name, *counts))
    regions = [
        Ranked(
            max(known, key=lambda region: (region.purchases, region.name)).name,
            sum(region.purchases for region in known),
            sum(region.priced for region in known),
            sum((region.amount for region in known), Decimal()),
        )
        for known in spellings.values()
    ]
    figures.regional = sum(region.purchases for region in regions)
    figures.region_number = len(regions)
    figures.regions = sorted(regions, key=lambda region: (-region.purchases, region.name))[: 2 * RANKED]


def _count_places(figures: Figures, found: models.QuerySet) -> None:
    rows = (
        found.filter(process__latitude__isnull=False)
        .values_list("process__buyer_name", "process__latitude", "process__longitude")
        .annotate(number=Count("pk"))
    )
    places = [Place(*row) for row in rows]
    figures.placed = sum(place.purchases for place in places)
    figures.place_number = len(places)
    figures.places = sorted(places, key=lambda place: (-place.purchases, place.buyer))[:PLACES]
