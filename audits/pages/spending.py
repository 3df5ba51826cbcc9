"""Pictures of purchases: how many and how much over the years, from whom, by whom, how, and who depends on whom."""

from collections.abc import Iterator, Sized
from decimal import Decimal

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from audits.pages.purchases import OVER_YEARS, Figures, Ranked
from contracts.ocds.exchange import DOLLAR
from contracts.pages.charts.bars import columns, ranked, shares
from contracts.pages.charts.drawing import Bar
from contracts.pages.charts.flows import Flow, flows
from contracts.pages.charts.points import Dot, points
from contracts.pages.display import amount, compact, in_words, scale_of, scaled
from contracts.pages.pictures import Cell, Picture

CONVERSION = _lazy("Converted at the average exchange rate of the month of each purchase, or of its year.")


def method_name(method: str) -> str:
    """Return what a procurement method is called in the reader's language; also of records that state none."""
    return in_words(method) or _("not stated")


def pictures_of(figures: Figures, *, suppliers: bool = True, buyers: bool = True) -> list[Picture]:
    """
    Return the pictures that figures are enough for.

    :param suppliers: whether suppliers are told apart; not on the page of one
    :param buyers: likewise
    """
    found = [_purchases_by_year(figures)]
    if figures.counted:
        found.append(_spent_by_year(figures))
    if suppliers and figures.suppliers:
        found.append(_ranked("suppliers", _("Suppliers"), figures.suppliers, figures.supplier_number, figures))
    if buyers and figures.buyers:
        found.append(_ranked("buyers", _("Buyers"), figures.buyers, figures.buyer_number, figures))
    if suppliers and figures.shares and len(figures.concentration) > 1:
        found += [_dependence(figures), _concentration(figures)]
    found += [_methods(figures)]
    if len(figures.direct) > 1:
        found.append(_direct(figures))
    if buyers and figures.regions:
        found.append(_regions(figures))
    if buyers and figures.places:
        found.append(_map(figures))
    if figures.financed:
        found.append(_financed(figures))
    return found


def years_of(figures: Figures) -> list[int]:
    """Return every year from the first to the last."""
    dated = [year for year in figures.years if year]
    return list(range(min(dated), max(dated) + 1)) if dated else []


def _number(number: int) -> str:
    return str(number_format(number, force_grouping=True))


def _coverage(counted: int, figures: Figures, what: str) -> str:
    """Say of how many purchases a picture tells."""
    return what % {"counted": _number(counted), "all": _number(figures.purchases)}


def _with_rates(figures: Figures, note: str) -> str:
    """Add to a note how amounts were converted."""
    return f"{note} {CONVERSION}" if figures.is_converted else note


def _purchases_by_year(figures: Figures) -> Picture:
    title = _("Purchases by year")
    bars = [_count_bar(str(year), figures.years.get(year, 0)) for year in years_of(figures)]
    if figures.undated:
        bars.append(_count_bar(_("no date"), figures.undated, is_rest=True))
    note = _coverage(
        figures.purchases - figures.undated,
        figures,
        _("%(counted)s of %(all)s purchases have a date of signature or award."),
    )
    rows = [(Cell(bar.label), Cell(int(bar.value), bar.text)) for bar in bars]
    return Picture("purchases", title, note, (_("Year"), _("Purchases")), rows, columns(title, bars))


def _count_bar(label: str, number: int, *, is_rest: bool = False) -> Bar:
    return Bar(label, number, _number(number), is_rest)


def _spent_by_year(figures: Figures) -> Picture:
    currency = figures.currency
    spent = [(str(year), figures.spent.get(year, Decimal()), False) for year in years_of(figures)]
    if figures.spent.get(0):
        spent.append((_("no date"), figures.spent[0], True))
    unit, in_unit = scale_of(max((total for _label, total, _rest in spent), default=0), currency)
    title = _("Value by year, in %(unit)s") % {"unit": in_unit}
    bars = [Bar(label, float(total), scaled(total, unit), is_rest) for label, total, is_rest in spent]
    rows = [(Cell(label), Cell(total, amount(total))) for label, total, _rest in spent]
    if figures.is_converted:
        told = _("%(counted)s of %(all)s purchases have a value and a rate to US dollars.")
    else:
        told = _("%(counted)s of %(all)s purchases have a value in this currency; others are not converted.")
    note = _with_rates(figures, _coverage(figures.counted, figures, told))
    return Picture("value", title, note, (_("Year"), currency), rows, columns(title, bars))


def _ranked(name: str, title: str, found: list[Ranked], number: int, figures: Figures) -> Picture:
    is_priced = any(entry.amount for entry in found)
    bars = [
        Bar(entry.name, float(entry.amount), f"{compact(entry.amount)} {figures.currency}")
        if is_priced
        else _count_bar(entry.name, entry.purchases)
        for entry in found
    ]
    rows = [
        (
            Cell(entry.name, href=reverse("organization-page", args=[entry.id])),
            Cell(entry.purchases, _number(entry.purchases)),
            Cell(entry.amount, amount(entry.amount)),
        )
        for entry in found
    ]
    told = _("The first %(shown)s of %(all)s, by value; what several suppliers share is divided evenly.")
    note = _with_rates(figures, told % {"shown": _number(len(found)), "all": _number(number)})
    head = (_("Name"), _("Purchases"), figures.currency or _("Value"))
    return Picture(name, title, note, head, rows, ranked(title, bars))


def _dependence(figures: Figures) -> Picture:
    """Return the shares of the largest suppliers over the years."""
    title = _("Shares of the largest suppliers")
    years = sorted(figures.concentration)
    whole = {year: figures.spent.get(year, Decimal()) for year in years}
    series = {
        name: [float(by_year.get(year, 0) / whole[year]) if whole[year] else 0.0 for year in years]
        for name, by_year in figures.shares.items()
    }
    if figures.supplier_number > len(series):
        rest = [max(0.0, 1 - sum(parts)) for parts in zip(*series.values(), strict=True)]
        series[_("all others")] = rest
    rows = [
        (Cell(name), *(Cell(round(share, 3), _percent(share)) for share in parts)) for name, parts in series.items()
    ]
    note = _("Of what was bought in %(currency)s with a date; the first %(number)s suppliers of all years.") % {
        "currency": figures.currency,
        "number": OVER_YEARS,
    }
    head = (_("Supplier"), *map(str, years))
    return Picture("dependence", title, note, head, rows, shares(title, [str(year) for year in years], series))


def _percent(share: float) -> str:
    return f"{round(share * 100)} %"


def _concentration(figures: Figures) -> Picture:
    title = _("Concentration of suppliers")
    years = sorted(figures.concentration)
    values = [(str(year), figures.concentration[year]) for year in years]
    bars = [Bar(label, value, str(number_format(value, 2))) for label, value in values]
    rows = [(Cell(label), Cell(value, str(number_format(value, 2)))) for label, value in values]
    note = _("Herfindahl-Hirschman index of the suppliers' shares: near 0 many small ones, 1 one alone.")
    return Picture("concentration", title, note, (_("Year"), "HHI"), rows, columns(title, bars))


def _methods(figures: Figures) -> Picture:
    title = _("How it was bought")
    bars = [_count_bar(method_name(method), number) for method, number in figures.methods.items()]
    rows = [(Cell(bar.label), Cell(int(bar.value), bar.text)) for bar in bars]
    stated = figures.purchases - figures.methods.get("", 0)
    note = _coverage(stated, figures, _("%(counted)s of %(all)s purchases state a procurement method."))
    return Picture("methods", title, note, (_("Method"), _("Purchases")), rows, ranked(title, bars))


def _direct(figures: Figures) -> Picture:
    title = _("Share bought directly or with limited competition")
    years = sorted(figures.direct)
    found = [(str(year), *figures.direct[year]) for year in years]
    bars = [Bar(label, direct / known, _percent(direct / known)) for label, direct, known in found]
    rows = [
        (
            Cell(label),
            Cell(direct, _number(direct)),
            Cell(known, _number(known)),
            Cell(round(direct / known, 3), bar.text),
        )
        for (label, direct, known), bar in zip(found, bars, strict=True)
    ]
    counted = sum(known for _label, _direct_number, known in found)
    note = _coverage(counted, figures, _("%(counted)s of %(all)s purchases have a date and a known method."))
    head = (_("Year"), _("direct or limited"), _("method known"), _("Share"))
    return Picture("direct", title, note, head, rows, columns(title, bars))


def _regions(figures: Figures) -> Picture:
    title = _("Purchases by region of the buyer")
    bars = [_count_bar(region.name, region.purchases) for region in figures.regions]
    rows = [
        (
            Cell(region.name),
            Cell(region.purchases, _number(region.purchases)),
            Cell(region.amount, amount(region.amount)),
        )
        for region in figures.regions
    ]
    told = _("The first %(shown)s of %(regions)s regions; %(counted)s of %(all)s purchases name that of the buyer.")
    note = _with_rates(figures, _located(told, figures.regions, figures.region_number, figures.regional, figures))
    head = (_("Region"), _("Purchases"), figures.currency or _("Value"))
    return Picture("regions", title, note, head, rows, ranked(title, bars))


def _map(figures: Figures) -> Picture:
    title = _("Where buyers are")
    dots = [
        Dot(place.latitude, place.longitude, place.purchases, f"{place.buyer}: {_number(place.purchases)}")
        for place in figures.places
    ]
    rows = [
        (
            Cell(place.buyer),
            Cell(place.latitude, f"{place.latitude:.4f}"),
            Cell(place.longitude, f"{place.longitude:.4f}"),
            Cell(place.purchases, _number(place.purchases)),
        )
        for place in figures.places
    ]
    told = _(
        "The first %(shown)s of %(regions)s places, as large as the number of purchases; %(counted)s of %(all)s "
        "purchases give a point: of the buyer, else of the delivery."
    )
    note = _located(told, figures.places, figures.place_number, figures.placed, figures)
    head = (_("Buyer"), _("Latitude"), _("Longitude"), _("Purchases"))
    return Picture("map", title, note, head, rows, points(title, dots), is_wide=True)


def _located(told: str, shown: Sized, number: int, counted: int, figures: Figures) -> str:
    counts = {"shown": len(shown), "regions": number, "counted": counted, "all": figures.purchases}
    return told % {name: _number(value) for name, value in counts.items()}


def _financed(figures: Figures) -> Picture:
    title = _("From financiers through buyers to suppliers, in %(currency)s") % {"currency": figures.currency}
    found = [
        Flow((funder, buyer, supplier), float(total), f"{compact(total)} {figures.currency}")
        for funder, buyer, supplier, total in figures.financed
    ]
    rows = [
        (Cell(funder), Cell(buyer), Cell(supplier), Cell(total, amount(total)))
        for funder, buyer, supplier, total in figures.financed
    ]
    note = _("Purchases whose record names a financier as a party; the value is that of the whole purchase.")
    head = (_("Financier"), _("Buyer"), _("Supplier"), figures.currency)
    return Picture("financed", title, note, head, rows, flows(title, found), is_wide=True)


def summary(figures: Figures) -> str:
    """Say in a sentence how many purchases there are and what they come to, with what is not known."""
    counted = ngettext("%(number)s purchase", "%(number)s purchases", figures.purchases) % {
        "number": _number(figures.purchases)
    }
    sums = [amount(total, currency) for currency, (_number_of, total) in list(figures.currencies.items())[:3]]
    parts = [counted]
    if sums:
        worth = _("worth %(sums)s") % {"sums": " + ".join(sums)}
        more = len(figures.currencies) - len(sums)
        parts.append(
            worth + (_(" and %(number)d more currencies") % {"number": more} if more > 0 else "") + _dollars(figures)
        )
    return ", ".join(parts + list(_unknown(figures))) + "."


def _dollars(figures: Figures) -> str:
    """Say what amounts come to in US dollars, and how many have no rate."""
    number, total = figures.dollars
    if not number or set(figures.currencies) == {DOLLAR}:
        return ""
    text = _(" (≈ %(sum)s)") % {"sum": f"{compact(total)} {DOLLAR}"}
    left_out = figures.valued - number
    if not left_out:
        return text
    return _(" (≈ %(sum)s, without %(number)s that have no exchange rate)") % {
        "sum": f"{compact(total)} {DOLLAR}",
        "number": _number(left_out),
    }


def _unknown(figures: Figures) -> Iterator[str]:
    unvalued = figures.purchases - figures.valued
    if unvalued:
        yield _("%(number)s without a value") % {"number": _number(unvalued)}
    if figures.undated:
        yield _("%(number)s without a date") % {"number": _number(figures.undated)}
