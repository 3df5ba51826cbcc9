"""The home page: what is here, what was confirmed, and ways in."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from audits.pages.cached_figures import Scope, confirmed, default_currency, holdings, kept, overview
from audits.pages.comparing import MOST
from audits.pages.flags import latest_confirmed, public_flags
from audits.pages.holdings import Holdings
from audits.pages.purchases import Figures
from audits.pages.spending import pictures_of, years_of
from audits.pages.summing import summary
from audits.pages.technologies import SLUGS
from audits.pages.territory import technology_name
from contracts.ocds.countries import country_name
from contracts.pages.pictures import Picture, picture_file
from contracts.pages.speaking import answer, in_the_readers_language

# Of the pictures of all purchases.
SHOWN = ("value", "suppliers")


@require_safe
@in_the_readers_language
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show what is here."""
    everything = kept(Scope(currency=default_currency("")))
    here = holdings()
    countries = _countries(here, language)
    return answer(
        request,
        "pages/home.html",
        language,
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
        + urlencode({"country": [entry["code"] for entry in countries[:MOST]], "lang": get_language()}, doseq=True),
        technologies=_technologies(),
        years=years_of(everything)[::-1],
        confirmed_number=confirmed().number(),
        confirmed=latest_confirmed(public_flags()),
        records=here.size,
        publishers=here.publishers,
        publisher_number=here.named,
        has_examples=here.has_examples,
        newest=here.latest,
    )


@require_safe
@in_the_readers_language
def picture(request: HttpRequest, _language: str, name: str, kind: str) -> HttpResponse:
    """Return one picture of the page as a file; raises Http404, before anything is counted, if it has none such."""
    if name not in SHOWN:
        raise Http404(name)
    return picture_file(request, _pictures(kept(Scope(currency=default_currency("")))), name, kind)


def _pictures(everything: Figures) -> list[Picture]:
    """Return what all purchases of technology come to by year, and from whom."""
    found = pictures_of(everything) if everything.purchases else []
    return [picture for picture in found if picture.name in SHOWN]


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
