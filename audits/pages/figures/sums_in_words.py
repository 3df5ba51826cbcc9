"""Sums of purchases, in a sentence."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits.pages.figures.purchase_figures import Figures
from contracts.ocds.codelists.exchange import DOLLAR
from contracts.pages.display import amount, compact, day, whole


def summary(figures: Figures) -> str:
    """Say in a sentence how many purchases there are and what they come to, with what is not known."""
    counted = ngettext("%(number)s purchase", "%(number)s purchases", figures.purchases) % {
        "number": whole(figures.purchases)
    }
    if 0 < figures.processes < figures.purchases:  # of figures kept before they were counted, as many as purchases
        in_processes = ngettext("in %(number)s process", "in %(number)s processes", figures.processes)
        counted = f"{counted} {in_processes % {'number': whole(figures.processes)}}"
    sums = [amount(total, currency) for currency, (_number_of, total) in list(figures.currencies.items())[:3]]
    parts = [counted]
    if sums:
        worth = _("worth %(sums)s") % {"sums": " + ".join(sums)}
        more = len(figures.currencies) - len(sums)
        if more > 0:
            worth += ngettext(" and %(number)d more currency", " and %(number)d more currencies", more) % {
                "number": more
            }
        parts.append(worth + _dollars(figures))
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
    """Say how many confirmed questions are not as they were confirmed, if any."""
    if not number:
        return ""
    return ngettext(
        "Of the confirmed questions %(number)s changed since, or is no longer raised; nobody has looked again yet.",
        "Of the confirmed questions %(number)s changed since, or are no longer raised; nobody has looked again yet.",
        number,
    ) % {"number": whole(number)}


def _dollars(figures: Figures) -> str:
    """Say what amounts come to in US dollars, and how many have no rate."""
    number, total = figures.dollars
    if not number or set(figures.currencies) == {DOLLAR}:
        return ""
    text = _(" (≈ %(sum)s)") % {"sum": f"{compact(total)} {DOLLAR}"}
    left_out = figures.valued - number
    if not left_out:
        return text
    return _(" (≈ %(sum)s, except %(number)s without an exchange rate)") % {
        "sum": f"{compact(total)} {DOLLAR}",
        "number": whole(left_out),
    }


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
