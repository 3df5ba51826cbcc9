"""Sums of purchases, in a sentence."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits.pages.figures.purchase_figures import Figures
from contracts.ocds.codelists.exchange import DOLLAR
from contracts.pages.display import amount, compact, day, whole

# Maximum number of currencies listed one by one.
_LISTED_CURRENCIES = 3


def summary(figures: Figures) -> str:
    """Say how many purchases there are and their sum, with what is unknown, in a sentence."""
    counted = ngettext("%(number)s purchase", "%(number)s purchases", figures.purchases) % {
        "number": whole(figures.purchases)
    }
    if 0 < figures.processes < figures.purchases:  # older cached figures count as many processes as purchases
        in_processes = ngettext("in %(number)s process", "in %(number)s processes", figures.processes)
        counted = f"{counted} {in_processes % {'number': whole(figures.processes)}}"
    parts = [counted]
    if figures.currencies:
        parts.append(_worth(figures))
    text = ", ".join(parts + list(_unknown(figures))) + "."
    if figures.perhaps_twice:
        asked = ngettext(
            "%(number)s of them is perhaps published twice, and so counted twice: nobody has decided yet.",
            "%(number)s of them are perhaps published twice, and so counted twice: nobody has decided yet.",
            figures.perhaps_twice,
        )
        text = f"{text} {asked % {'number': whole(figures.perhaps_twice)}}"
    return f"{text} {_('Counted on %(day)s.') % {'day': day(figures.counted_on)}}" if figures.counted_on else text


def changed_since(number: int) -> str:
    """Say how many confirmed questions changed since, if any."""
    if not number:
        return ""
    return ngettext(
        "Of the confirmed questions %(number)s changed since, or is no longer raised; nobody has looked again yet.",
        "Of the confirmed questions %(number)s changed since, or are no longer raised; nobody has looked again yet.",
        number,
    ) % {"number": whole(number)}


def _worth(figures: Figures) -> str:
    """
    State the sum in each currency and in US dollars; for many currencies in US dollars only.

    Amounts without an exchange rate are counted separately.
    """
    converted, total = figures.dollars
    dollars = f"{compact(total)} {DOLLAR}"
    without_rate = whole(figures.valued - converted) if converted < figures.valued else ""
    if converted and len(figures.currencies) > _LISTED_CURRENCIES:
        values = {"sum": dollars, "currencies": len(figures.currencies), "number": without_rate}
        if not without_rate:
            return _("worth ≈ %(sum)s, in %(currencies)d currencies") % values
        return _("worth ≈ %(sum)s, in %(currencies)d currencies, except %(number)s without an exchange rate") % values
    sums = " + ".join(amount(total, code) for code, (_number, total) in figures.currencies.items())
    worth = _("worth %(sums)s") % {"sums": sums}
    if not converted or set(figures.currencies) == {DOLLAR}:
        return worth
    values = {"sum": dollars, "number": without_rate}
    if not without_rate:
        return worth + _(" (≈ %(sum)s)") % values
    return worth + _(" (≈ %(sum)s, except %(number)s without an exchange rate)") % values


def _unknown(figures: Figures) -> Iterator[str]:
    if figures.together:
        yield ngettext(
            "%(number)s supplied together with others, counted with its equal share of the value",
            "%(number)s supplied together with others, counted with its equal share of the value",
            figures.together,
        ) % {"number": whole(figures.together)}
    unvalued = figures.purchases - figures.valued
    if unvalued:
        yield _("%(number)s without a value above 0 or without a currency") % {"number": whole(unvalued)}
    if figures.undated:
        yield _("%(number)s without a date") % {"number": whole(figures.undated)}
    if figures.cancelled:
        yield ngettext(
            "not counting %(number)s that was cancelled",
            "not counting %(number)s that were cancelled",
            figures.cancelled,
        ) % {"number": whole(figures.cancelled)}
    if figures.twice:
        yield ngettext(
            "not counting %(number)s that another record replaces",
            "not counting %(number)s that other records replace",
            figures.twice,
        ) % {"number": whole(figures.twice)}
