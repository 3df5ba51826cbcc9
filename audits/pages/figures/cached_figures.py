"""
Cache of the figures on pages, because those of a country with many purchases take seconds to count.

A page shows the latest count. Once no audit has run for a while, a scheduled task recounts the figures that readers
asked for and those that the home page leads to, so that no reader waits.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from time import monotonic
from typing import TypeVar

import msgspec
from django.conf import settings
from django.db import models
from django.db.models import Case, Count, F, Func, Q, When
from django.http import QueryDict
from django.utils import timezone
from msgspec import Struct, field

from audits.models import Audit, PageFigures
from audits.pages.figures.holdings import Confirmed, Holdings, count_confirmed, count_holdings
from audits.pages.figures.purchase_figures import Figures
from audits.pages.figures.purchases import count, current_audits, purchases
from contracts.models.process import in_public_process
from contracts.models.stages import NOT_TWICE
from contracts.ocds.codelists.codes import CANCELLED
from contracts.ocds.codelists.exchange import DOLLAR
from contracts.ocds.corrections import FIRST_YEAR, YEARS_AHEAD
from contracts.pages.misread import unknown_names, unknown_value
from contracts.postgres.isolating import write_aside

# Younger figures are not recounted.
KEPT = timedelta(minutes=10)
# If no schedule runs, a request recounts figures older than this.
OLDEST = timedelta(days=1)
# Older figures are deleted: nobody has asked for them.
FORGOTTEN = timedelta(days=7)
# Time after the last audit before figures are recounted.
QUIET_PERIOD = timedelta(minutes=1)
# Seconds of counting in one run of the task; the next run continues.
BUDGET = 45.0

# Value of the address parameter for amounts in the currencies of the records.
RECORDED = "record"
CURRENCIES = {DOLLAR: DOLLAR, RECORDED: ""}
_OVERVIEW = "overview"
_HOLDINGS = "holdings"
_CONFIRMED = "confirmed by year"
# Up to these numbers a request counts by itself: it takes milliseconds and shows the newest rows.
FEW_RECORDS, FEW_FLAGS = 5_000, 500
Kept = TypeVar("Kept", bound=Struct)


class Scope(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The country, technology or organization that figures are about, and the currency of their sums; a JSON key."""

    country: str = ""
    sector: str = ""
    buyer: int = 0
    supplier: int = 0
    funder: int = 0
    since: int = 0
    currency: str = ""

    def count(self) -> Figures:
        found = purchases(
            country=self.country,
            sector=self.sector,
            buyer=self.buyer or None,
            supplier=self.supplier or None,
            funder=self.funder or None,
            since=self.since or None,
        )
        figures = count(found, self.currency, supplier=self.supplier or None)
        figures.counted_on = timezone.localdate()
        return figures


class Overview(Struct):
    """Number of purchases by country and sector of technology. A purchase may be of several sectors."""

    numbers: dict[str, dict[str, int]] = field(default_factory=dict)

    def by_sector(self, country: str | None = None) -> dict[str, int]:
        """Return sector → number of purchases in a country, or in all."""
        found: Counter[str] = Counter()
        for code, numbers in self.numbers.items():
            if country in (None, code):
                found.update(numbers)
        return dict(found.most_common())

    def by_country(self, sector: str) -> dict[str, int]:
        """Return country → number of purchases of a technology."""
        found = Counter({code: numbers[sector] for code, numbers in self.numbers.items() if sector in numbers})
        return dict(found.most_common())


def figures_of(scope: Scope) -> Figures:
    """Return the figures of a scope, as last counted."""
    return _kept(_name(scope), Figures, scope.count)


def overview() -> Overview:
    """Return the number of purchases, as last counted."""
    return _kept(_OVERVIEW, Overview, _count_overview)


def holdings() -> Holdings:
    """Return the number of records; if there are many, as last counted."""
    found = _kept(_HOLDINGS, Holdings, count_holdings)
    return found if found.size > FEW_RECORDS else count_holdings()


def confirmed() -> Confirmed:
    """Return the number of published, confirmed questions; if there are many, as last counted."""
    found = _kept(_confirmed_name(), Confirmed, count_confirmed)
    return found if found.number() > FEW_FLAGS else count_confirmed()


def default_currency(country: str) -> str:
    """Return the currency if the reader chose none: dollars if several countries are side by side."""
    return "" if country else DOLLAR


def refresh(budget: float = BUDGET) -> int:
    """Recount outdated figures for at most ``budget`` seconds and delete unused ones; return how many were counted."""
    now = timezone.now()
    # Counted while the clock was ahead, these would stay new until it catches up.
    is_ahead = Q(counted_at__gt=now + OLDEST)
    PageFigures.objects.filter(is_ahead | Q(counted_at__lt=now - FORGOTTEN)).delete()
    ends = monotonic() + budget
    counted = 0
    for name in _outdated():
        if monotonic() > ends:
            break
        find = _whole().get(name) or (msgspec.json.decode(name, type=Scope).count if name.startswith("{") else None)
        if find:
            _count(name, find)
            counted += 1
        else:  # counted by another version, or under another publication setting
            PageFigures.objects.filter(pk=name).delete()
    return counted


def _outdated() -> Iterator[str]:
    """Yield the names of figures to recount: requested ones, then those one click from the home page."""
    now = timezone.now()
    # Held records keep only the day.
    public = Audit.objects.filter(Q(process=None) | in_public_process())
    last = public.order_by("-pk").values_list("audited_at", flat=True).first()
    is_at_rest = last is None or last < now - QUIET_PERIOD
    is_behind = Q(counted_at__lt=now - KEPT) | (Q(counted_at__lt=last) if last and is_at_rest else Q(pk__in=[]))
    asked = PageFigures.objects.filter(is_behind, asked_at__gt=F("counted_at")).order_by("asked_at")
    yield from list(asked.values_list("pk", flat=True))
    if not is_at_rest:
        return
    current = set(PageFigures.objects.filter(counted_at__gte=last or now - OLDEST).values_list("pk", flat=True))
    yield from (name for name in _whole() if name not in current)
    yield from (name for name in map(_name, _ways_in()) if name not in current)


def _ways_in() -> Iterator[Scope]:
    """Yield the scopes that are one or two clicks from the home page."""
    numbers = overview().numbers
    yield Scope(currency=default_currency(""))
    for sector in sorted({sector for known in numbers.values() for sector in known}):
        yield Scope(sector=sector, currency=default_currency(""))
    for country in sorted(filter(None, numbers)):
        yield Scope(country=country)
        yield from (Scope(country=country, sector=sector) for sector in sorted(numbers[country]))


def _count_overview() -> Overview:
    purchase = F("process__contracts")
    rows = (
        current_audits()
        .filter(in_public_process(), NOT_TWICE)
        .annotate(sector=Func("sectors", function="jsonb_array_elements_text", output_field=models.TextField()))
        .order_by()
        .values_list("process__country", "sector")
        .annotate(number=Count(Case(When(process__contracts__status__in=CANCELLED, then=None), default=purchase)))
    )
    numbers: dict[str, dict[str, int]] = defaultdict(dict)
    for country, sector, number in rows:
        if number:
            numbers[country][sector] = number
    return Overview(dict(numbers))


def _whole() -> dict[str, Callable[[], Struct]]:
    """Return name → counting function of the figures over all records."""
    return {_OVERVIEW: _count_overview, _HOLDINGS: count_holdings, _confirmed_name(): count_confirmed}


def _confirmed_name() -> str:
    # Figures counted under one publication setting are not shown under another.
    return f"{_CONFIRMED}/{settings.VEEDOR_PUBLICATION}"


def _name(scope: Scope) -> str:
    return msgspec.json.encode(scope).decode()


def _kept(name: str, kind: type[Kept], find: Callable[[], Kept]) -> Kept:
    now = timezone.now()
    row = PageFigures.objects.filter(pk=name, counted_at__gt=now - OLDEST).first()
    if row is None:
        return _count(name, find)
    if row.counted_at <= now - KEPT and (row.asked_at is None or row.asked_at <= row.counted_at):
        write_aside(lambda: PageFigures.objects.filter(pk=name).update(asked_at=now))
    try:
        return msgspec.convert(row.figures, kind, strict=False)
    except msgspec.ValidationError:  # as stored by an earlier version
        return _count(name, find)


def _count(name: str, find: Callable[[], Kept]) -> Kept:
    found = find()
    stored = {"figures": msgspec.to_builtins(found, str_keys=True), "counted_at": timezone.now()}
    write_aside(lambda: PageFigures.objects.update_or_create(pk=name, defaults=stored))
    return found


def since_of(asked: Mapping[str, str]) -> int | None:
    """Return the first year that an address asks for; ``None`` if it names no plausible year."""
    text = asked.get("since", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else 0
    return year if FIRST_YEAR <= year <= timezone.now().year + YEARS_AHEAD else None


def currency_of(asked: Mapping[str, str], default: str = "") -> str:
    """Return ``USD`` if an address asks for dollars, else ``""`` for the currencies of the records."""
    return CURRENCIES.get(asked.get("in_currency", ""), default)


def figures_asked(asked: Mapping[str, str], *more: str) -> list[tuple[str, str]]:
    """
    Return name and value of the parameters that figures depend on.

    :param more: those of the page besides the first year and the currency
    """
    return [(name, asked[name]) for name in ("since", "in_currency", *more) if asked.get(name)]


def misread_figures(asked: QueryDict, *known: str) -> Iterator[str]:
    """
    Yield a sentence about each figure parameter that was not understood and is ignored.

    :param known: parameters of the page besides the first year and the currency
    """
    yield from unknown_names(asked, ("since", "in_currency", *known))
    since, currency = asked.get("since", ""), asked.get("in_currency", "")
    if since and since_of(asked) is None:
        yield unknown_value("since", since)
    if currency and currency not in CURRENCIES:
        yield unknown_value("in_currency", currency, CURRENCIES)
