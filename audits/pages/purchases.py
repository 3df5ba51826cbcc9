"""
What was bought, when, from whom and how: the figures behind the pictures of countries, technologies and organizations.

A purchase is a row of contracts: a signed contract, or an active award without one, in a public record. It is counted
in the year of its signature, else of the first award of its process. Amounts are summed up in one currency alone, the
one of most purchases; of a contract with several suppliers each is given the same part, so that no sum is doubled.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
from django.db import models
from django.db.models import Count, F, Func, Q, Sum
from django.db.models.functions import Coalesce, ExtractYear
from django.utils import timezone
from msgspec import Struct, field

from audits.models import Audit, PageFigures
from contracts.models import Contract, Organization
from contracts.models.process import in_public_process

RANKED = 10
# So many suppliers have a share of their own in the picture over the years; the others are one.
OVER_YEARS = 5
DIRECT = ("direct", "limited")
COMPETITIVE = ("open", "selective")


class Ranked(Struct):
    """An organization with the purchases that it took part in, and their amount in the currency of the figures."""

    id: int | None
    name: str
    purchases: int
    amount: Decimal


class Figures(Struct):
    """
    Figures of some purchases. Years are those of the purchases; 0 stands for purchases without a date.

    ``currencies``: currency → (purchases, amount); ``spent``: year → amount in ``currency``; ``shares``: supplier →
    year → amount; ``concentration``: year → Herfindahl-Hirschman index of the suppliers' amounts, 0 to 1; ``direct``:
    year → (purchases direct or limited, purchases whose method is known).
    """

    purchases: int = 0
    years: dict[int, int] = field(default_factory=dict)
    valued: int = 0
    currencies: dict[str, tuple[int, Decimal]] = field(default_factory=dict)
    currency: str = ""
    spent: dict[int, Decimal] = field(default_factory=dict)
    suppliers: list[Ranked] = field(default_factory=list)
    supplier_number: int = 0
    buyers: list[Ranked] = field(default_factory=list)
    buyer_number: int = 0
    methods: dict[str, int] = field(default_factory=dict)
    direct: dict[int, tuple[int, int]] = field(default_factory=dict)
    shares: dict[str, dict[int, Decimal]] = field(default_factory=dict)
    concentration: dict[int, float] = field(default_factory=dict)
    financed: list[tuple[str, str, str, Decimal]] = field(default_factory=list)

    @property
    def undated(self) -> int:
        return self.years.get(0, 0)


def purchases(
    *,
    country: str = "",
    sector: str = "",
    buyer: int | None = None,
    supplier: int | None = None,
    since: int | None = None,
) -> models.QuerySet:
    """
    Return purchases in public records, with their year.

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
    if sector:
        found = found.filter(process__in=_audits().filter(sectors__contains=[sector]).values("process"))
    elif not (buyer or supplier):
        found = found.filter(process__in=_audits().exclude(sectors=[]).values("process"))
    found = found.annotate(year=Coalesce(ExtractYear(Coalesce("date_signed", "process__award_date")), 0))
    return found.filter(year__gte=since) if since else found


def _audits() -> models.QuerySet[Audit]:
    return Audit.objects.filter(is_current=True)


def count(found: models.QuerySet) -> Figures:
    """Count purchases."""
    figures = Figures()
    for year, number in found.values_list("year").annotate(Count("pk")):
        figures.purchases += number
        figures.years[year] = number
    priced = found.filter(amount__gt=0).exclude(currency="")
    by_currency: dict[str, tuple[int, Decimal]] = {}
    spent: dict[str, dict[int, Decimal]] = defaultdict(dict)
    rows = priced.values_list("year", "currency").annotate(number=Count("pk"), total=_sum("amount"))
    for year, currency, number, amount in rows:
        figures.valued += number
        before, sum_before = by_currency.get(currency, (0, Decimal()))
        by_currency[currency] = (before + number, sum_before + amount)
        spent[currency][year] = amount
    figures.currencies = dict(sorted(by_currency.items(), key=lambda item: (-item[1][0], item[0])))
    figures.currency = next(iter(figures.currencies), "")
    figures.spent = spent.get(figures.currency, {})
    _count_suppliers(figures, found)
    _count_buyers(figures, found)
    _count_methods(figures, found)
    figures.financed = _financed(priced.filter(currency=figures.currency))
    return figures


def _sum(amount: Any, **options: Any) -> Sum:
    return Sum(amount, default=Decimal(), output_field=models.DecimalField(), **options)


def _in(currency: str) -> Q:
    return Q(currency=currency, amount__gt=0)


def _count_suppliers(figures: Figures, found: models.QuerySet) -> None:
    """Put in suppliers, their shares over the years, and how concentrated these are."""
    each = found.annotate(
        supplier=Func("suppliers", function="unnest", output_field=models.BigIntegerField()),
        part=models.ExpressionWrapper(
            F("amount") / Func("suppliers", function="cardinality"), output_field=models.DecimalField()
        ),
    )
    rows = each.values_list("supplier", "year").annotate(
        number=Count("pk"), total=_sum("part", filter=_in(figures.currency))
    )
    numbers: dict[int, int] = defaultdict(int)
    amounts: dict[int, Decimal] = defaultdict(Decimal)
    by_year: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for supplier, year, number, amount in rows:
        numbers[supplier] += number
        amounts[supplier] += amount
        if year and amount:
            by_year[year][supplier] = amount
    figures.supplier_number = len(numbers)
    order = sorted(numbers, key=lambda pk: (-amounts[pk], -numbers[pk], pk))[:RANKED]
    names = dict(Organization.objects.filter(pk__in=order).values_list("pk", "name"))
    figures.suppliers = [Ranked(pk, names.get(pk, ""), numbers[pk], amounts[pk]) for pk in order]
    shown = [pk for pk in order[:OVER_YEARS] if amounts[pk]]
    figures.shares = {
        names.get(pk, str(pk)): {year: found[pk] for year, found in by_year.items() if pk in found} for pk in shown
    }
    for year, found_in_year in by_year.items():
        total = sum(found_in_year.values())
        figures.concentration[year] = round(float(sum((amount / total) ** 2 for amount in found_in_year.values())), 2)


def _count_buyers(figures: Figures, found: models.QuerySet) -> None:
    rows = found.values_list("process__buyer", "process__buyer__name").annotate(
        number=Count("pk"), total=_sum("amount", filter=_in(figures.currency))
    )
    buyers = [Ranked(pk, name or "", number, amount) for pk, name, number, amount in rows if pk]
    figures.buyer_number = len(buyers)
    figures.buyers = sorted(buyers, key=lambda buyer: (-buyer.amount, -buyer.purchases, buyer.id))[:RANKED]


def _count_methods(figures: Figures, found: models.QuerySet) -> None:
    methods: dict[str, int] = defaultdict(int)
    for year, method, number in found.values_list("year", "process__procurement_method").annotate(Count("pk")):
        methods[method] += number
        if year and method in DIRECT + COMPETITIVE:
            direct, known = figures.direct.get(year, (0, 0))
            figures.direct[year] = (direct + number * (method in DIRECT), known + number)
    figures.methods = dict(sorted(methods.items(), key=lambda item: (-item[1], item[0])))


def _financed(priced: models.QuerySet) -> list[tuple[str, str, str, Decimal]]:
    """Return the largest amounts that go from a party with the role of a funder through a buyer to a supplier."""
    rows = (
        priced.filter(process__parties__roles__contains=["funder"])
        .exclude(supplier_names=[])
        .values_list("process__parties__name", "process__buyer_name", "supplier_names__0")
        .annotate(total=_sum("amount"))
        .order_by("-total")
    )
    return [(funder, buyer, supplier, amount) for funder, buyer, supplier, amount in rows[: 2 * RANKED]]


KEPT = timedelta(minutes=10)


def kept(name: str, find: Callable[[], models.QuerySet]) -> Figures:
    """Return figures that may be ten minutes old: those of a country take seconds to count where it has many."""
    row = PageFigures.objects.filter(pk=name, counted_at__gt=timezone.now() - KEPT).first()
    if row:
        return msgspec.convert(row.figures, Figures, strict=False)
    figures = count(find())
    stored = {"figures": msgspec.to_builtins(figures, str_keys=True), "counted_at": timezone.now()}
    PageFigures.objects.update_or_create(pk=name, defaults=stored)
    return figures


def since_of(asked: Mapping[str, str]) -> int | None:
    """Return the year that an address asks to begin with, ``None`` if it names none that makes sense."""
    text = asked.get("since", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) == 4 and int(text) >= 1990 else None
