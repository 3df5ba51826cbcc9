"""The home page: what is here, what was confirmed, and ways in."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from audits.models import Flag
from audits.pages.comparing import MOST
from audits.pages.flags import latest_confirmed, public_flags
from audits.pages.keeping import Scope, default_currency, kept, overview
from audits.pages.spending import summary
from audits.pages.technologies import SLUGS
from audits.pages.territory import technology_name
from contracts.models import ContractingProcess
from contracts.ocds.countries import country_name
from contracts.pages.speaking import answer, in_the_readers_language


@require_safe
@in_the_readers_language
def page(request: HttpRequest, language: str) -> HttpResponse:
    """Show what is here."""
    flags = public_flags()
    everything = kept(Scope(currency=default_currency("")))
    public = ContractingProcess.objects.public().order_by()
    found, countries = publishers(), _countries(language)
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
        countries=countries,
        compared="?"
        + urlencode({"country": [entry["code"] for entry in countries[:MOST]], "lang": language}, doseq=True),
        technologies=_technologies(),
        confirmed_number=flags.filter(decision=Flag.State.CONFIRMED).count(),
        confirmed=latest_confirmed(flags),
        records=sum(publisher["records"] for publisher in found),
        publishers=found,
        newest=public.aggregate(day=Max("compiled_at"))["day"],
    )


def publishers() -> list[dict[str, Any]]:
    """Return the publishers of public records, with how many there are and when the last one came."""
    fields = ("slug", "name", "country", "licence", "licence_source", "source_url")
    rows = (
        ContractingProcess.objects.public()
        .order_by()
        .values_list(*(f"publisher__{field}" for field in fields))
        .annotate(records=Count("pk"), latest=Max("compiled_at"), newest=Max("date"))
    )
    columns = (*fields, "records", "latest", "newest")
    return sorted((dict(zip(columns, row, strict=True)) for row in rows), key=lambda entry: -entry["records"])


def _countries(language: str) -> list[dict[str, Any]]:
    rows = (
        ContractingProcess.objects.public().order_by().exclude(country="").values_list("country").annotate(Count("pk"))
    )
    found = [
        {
            "code": code,
            "name": country_name(code, language),
            "number": number,
            "address": reverse("country", args=[code]),
        }
        for code, number in rows
    ]
    return sorted(found, key=lambda entry: (-entry["number"], entry["name"]))


def _technologies() -> list[dict[str, Any]]:
    numbers = overview().by_sector()
    found = [
        {
            "name": technology_name(sector),
            "number": numbers.get(sector, 0),
            "address": reverse("technology", args=[slug]),
        }
        for sector, slug in SLUGS.items()
    ]
    return sorted(found, key=lambda entry: -entry["number"])
