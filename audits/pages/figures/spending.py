"""Pictures of purchases over the years: number, amount, method, buyers and suppliers, and dependence on suppliers."""

from collections.abc import Iterable, Sized
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from audits.pages.figures.drawn_years import drawn_years, left_out_years
from audits.pages.figures.purchase_figures import OVER_YEARS, Figures, Ranked
from contracts.pages.charts.bars import columns, ranked, shares
from contracts.pages.charts.drawing import Bar
from contracts.pages.charts.flows import Flow, flows
from contracts.pages.charts.points import Dot, points
from contracts.pages.display import compact, in_words, percent, scale_of, scaled, whole
from contracts.pages.pictures import Cell, Picture, period_of_years, priced

# With fewer purchases one supplier always dominates.
FEW = 3
DATED_WITH_A_METHOD = _lazy("Processes whose method is known, in each year of their purchases")
CONVERSION = _lazy("Converted at the average exchange rate of the month of each purchase, or of its year.")


def method_name(method: str) -> str:
    """Return the name of a procurement method in the reader's language; also for records that state none."""
    return in_words(method) or _("not stated")


def pictures_of(figures: Figures, *, suppliers: bool = True, buyers: bool = True) -> list[Picture]:
    """
    Return the pictures for which there are enough figures.

    :param suppliers: whether to show suppliers separately; not on a supplier's page
    :param buyers: likewise
    """
    if not figures.purchases:
        return []
    found = [_purchases_by_year(figures)]
    if figures.counted:
        found.append(_spent_by_year(figures))
    if suppliers and figures.suppliers:
        named = _naming_a_supplier(figures)
        found.append(_ranked("suppliers", _("Suppliers"), figures.suppliers, figures.supplier_number, named, figures))
    if buyers and figures.buyers:
        named = _coverage(figures.with_buyer, figures, _("Purchases that name a buyer"))
        found.append(_ranked("buyers", _("Buyers"), figures.buyers, figures.buyer_number, named, figures))
    if suppliers and figures.shares and len(figures.concentration) > 1:
        found += [_dependence(figures), _concentration(figures)]
    found += [_methods(figures)]
    if figures.partners:
        found.append(_partners(figures))
    if len(figures.direct) > 1:
        found.append(_direct(figures))
    if buyers and figures.regions:
        found.append(_regions(figures))
    if buyers and figures.places:
        found.append(_map(figures))
    if figures.financed:
        found.append(_financed(figures))
    return found


def _coverage(counted: int, figures: Figures, what: str, of: int | None = None) -> str:
    """
    Say how many purchases a picture covers. The numbers follow the words, which then need no plural.

    :param of: the total, instead of all purchases
    """
    numbers = {"what": what, "counted": whole(counted), "all": whole(figures.purchases if of is None else of)}
    return _("%(what)s: %(counted)s of %(all)s.") % numbers


def _naming_a_supplier(figures: Figures) -> str:
    return _coverage(figures.with_supplier, figures, _("Purchases that name a supplier"))


def _valued(figures: Figures, counted: int) -> str:
    """Say how many purchases a picture of amounts covers."""
    if figures.is_converted:
        return _coverage(counted, figures, _("Purchases with a value above 0 and a rate to US dollars"))
    text = _("Purchases with a value above 0 in this currency (others are not converted)")
    return _coverage(counted, figures, text)


def _valued_with_a_date(figures: Figures) -> str:
    counted = sum(number for year, number in figures.priced.items() if year)
    if figures.is_converted:
        text = _("Purchases with a date, a value and a rate to US dollars")
    else:
        text = _("Purchases with a date and a value in this currency")
    return _coverage(counted, figures, text)


def _rates(figures: Figures) -> str:
    """Say how amounts were converted, if they were."""
    return str(CONVERSION) if figures.is_converted else ""


def _notes(*notes: str) -> str:
    return " ".join(filter(None, notes))


def _picture(
    name: str, title: str, figures: Figures, *notes: str, years: Iterable[int] | None = None, **parts: Any
) -> Picture:
    """
    Return a picture of figures with its non-empty notes.

    :param years: the years shown; by default those of all purchases
    """
    period = period_of_years(figures.years if years is None else years)
    return Picture(name=name, title=title, period=period, note=_notes(*notes), **parts)


def _purchases_by_year(figures: Figures) -> Picture:
    title = _("Purchases by year")
    bars = [_count_bar(str(year), figures.years.get(year, 0)) for year in drawn_years(figures.years)]
    if figures.undated:
        bars.append(_count_bar(_("no date"), figures.undated, is_rest=True))
    dated = figures.purchases - figures.undated
    rows = [(Cell(bar.label), Cell(int(bar.value), bar.text)) for bar in bars]
    return _picture(
        *("purchases", title, figures, left_out_years(figures.years)),
        coverage=_coverage(dated, figures, _("Purchases with a date of signature or award")),
        head=(_("Year"), _("Purchases")),
        rows=rows,
        svg=columns(title, bars),
    )


def _count_bar(label: str, number: int, *, is_rest: bool = False) -> Bar:
    return Bar(label, number, whole(number), is_rest)


def _spent_by_year(figures: Figures) -> Picture:
    currency = figures.currency
    spent = {year: figures.spent.get(year, Decimal()) for year in drawn_years(figures.years)}
    if figures.spent.get(0):
        spent[0] = figures.spent[0]
    unit, in_unit = scale_of(max(spent.values(), default=0), currency)
    title = _("Value by year, in %(unit)s") % {"unit": in_unit}
    labels = {year: str(year) if year else _("no date") for year in spent}
    bars = [
        Bar(labels[year], float(total), scaled(total, unit) if total else "", is_rest=not year)
        for year, total in spent.items()
    ]
    rows = [(Cell(labels[year]), *_bought_in(year, figures), spent_in(year, figures)) for year in spent]
    return _picture(
        *("value", title, figures, left_out_years(figures.years), _rates(figures)),
        years=figures.spent,
        coverage=_valued(figures, figures.counted),
        head=_counts(_("Year"), figures),
        rows=rows,
        svg=columns(title, bars),
    )


def _ranked(name: str, title: str, found: list[Ranked], number: int, named: str, figures: Figures) -> Picture:
    """
    Return organizations by their sums; by number of purchases if nothing has an amount.

    :param number: number of organizations in all
    :param named: says how many purchases name one; the others are in no sum
    """
    if not any(entry.amount for entry in found):
        return _by_purchases(
            *(name, title, found, figures, _first_of(found, number), _("Ordered by the number of purchases.")),
            coverage=named,
        )
    bars = [
        Bar(entry.name, float(entry.amount), f"{compact(entry.amount)} {figures.currency}" if entry.amount else "–")
        for entry in found
    ]
    text = _("Ordered by value; contracts of several suppliers are divided equally.")
    return _listed(
        *(name, title, found, bars, figures, _first_of(found, number), text),
        coverage=_notes(_valued(figures, figures.counted), named),
    )


def _by_purchases(name: str, title: str, found: list[Ranked], figures: Figures, *notes: str, **parts: Any) -> Picture:
    bars = [_count_bar(entry.name, entry.purchases) for entry in found]
    return _listed(name, title, found, bars, figures, *notes, **parts)


def _listed(
    name: str, title: str, found: list[Ranked], bars: list[Bar], figures: Figures, *notes: str, **parts: Any
) -> Picture:
    """Return organizations or regions in the given order, each with its purchases and their sum."""
    rows = [(_named(entry), *_counted_and_paid(entry)) for entry in found]
    shown = {"head": _counts(_("Name"), figures), "rows": rows, "svg": ranked(title, bars)}
    return _picture(name, title, figures, *notes, _rates(figures), **(shown | parts))


def _counted_and_paid(entry: Ranked) -> tuple[Cell, Cell, Cell]:
    return (
        Cell(entry.purchases, whole(entry.purchases)),
        Cell(entry.priced, whole(entry.priced)),
        _sum_of(entry.amount, entry.priced),
    )


def _bought_in(year: int, figures: Figures) -> tuple[Cell, Cell]:
    """Return the number of purchases of a year, and how many of them are in its sum."""
    numbers = (figures.years.get(year, 0), figures.priced.get(year, 0))
    return Cell(numbers[0], whole(numbers[0])), Cell(numbers[1], whole(numbers[1]))


def spent_in(year: int, figures: Figures) -> Cell:
    """Return the cell of a year's sum; zero in a year without purchases."""
    total = figures.spent.get(year, Decimal())
    return _sum_of(total, figures.priced.get(year, 0)) if figures.years.get(year) else priced(total)


def _sum_of(total: Decimal, number: int) -> Cell:
    """Return the cell of a sum of ``number`` amounts; without any, the sum is unknown, not zero."""
    return priced(total) if number else Cell("", "–")


def _counts(name: str, figures: Figures) -> tuple[str, ...]:
    """Return the headings of the columns of ``_counted_and_paid``."""
    return name, _("Purchases"), _("of these, added up"), figures.currency or _("Value")


def _named(entry: Ranked) -> Cell:
    return Cell(entry.name, href=reverse("organization-page", args=[entry.id]) if entry.id else "")


def _partners(figures: Figures) -> Picture:
    """Return the picture of a supplier's partners: members of a consortium, or suppliers of the same contract."""
    text = _("Purchases with several suppliers, such as the members of a consortium")
    note = _("For these, the value is divided equally among the suppliers, here and in all sums of this page.")
    left_out = _first_of(figures.partners, figures.partner_number)
    return _by_purchases(
        *("partners", _("Supplied together with"), figures.partners, figures, note, left_out),
        coverage=_coverage(figures.together, figures, text),
    )


def _dependence(figures: Figures) -> Picture:
    """Return the shares of the largest suppliers over the years."""
    title = _("Shares of the largest suppliers")
    years = sorted(figures.concentration)
    whole = {year: figures.spent.get(year, Decimal()) for year in years}
    series = {
        name: [float(by_year.get(year, 0) / whole[year]) if whole[year] else 0.0 for year in years]
        for name, by_year in figures.shares.items()
    }
    if figures.supplier_number > len(series) or figures.with_supplier < figures.purchases:
        rest = [
            max(0.0, round(1 - sum(parts), 9)) for parts in zip(*series.values(), strict=True)
        ]  # avoids a sliver from rounding
        series[_("the rest")] = rest
    rows = [
        (Cell(name), *(Cell(round(share, 3), percent(share)) for share in parts)) for name, parts in series.items()
    ]
    note = _("Dated purchases in %(currency)s; the top %(number)s suppliers of all years.") % {
        "currency": figures.currency,
        "number": OVER_YEARS,
    }
    return _picture(
        *("dependence", title, figures, note, _rates(figures)),
        years=years,
        coverage=_notes(_valued_with_a_date(figures), _naming_a_supplier(figures)),
        head=(_("Supplier"), *map(str, years)),
        rows=rows,
        svg=shares(title, [str(year) for year in years], series),
    )


def _concentration(figures: Figures) -> Picture:
    title = _("Concentration of suppliers")
    bars, rows = [], []
    for year, value in sorted(figures.concentration.items()):
        number = figures.priced.get(year, 0)
        bars.append(Bar(str(year), value, str(number_format(round(value, 2), 2)), is_pale=number < FEW))
        rows.append((Cell(str(year)), Cell(value, bars[-1].text), Cell(number, whole(number))))
    note = _("Herfindahl-Hirschman index of the suppliers' shares: near 0, many small suppliers; 1, a single one.")
    few = _("Pale: years with fewer than %(number)s purchases in the sum, which say little.") % {"number": FEW}
    return _picture(
        *("concentration", title, figures, note, few if any(bar.is_pale for bar in bars) else "", _rates(figures)),
        years=figures.concentration,
        coverage=_notes(_valued_with_a_date(figures), _naming_a_supplier(figures)),
        head=(_("Year"), "HHI", _("of these, added up")),
        rows=rows,
        svg=columns(title, bars),
    )


def _methods(figures: Figures) -> Picture:
    title = _("How it was bought")
    bars = [_count_bar(method_name(method), number) for method, number in figures.methods.items()]
    rows = [(Cell(bar.label), Cell(int(bar.value), bar.text)) for bar in bars]
    stated = figures.processes - figures.methods.get("", 0)
    return _picture(
        *("methods", title, figures),
        coverage=_coverage(stated, figures, _("Processes that state a procurement method"), figures.processes),
        head=(_("Method"), _("Processes")),
        rows=rows,
        svg=ranked(title, bars),
    )


def _direct(figures: Figures) -> Picture:
    title = _("Share bought directly or with limited competition")
    rows, bars = [], []
    for year, (direct, known) in sorted(figures.direct.items()):
        share = direct / known
        bars.append(Bar(str(year), share, percent(share)))
        cells = (Cell(str(year)), Cell(direct, whole(direct)), Cell(known, whole(known)))
        rows.append((*cells, Cell(round(share, 3), percent(share))))
    counted = sum(known for _direct_number, known in figures.direct.values())
    return _picture(
        *("direct", title, figures),
        years=figures.direct,
        coverage=_coverage(counted, figures, str(DATED_WITH_A_METHOD), sum(figures.by_year.values())),
        head=(_("Year"), _("direct or limited"), _("method known"), _("Share")),
        rows=rows,
        svg=columns(title, bars),
    )


def _regions(figures: Figures) -> Picture:
    text = _("Purchases that name the buyer's region")
    left_out = _first_of(figures.regions, figures.region_number)
    return _by_purchases(
        *("regions", _("Purchases by region of the buyer"), figures.regions, figures, left_out),
        coverage=_coverage(figures.regional, figures, text),
        head=_counts(_("Region"), figures),
    )


def _map(figures: Figures) -> Picture:
    title = _("Where buyers are")
    dots = [
        Dot(place.latitude, place.longitude, place.purchases, place.buyer, whole(place.purchases))
        for place in figures.places
    ]
    rows = [
        (
            Cell(place.buyer),
            Cell(place.latitude, f"{place.latitude:.4f}"),
            Cell(place.longitude, f"{place.longitude:.4f}"),
            Cell(place.purchases, whole(place.purchases)),
        )
        for place in figures.places
    ]
    text = _("Purchases with coordinates, of the buyer or otherwise of the delivery")
    larger = _("The size of a point shows the number of purchases.")
    return _picture(
        *("map", title, figures, larger, _first_of(figures.places, figures.place_number)),
        coverage=_coverage(figures.placed, figures, text),
        head=(_("Buyer"), _("Latitude"), _("Longitude"), _("Purchases")),
        rows=rows,
        svg=points(title, dots, (_("N"), _("S"), _("E"), _("W"))),
        is_wide=True,
    )


def _first_of(shown: Sized, number: int) -> str:
    """Say how many entries are left out, if any."""
    if len(shown) >= number:
        return ""
    return _("The first %(shown)s of %(all)s.") % {"shown": whole(len(shown)), "all": whole(number)}


def _financed(figures: Figures) -> Picture:
    title = _("From financiers through buyers to suppliers, in %(currency)s") % {"currency": figures.currency}
    found = [
        Flow((funder, buyer, supplier), float(total), f"{compact(total)} {figures.currency}")
        for funder, buyer, supplier, total in figures.financed
    ]
    rows = [
        (Cell(funder), Cell(buyer), Cell(supplier), priced(total))
        for funder, buyer, supplier, total in figures.financed
    ]
    text = _("Purchases with a value, and a financier among the parties of their record")
    note = _(
        "By the value of the whole purchase, whatever part is financed; divided equally among "
        "several financiers or suppliers."
    )
    return _picture(
        *("financed", title, figures, _first_of(found, figures.flow_number), note, _rates(figures)),
        coverage=_coverage(figures.financed_number, figures, text),
        head=(_("Financier"), _("Buyer"), _("Supplier"), figures.currency),
        rows=rows,
        svg=flows(title, found),
        is_wide=True,
    )
