"""Values of a record as text for the admin and pages. Nothing here is marked safe: templates escape it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from unicodedata import bidirectional

import msgspec
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from contracts.models.process import AmountBasis, ContractingProcess
from contracts.models.provenance import OPERATOR, SUBMITTED, Verification
from contracts.ocds.codelists.codes import CANCELLED, words_of
from contracts.ocds.codelists.countries import country_name
from contracts.ocds.codelists.exchange import DOLLAR, rates
from contracts.ocds.links import is_of_web
from contracts.ocds.parsing.calendar_days import start_of_day
from contracts.translating import language_in_force

# Maximum number of characters of JSON on a page; the API returns the whole.
MAX_JSON = 300_000


# Maximum number of rows of a list on one page.
MAX_ROWS = 100
MAX_NAMES = 20
# Maximum number of suppliers of a purchase in one line.
MAX_SUPPLIERS = 3
# Unicode bidirectional classes of right-to-left letters, and of marks that change the direction.
_OTHER_DIRECTIONS = frozenset({"R", "AL", "AN", "LRE", "LRO", "RLE", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_END_OF_ISOLATE = "\u2069"

_UNITS = ((1_000_000, "M"), (1_000, "k"))
_CENT = Decimal("0.01")
_BASES = {AmountBasis.AWARDS.value: _lazy("awarded"), AmountBasis.TENDER.value: _lazy("estimated")}
_SOURCES = {
    "imf": _lazy("International Monetary Fund"),
    "fed": _lazy("Federal Reserve"),
    "hmrc": _lazy("HM Revenue & Customs"),
    "parity": _lazy("fixed by law"),
}


class Rows(NamedTuple):
    """The first rows of a list, and the number of further ones."""

    shown: list[Any]
    left_out: int

    @property
    def total(self) -> int:
        return len(self.shown) + self.left_out


def first_rows(found: Any, most: int = MAX_ROWS) -> Rows:
    """Return the first rows of a queryset or a list; further rows are counted only if there are any."""
    shown = list(found[: most + 1])
    if len(shown) <= most:
        return Rows(shown, 0)
    total = len(found) if isinstance(found, list) else found.count()
    return Rows(shown[:most], total - most)


class Link(NamedTuple):
    """A text and its address; ``""`` if none is safe to follow."""

    text: str
    href: str = ""


def web_link(url: str, text: str = "") -> Link:
    """Return a link to the web; an address of another scheme (``javascript:``) stays text."""
    return Link(text or url, url if is_of_web(url) else "")


def in_words(*codes: str) -> str:
    """Return OCDS codes as text in the reader's language; unknown codes unchanged."""
    return words_of(", ".join(codes), language_in_force())


def country_in_words(code: str) -> str:
    """Return the name of a country in the reader's language, ``""`` of none."""
    return country_name(code, language_in_force()) if code else ""


def pretty_json(text: bytes | str) -> str:
    """Indent JSON, with numbers and the order of members unchanged; text that is not JSON is returned as is."""
    try:
        pretty = msgspec.json.format(text, indent=2)
    except msgspec.DecodeError:
        pretty = text
    indented = pretty.decode(errors="replace") if isinstance(pretty, bytes) else pretty
    return cut(indented, MAX_JSON)


def cut(text: str, longest: int) -> str:
    """Return a text truncated to ``longest`` characters, followed by the number of characters left out."""
    if len(text) <= longest:
        return text
    return text[:longest] + "\n… " + _("%(number)d more characters") % {"number": len(text) - longest}


def isolated(text: str) -> str:
    """
    Return a text that cannot change the display order of the text around it.

    Without this, two Arabic names around an arrow would swap places, and a control mark could reverse the rest of the
    line.
    """
    if text.isascii() or _OTHER_DIRECTIONS.isdisjoint(map(bidirectional, text)):
        return text
    return f"\u2068{text.replace(_END_OF_ISOLATE, '')}{_END_OF_ISOLATE}"


def names(known: list[str], most: int = MAX_NAMES) -> str:
    """Return the first names, and the number of further ones, as text."""
    more = len(known) - most
    others = [_("%(number)d more") % {"number": more}] if more > 0 else []
    return "; ".join([*map(isolated, known[:most]), *others])


def parties(buyer: str, suppliers: list[str]) -> str:
    """Return buyer and first supplier as text; a dash for a missing one, "" if both are missing."""
    return f"{isolated(buyer) or '–'} → {names(suppliers, MAX_SUPPLIERS) or '–'}" if buyer or suppliers else ""


def provenance(source: str, verification: Verification) -> str:
    """Return who stated the data of a row, and how far it was verified, as text."""
    if (source, verification) == (SUBMITTED, Verification.UNVERIFIED):
        return str(verification.label)  # the label says both
    known = {OPERATOR: _("loaded here"), SUBMITTED: _("submitted")}
    return f"{known.get(source, source)} · {verification.label}"


def process_provenance(process: Any) -> str:
    """Return the provenance of a process, which reads its ``publisher``; "" if there is none."""
    return provenance(process.source, Verification(process.verification)) if process else ""


def preformatted(text: str) -> SafeString:
    return format_html('<pre class="json" tabindex="0" role="region" aria-label="JSON">{}</pre>', text)


def amount(value: Decimal | None, currency: str = "") -> str:
    """Return an amount with its currency, formatted for the reader's language; cents only if there are any."""
    if value is None:
        return ""
    plain = value.normalize()
    exponent = plain.as_tuple().exponent
    places = max(2, -exponent) if isinstance(exponent, int) and exponent < 0 else 0
    return f"{number_format(value, decimal_pos=places, force_grouping=True)} {currency}".strip()


def worth(process: ContractingProcess) -> str:
    """Return the amount of a process and, if it is not that of its contracts, what it is the amount of."""
    written = amount(process.amount, process.currency)
    basis = _BASES.get(process.amount_basis)
    return f"{written} ({basis})" if written and basis else written


# The columns that ``deal`` reads.
OF_DEAL = (
    *("buyer_name", "supplier_names", "amount", "currency", "amount_basis", "amount_usd"),
    *("signed_on", "awarded_on", "date"),
)


def deal(process: ContractingProcess) -> str:
    """Return who buys from whom, for how much (also in US dollars), and when, as text."""
    dollars = ""
    if process.amount_usd is not None and process.currency not in {"", DOLLAR}:
        dollars = f"≈ {amount(round(process.amount_usd, 0), DOLLAR)}"
    who = parties(process.buyer_name, process.supplier_names)
    return " · ".join(filter(None, [who, worth(process), dollars, _dated(process)]))


def _dated(process: ContractingProcess) -> str:
    """Return the first day of signature, else of award, else of the latest release, as text."""
    if process.signed_on:
        return _("signed on %(day)s") % {"day": day(process.signed_on)}
    if process.awarded_on:
        return _("awarded on %(day)s") % {"day": day(process.awarded_on)}
    return _("release of %(day)s") % {"day": day(process.date)} if process.date else ""


def without_result(process: ContractingProcess) -> str:
    """Say that all contracts of a process (else its awards, else its tender) were cancelled; "" if one stands."""
    for rows in (process.contracts, process.awards):
        if statuses := set(rows.order_by().values_list("status", flat=True)):
            break
    else:
        statuses = {process.status}
    return _("Cancelled, or without a result, by the record.") if statuses <= set(CANCELLED) else ""


def whole(number: int) -> str:
    """Return a whole number formatted for the reader's language."""
    return str(number_format(number, force_grouping=True))


def percent(share: float) -> str:
    """Return a share as whole percent; never 0 % or 100 % unless it is exactly that."""
    share = round(share, 9)  # three thirds are exactly one
    if 0 < share < 0.005:
        return "< 1 %"
    return "> 99 %" if 0.995 <= share < 1 else f"{round(share * 100)} %"


def compact(value: Decimal | float) -> str:
    """Return a number abbreviated for a picture: ``950 k``, ``1.2 M``, ``12,400 M``; a small one with cents."""
    for unit, letter in _UNITS:
        if abs(float(value)) >= unit:
            return f"{scaled(value, unit)} {letter}"
    shown = round(Decimal(value), 2)
    return f"< {amount(_CENT)}" if value and not shown else amount(shown)


def scale_of(largest: Decimal | float, currency: str) -> tuple[int, str]:
    """Return a unit for amounts up to the largest, with its name: ``(1000000, "millions of COP")``."""
    for unit, name in (
        (1_000_000_000, _("thousand millions of %(currency)s")),
        (1_000_000, _("millions of %(currency)s")),
        (1_000, _("thousands of %(currency)s")),
    ):
        if largest >= unit:
            return unit, name % {"currency": currency}
    return 1, currency


def scaled(value: Decimal | float, unit: int) -> str:
    """Return an amount in a unit, with a decimal if it is small; never 0 unless it is exactly that."""
    number = float(value) / unit
    places = 1 if unit > 1 and number < 100 else 0
    shown = round(number, places)
    if number and not shown:
        return f"< {number_format(10**-places, decimal_pos=places)}"
    return str(number_format(shown, decimal_pos=places, force_grouping=True))


def in_dollars(row: Any) -> str:
    """
    Return a row's amount in US dollars, with the exchange rate's period; "" for dollars, and without an amount.

    :param row: with ``amount``, ``currency``, ``amount_usd`` and ``rate_period``
    """
    if row.amount is None or row.currency in {"", DOLLAR}:
        return ""
    if row.currency not in rates():
        return _("no exchange rate is known for this currency")
    rate = rates()[row.currency].get(row.rate_period)
    if row.amount_usd is None or rate is None:
        return _("no exchange rate is known for its date")
    values = {
        "sum": amount(row.amount_usd, DOLLAR),
        "rate": amount(rate.per_usd),
        "currency": rate.currency,
        "period": period(rate.period),
        "source": source_in_words(rate.source),
    }
    if not rate.period:
        return _("≈ %(sum)s, at %(rate)s %(currency)s a dollar (%(source)s)") % values
    return _("≈ %(sum)s, at %(rate)s %(currency)s a dollar, the average of %(period)s (%(source)s)") % values


def source_in_words(source: str) -> str:
    """Return the publisher of an exchange rate as text."""
    return str(_SOURCES[source])


def period(text: str) -> str:
    """Return a year, or a month (``2021-03``), formatted for the reader's language."""
    year, _dash, month = text.partition("-")
    return date_format(date(int(year), int(month), 1), "YEAR_MONTH_FORMAT") if month else year


def day(moment: date | None) -> str:
    """Return a day, or the day of a timestamp of ours, as text. For timestamps in records use ``day_of``."""
    known = timezone.localtime(moment) if isinstance(moment, datetime) else moment
    return date_format(known, "DATE_FORMAT") if known else ""


def minute(moment: datetime | None) -> str:
    """Return a timestamp of ours as text; without a time if only its day was stored."""
    if moment is None:
        return ""
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT" if is_day(moment) else "SHORT_DATETIME_FORMAT")


def is_day(moment: datetime) -> bool:
    """Return whether only the day of a timestamp was stored, as for everything sent with the form."""
    return moment == start_of_day(moment)


def admin_link(model: Any, pk: Any, text: Any = None) -> SafeString:
    """Return a link to the page of a row in the admin, by default named by its key; ``–`` if there is none."""
    if pk is None:
        return SafeString("–")
    return format_html('<a href="{}">{}</a>', admin_url(model, pk), pk if text is None else text)


def admin_url(model: Any, pk: Any) -> str:
    """Return the address of a row's admin page."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[pk])
