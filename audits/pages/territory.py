"""The page of a country, a technology, or a technology in a country: suppliers, amounts, and methods."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audits.models import Audit, Flag
from audits.pages.figures.cached_figures import (
    RECORDED,
    Scope,
    confirmed,
    currency_of,
    default_currency,
    figures_asked,
    figures_of,
    holdings,
    misread_figures,
    overview,
    since_of,
)
from audits.pages.figures.drawn_years import drawn_years
from audits.pages.figures.purchase_figures import Figures
from audits.pages.figures.spending import pictures_of
from audits.pages.figures.sums_in_words import changed_since, summary
from audits.pages.records.flags import latest_confirmed
from audits.pages.technologies import SLUGS, TECHNOLOGIES, technology_name
from contracts.models import Contract, ContractingProcess
from contracts.models.stages import DATED
from contracts.ocds.codelists.countries import country_name
from contracts.pages.pictures import picture_file
from contracts.pages.rendering import answer, at_its_address, in_the_readers_language


@require_safe
@at_its_address
@in_the_readers_language
def page(request: HttpRequest, language: str, country: str = "", technology: str = "") -> HttpResponse:
    """Show a country, a technology, or both."""
    sector = _sector_of(country, technology)
    since = since_of(request.GET)
    figures = _figures(request, country, sector)
    flags, questions = Flag.objects.public(), confirmed()
    if country:
        flags = flags.filter(country=country)
    if sector:
        within = Audit.objects.filter(is_current=True, sectors__contains=[sector])
        flags = flags.filter(process__in=within.values("process"))
    if since:
        bought = Contract.objects.filter(process=OuterRef("process"), date_basis__in=DATED, date__year__gte=since)
        flags = flags.filter(Exists(bought))
    return answer(
        request,
        "pages/territory.html",
        language,
        misread=misread_figures(request.GET),
        title=_title(country, sector, language),
        country=country,
        country_name=country_name(country, language),
        technology=technology,
        technology_name=technology_name(sector) if sector else "",
        since=since,
        currency=figures.currency if figures.is_converted else RECORDED,
        recorded=figures.recorded,
        summary=summary(figures),
        years=_years(figures, since, country, sector),
        pictures=pictures_of(figures),
        here=request.path,
        has_examples=holdings().has_examples,
        confirmed_number=questions.number(country, sector, since),
        changed_since=changed_since(questions.changed_number(country, sector, since)),
        confirmed=latest_confirmed(flags),
        technologies=_technologies(country) if not sector else [],
        countries=_countries(sector, language) if not country else [],
        rows=_rows(country, sector, since),
        questions=urlencode({"decision": Flag.State.CONFIRMED.value} | _filled(country=country, sector=sector)),
        followed=urlencode(_filled(country=country, sector=sector)),
    )


def _filled(**parameters: str) -> dict[str, str]:
    return {name: value for name, value in parameters.items() if value}


@require_safe
@at_its_address
@in_the_readers_language
def picture(
    request: HttpRequest, language: str, name: str, kind: str, country: str = "", technology: str = ""
) -> HttpResponse:
    """Return one picture of the page as a file."""
    sector = _sector_of(country, technology)
    pictures, of = pictures_of(_figures(request, country, sector)), _title(country, sector, language)
    notice, misread = holdings().notice, misread_figures(request.GET)
    asked = figures_asked(request.GET)
    return picture_file(request, pictures, name, kind, of=of, notice=notice, misread=misread, asked=asked)


def _sector_of(country: str, technology: str) -> str:
    """Return the sector of a technology; raises Http404 if the country has no public records."""
    if country and not ContractingProcess.objects.public().filter(country=country).exists():
        raise Http404(country)
    return TECHNOLOGIES[technology] if technology else ""


def _figures(request: HttpRequest, country: str, sector: str) -> Figures:
    currency = currency_of(request.GET, default_currency(country))
    return figures_of(Scope(country=country, sector=sector, since=since_of(request.GET) or 0, currency=currency))


def _years(figures: Figures, since: int | None, country: str, sector: str) -> list[int]:
    """Return the years that the figures can start from, the latest first, including the chosen one."""
    if since:
        figures = figures_of(Scope(country=country, sector=sector, currency=default_currency(country)))
    return sorted({*drawn_years(figures.years), *filter(None, [since])}, reverse=True)


def _title(country: str, sector: str, language: str) -> str:
    if country and sector:
        return _("%(technology)s in %(country)s") % {
            "technology": technology_name(sector),
            "country": country_name(country, language),
        }
    return country_name(country, language) if country else technology_name(sector)


def _technologies(country: str) -> list[dict[str, Any]]:
    """Return the technologies bought in a country, with their numbers of purchases."""
    return [
        {
            "name": technology_name(sector),
            "number": number,
            "address": reverse("country-technology", args=[country, SLUGS[sector]]),
        }
        for sector, number in overview().by_sector(country).items()
        if number
    ]


def _countries(sector: str, language: str) -> list[dict[str, Any]]:
    """Return the countries that buy a technology, with their numbers of purchases."""
    found = [
        {
            "name": country_name(code, language),
            "number": number,
            "address": reverse("country-technology", args=[code, SLUGS[sector]]),
        }
        for code, number in overview().by_country(sector).items()
        if code and number
    ]
    return sorted(found, key=lambda entry: (-entry["number"], entry["name"]))


def _rows(country: str, sector: str, since: int | None) -> str:
    """Return the API query that lists the purchases of the page."""
    parameters = _filled(country=country, sector=sector or ",".join(SLUGS)) | {"counted": "yes"}
    if since:
        parameters |= {"date__gte": f"{since}-01-01", "date_basis": ",".join(DATED)}
    return "&".join(f"{name}={value}" for name, value in parameters.items())
