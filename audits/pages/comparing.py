"""Countries, or public bodies and suppliers, side by side: the same figures for each, in one currency."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from audits.pages.figures.cached_figures import (
    Scope,
    figures_asked,
    figures_of,
    holdings,
    misread_figures,
    overview,
    since_of,
)
from audits.pages.figures.drawn_years import drawn_years, left_out_years
from audits.pages.figures.purchase_figures import Figures, Ranked
from audits.pages.figures.spending import CONVERSION, DATED_WITH_A_METHOD, spent_in
from audits.pages.figures.sums_in_words import summary
from audits.pages.organization import may_be_a_person
from audits.pages.technologies import SLUGS, TECHNOLOGIES, technology_name
from contracts.models import Organization
from contracts.names.finding import bodies_with_words
from contracts.ocds.codelists.countries import country_name
from contracts.ocds.codelists.exchange import DOLLAR
from contracts.pages.charts.bars import ranked
from contracts.pages.charts.drawing import Bar
from contracts.pages.charts.multiples import multiples
from contracts.pages.display import compact, percent, whole
from contracts.pages.misread import unknown_value
from contracts.pages.pictures import Cell, Picture, period_of_years, picture_file
from contracts.pages.rendering import EVERYONE, answer, reading_page
from contracts.postgres.keys import key_of

MAX_COMPARED = 4
SUGGESTED = 12


class Subject(NamedTuple):
    """One subject of a comparison: its name, page and figures, and the address of the comparison without it."""

    name: str
    address: str
    figures: Figures
    without: str
    supplies: bool = False

    @property
    def summary(self) -> str:
        return summary(self.figures)

    @property
    def counterparts(self) -> list[Ranked]:
        """The suppliers of a buyer, the buyers of a supplier."""
        return self.figures.buyers if self.supplies else self.figures.suppliers


@reading_page
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show countries or organizations side by side, and which others could be added."""
    subjects, since = _subjects(request.GET, language), since_of(request.GET)
    technology, compared = request.GET.get("technology", ""), request.GET.getlist("organization")
    may_add = len(subjects) < MAX_COMPARED
    return answer(
        request,
        "pages/compare.html",
        language,
        misread=_misread(request.GET),
        subjects=subjects,
        pictures=_pictures(subjects),
        here=request.path,
        has_examples=holdings().has_examples,
        is_unlisted=any(map(may_be_a_person, _organizations(compared))),
        technologies=[(slug, technology_name(sector), slug == technology) for sector, slug in SLUGS.items()],
        countries=[
            (country_name(code, language), _address(request.GET, "country", add=code))
            for code in sorted(filter(None, overview().numbers))
            if may_add and code not in _countries(request.GET)
        ],
        found=_suggested(request.GET) if may_add else [],
        q=request.GET.get("q", ""),
        may_add=may_add,
        since=since,
        years=_years(subjects, since),
        kept=[(name, value) for name in ("country", "organization") for value in request.GET.getlist(name)],
    )


@reading_page
def picture(request: HttpRequest, language: str, name: str, kind: str) -> HttpResponse:
    """Return one picture of the page as a file."""
    pictures = _pictures(_subjects(request.GET, language))
    several = [(each, value) for each in ("country", "organization") for value in request.GET.getlist(each) if value]
    asked, misread = [*several, *figures_asked(request.GET, "technology")], _misread(request.GET)
    return picture_file(request, pictures, name, kind, notice=holdings().notice, misread=misread, asked=asked)


def _subjects(asked: QueryDict, language: str) -> list[Subject]:
    """Return the subjects of the query: countries, then organizations, each once. Unknown ones are left out."""
    sector = TECHNOLOGIES.get(asked.get("technology", ""), "")
    common: dict[str, Any] = {"sector": sector, "since": since_of(asked) or 0, "currency": DOLLAR}
    found = []
    known = overview().numbers
    countries = [code for code in _countries(asked) if code in known][:MAX_COMPARED]
    for code in countries:
        figures = figures_of(Scope(country=code, **common))
        without = _address(asked, "country", leave_out=code)
        found.append(Subject(country_name(code, language), reverse("country", args=[code]), figures, without))
    bodies = _organizations(asked.getlist("organization"))[: MAX_COMPARED - len(countries)]
    names = Organization.objects.distinct_names(body.pk for body in bodies)
    for body in bodies:
        bought, supplied = figures_of(Scope(buyer=body.pk, **common)), figures_of(Scope(supplier=body.pk, **common))
        supplies = supplied.purchases > bought.purchases
        page_of, without = (
            reverse("organization-page", args=[body.pk]),
            _address(asked, "organization", leave_out=body.pk),
        )
        found.append(Subject(names[body.pk], page_of, supplied if supplies else bought, without, supplies))
    return found


def _misread(asked: QueryDict) -> Iterator[str]:
    """Yield a sentence about each parameter that was not understood and is ignored."""
    yield from misread_figures(asked, "country", "organization", "technology", "q")
    technology, countries, organizations = (
        asked.get("technology", ""),
        _countries(asked),
        asked.getlist("organization"),
    )
    if technology and technology not in TECHNOLOGIES:
        yield unknown_value("technology", technology, TECHNOLOGIES)
    yield from (unknown_value("country", code) for code in countries if code not in overview().numbers)
    for text in dict.fromkeys(filter(None, organizations)):
        if not _organizations([text]):
            yield unknown_value("organization", text)
    if len(countries) + len({*organizations} - {""}) > MAX_COMPARED:
        yield _("Only the first %(limit)d are shown.") % {"limit": MAX_COMPARED}


def _countries(asked: QueryDict) -> list[str]:
    """Return the country codes of the query, each once and in capitals."""
    return list(dict.fromkeys(code.upper() for code in asked.getlist("country") if code))


def _organizations(keys: Sequence[str]) -> list[Organization]:
    numbers = [key for text in dict.fromkeys(keys) if (key := key_of(text))][:MAX_COMPARED]
    kept = list(dict.fromkeys(Organization.objects.kept_of(numbers).values()))
    visible = Organization.objects.visible_to(EVERYONE).filter(pk__in=kept).in_bulk()
    return [visible[number] for number in kept if number in visible]


def _years(subjects: Sequence[Subject], since: int | None) -> list[int]:
    """Return the years that the comparison can start from, the latest first."""
    found = {year for subject in subjects for year in drawn_years(subject.figures.years)}
    return sorted(found | {since} if since else found, reverse=True)


def _suggested(asked: QueryDict) -> list[tuple[str, str]]:
    """Return organizations that match the reader's words, each with the address of the comparison with it."""
    words = asked.get("q", "").strip()
    if not words:
        return []
    rows = bodies_with_words(Organization.objects.visible_to(EVERYONE), words, EVERYONE).order_by("name")[:SUGGESTED]
    found = [row.pk for row in rows]
    names = Organization.objects.distinct_names(found)
    return [(names[pk], _address(asked, "organization", add=pk)) for pk in found]


def _address(asked: QueryDict, name: str, *, add: Any = "", leave_out: Any = "") -> str:
    parameters = asked.copy()
    parameters.pop("q", None)
    present = _countries(asked) if name == "country" else parameters.getlist(name)
    values = [value for value in present if value != str(leave_out)] + [str(add)] * bool(add)
    parameters.setlist(name, values)
    return "?" + parameters.urlencode()


def _pictures(subjects: Sequence[Subject]) -> list[Picture]:
    return [_by_year(subjects), *_compared(subjects)] if subjects else []


def _by_year(subjects: Sequence[Subject]) -> Picture:
    title = _("Value by year, in US dollars")
    dated = {year for subject in subjects for year in subject.figures.spent if year}
    years = drawn_years(dated)
    spent = [[subject.figures.spent.get(year, Decimal()) for year in years] for subject in subjects]
    series = [
        (
            subject.name,
            [
                Bar(str(year), float(total), compact(total) if total else "")
                for year, total in zip(years, totals, strict=True)
            ],
        )
        for subject, totals in zip(subjects, spent, strict=True)
    ]
    counted = [sum(number for year, number in subject.figures.priced.items() if year) for subject in subjects]
    rows = [(Cell(str(year)), *(spent_in(year, subject.figures) for subject in subjects)) for year in years]
    return Picture(
        name="years",
        title=title,
        coverage=_coverage(subjects, counted, _("have a date, a value and a rate to US dollars")),
        period=period_of_years(dated),
        note=f"{left_out_years(dated)} {CONVERSION}".strip(),
        head=(_("Year"), *(subject.name for subject in subjects)),
        rows=rows,
        svg=multiples(title, series),
        is_wide=True,
    )


def _compared(subjects: Sequence[Subject]) -> Iterator[Picture]:
    figures = [subject.figures for subject in subjects]
    numbers = [entry.purchases for entry in figures]
    dated = _coverage(subjects, [entry.purchases - entry.undated for entry in figures], _("have a date"))
    note = _("All purchases stored here, with or without a date.")
    values: list[tuple[Any, str]] = [(number, whole(number)) for number in numbers]
    title = _("Purchases")
    yield _ranked(subjects, values, title, name="purchases", head=title, coverage=dated, note=note)
    counted = [entry.counted for entry in figures]
    values = [
        (entry.dollars[1], f"{compact(entry.dollars[1])} {DOLLAR}") if entry.counted else (None, _("not known"))
        for entry in figures
    ]
    valued = _coverage(subjects, counted)
    of_money = {"coverage": valued, "note": str(CONVERSION)}
    yield _ranked(subjects, values, _("Value in US dollars"), name="value", head=DOLLAR, **of_money)
    known = [sum(number for _direct, number in entry.direct.values()) for entry in figures]
    direct = [sum(number for number, _known in entry.direct.values()) for entry in figures]
    title = _("Share bought directly or with limited competition")
    asked = f"{DATED_WITH_A_METHOD}: {_parts(subjects, known, [sum(entry.by_year.values()) for entry in figures])}."
    shares = map(_share, direct, known)
    yield _ranked(subjects, shares, title, name="direct", head=_("Share"), coverage=asked, note="")
    largest = [max((other.amount for other in subject.counterparts), default=Decimal()) for subject in subjects]
    title = _("Share of the largest counterpart, in US dollars")
    totals = [entry.dollars[1] for entry in figures]
    yield _ranked(subjects, map(_share, largest, totals), title, name="largest", head=_("Share"), **of_money)


def _ranked(
    subjects: Sequence[Subject], values: Iterable[tuple[Any, str]], title: str, *, head: str, **told: Any
) -> Picture:
    """Return a picture of one figure: for each subject, a value and its text."""
    rows = [
        (Cell(subject.name, href=subject.address), Cell(value, text))
        for subject, (value, text) in zip(subjects, values, strict=True)
    ]
    bars = [Bar(name.value, float(value.value or 0), value.text) for name, value in rows]
    period = period_of_years(year for subject in subjects for year in subject.figures.years)
    svg = ranked(title, bars)
    return Picture(title=title, period=period, head=(_("Name"), head), rows=rows, svg=svg, **told)


def _share(part: Any, whole: Any) -> tuple[float | None, str]:
    if not whole:
        return None, _("not known")
    share = float(part / whole)
    return round(share, 3), percent(share)


def _coverage(subjects: Sequence[Subject], counted: Sequence[int], what: str = "") -> str:
    """Say how many purchases of each subject a picture covers."""
    what = what or _("have a value and a rate to US dollars")
    parts = _parts(subjects, counted, [subject.figures.purchases for subject in subjects])
    return _("Purchases that %(what)s: %(parts)s.") % {"what": what, "parts": parts}


def _parts(subjects: Sequence[Subject], counted: Sequence[int], of: Sequence[int]) -> str:
    return "; ".join(
        _("%(name)s: %(counted)s of %(all)s") % {"name": subject.name, "counted": whole(number), "all": whole(all_)}
        for subject, number, all_ in zip(subjects, counted, of, strict=True)
    )
