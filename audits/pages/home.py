"""The home page: totals, confirmed questions, and links to the other pages."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language

from audits.models import Flag
from audits.pages.comparing import MAX_COMPARED
from audits.pages.figures.cached_figures import Scope, confirmed, default_currency, figures_of, holdings, overview
from audits.pages.figures.drawn_years import drawn_years
from audits.pages.figures.holdings import Holdings
from audits.pages.figures.purchase_figures import Figures
from audits.pages.figures.spending import pictures_of
from audits.pages.figures.sums_in_words import changed_since, summary
from audits.pages.records.flags import latest_confirmed
from audits.pages.searching.search_kinds import FILTERS
from audits.pages.technologies import SLUGS, TECHNOLOGIES, technology_name
from contracts.ocds.codelists.countries import country_code, country_name
from contracts.pages.misread import unknown_names, unknown_value
from contracts.pages.pictures import Picture, picture_file
from contracts.pages.rendering import answer, reading_page

# The pictures of all purchases shown on this page.
SHOWN = ("value", "suppliers")
# Parameters of other pages, which people also type here.
_ELSEWHERE = FILTERS | {"q", "since"}


@reading_page
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show the totals; redirect if the address names a country or a technology."""
    named, misread = _territory(request.GET)
    if named and not misread:
        address = reverse("-".join(named), kwargs=named)
        further = urlencode({name: value for name, value in request.GET.items() if value and name not in named})
        return HttpResponseRedirect(f"{address}?{further}" if further else address)
    everything = figures_of(Scope(currency=default_currency("")))
    here, questions = holdings(), confirmed()
    countries = _countries(here, language)
    return answer(
        request,
        "pages/home.html",
        language,
        misread=[*misread, *unknown_names(request.GET, {"country", "technology"}, _ELSEWHERE)],
        contact=settings.VEEDOR_CONTACT,
        contact_address=settings.VEEDOR_CONTACT_HREF,
        publication=settings.VEEDOR_PUBLICATION,
        summary=summary(everything) if everything.purchases else "",
        suppliers=everything.suppliers[:5],
        buyers=everything.buyers[:5],
        pictures=_pictures(everything),
        here=request.path,
        countries=countries,
        compared="?"
        + urlencode(
            {"country": [entry["code"] for entry in countries[:MAX_COMPARED]], "lang": get_language()}, doseq=True
        ),
        technologies=_technologies(),
        years=drawn_years(everything.years)[::-1],
        confirmed_number=questions.number(),
        changed_since=changed_since(questions.changed_number()),
        confirmed=latest_confirmed(Flag.objects.public()),
        records=here.size,
        # The two are counted by separate statements; a load in between could make the difference negative.
        in_no_country=max(0, here.size - sum(here.countries.values())),
        publishers=here.publishers,
        publisher_number=here.named,
        has_examples=here.has_examples,
        newest=here.latest,
    )


@reading_page
def picture(request: HttpRequest, _language: str, name: str, kind: str) -> HttpResponse:
    """Return one picture of the page as a file; raises Http404 before counting if there is no such picture."""
    if name not in SHOWN:
        raise Http404(name)
    pictures = _pictures(figures_of(Scope(currency=default_currency(""))))
    return picture_file(request, pictures, name, kind, notice=holdings().notice)


def _pictures(everything: Figures) -> list[Picture]:
    """Return the pictures of all technology purchases by year and by supplier."""
    found = pictures_of(everything) if everything.purchases else []
    return [picture for picture in found if picture.name in SHOWN]


def _territory(asked: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """Return the country and technology that an address names, as page parameters, and the values not found here."""
    known: dict[str, Collection[str]] = {"country": holdings().countries, "technology": TECHNOLOGIES}
    technology = asked.get("technology", "").lower()
    found = {"country": country_code(asked.get("country", "")), "technology": SLUGS.get(technology, technology)}
    named = {kind: name for kind, name in found.items() if name in known[kind]}
    strange = [kind for kind in found if asked.get(kind) and kind not in named]
    return named, [unknown_value(kind, asked[kind], known[kind]) for kind in strange]


def _countries(here: Holdings, language: str) -> list[dict[str, Any]]:
    found = [
        {
            "code": code,
            "name": country_name(code, language),
            "number": number,
            "address": reverse("country", args=[code]),
        }
        for code, number in here.countries.items()
    ]
    return sorted(found, key=lambda entry: (-entry["number"], entry["name"]))


def _technologies() -> list[dict[str, Any]]:
    numbers = overview().by_sector()
    found = [
        {
            "name": technology_name(sector),
            "slug": slug,
            "number": numbers.get(sector, 0),
            "address": reverse("technology", args=[slug]),
        }
        for sector, slug in SLUGS.items()
    ]
    return sorted(found, key=lambda entry: -entry["number"])
