"""How machines find what is here: a catalogue of the data (DCAT, schema.org), and addresses for search engines."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap
from django.db import models
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from audits.pages.addresses import process_page
from audits.pages.home import publishers
from audits.pages.organization import BODIES
from audits.pages.technologies import TECHNOLOGIES
from contracts.models import ContractingProcess, Organization
from contracts.pages.speaking import EVERYONE, in_the_readers_language

_LISTS = {
    "contracts": _lazy("Contracts"),
    "contracting-processes": _lazy("Processes"),
    "organizations": _lazy("Organizations"),
    "flags": _lazy("Published flags"),
}
_FORMATS = {"csv": "text/csv", "jsonl": "application/jsonl"}
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
}


@require_safe
@in_the_readers_language
def catalog(request: HttpRequest, language: str) -> HttpResponse:
    """Return the data as a DCAT catalogue, whose data sets are those of schema.org too; JSON-LD."""
    found = publishers()
    newest = max((entry["latest"] for entry in found), default=None)
    described = {
        "@context": _CONTEXT,
        "@id": request.build_absolute_uri(reverse("data")),
        "@type": "dcat:Catalog",
        "dct:title": "Veedor",
        "dct:language": language,
        "dcat:dataset": [_dataset(request, route, name, newest, found) for route, name in _LISTS.items()],
    }
    return JsonResponse(described, content_type="application/ld+json")


def _dataset(
    request: HttpRequest, route: str, name: Any, newest: datetime | None, found: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    title = f"Veedor: {name}"
    licences = sorted({entry["licence"] for entry in found if entry["licence"]})
    return {
        "@id": request.build_absolute_uri(reverse(route)),
        "@type": ["dcat:Dataset", "schema:Dataset"],
        "dct:title": title,
        "schema:name": title,
        "schema:description": _(
            "Public procurement records of AI and telecoms contracts, and the questions they raise."
        ),
        "schema:isAccessibleForFree": True,
        "schema:license": licences,
        **({"dct:modified": newest.date().isoformat()} if newest else {}),
        "dct:publisher": [
            {"@type": "foaf:Organization", "foaf:name": entry["name"]} for entry in found if entry["name"]
        ],
        "dcat:distribution": [
            {
                "@type": ["dcat:Distribution", "schema:DataDownload"],
                "dcat:downloadURL": request.build_absolute_uri(reverse(f"{route}-export", args=[kind])),
                "dcat:mediaType": media,
            }
            for kind, media in _FORMATS.items()
        ],
    }


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Ask robots to leave searches, the API and the admin alone, and say where the pages are."""
    lines = [
        "User-agent: *",
        *(
            f"Disallow: {path}"
            for path in ("/admin/", "/api/", "/search/", "/submit/", "/reply/", "/health/", "/metrics")
        ),
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap-index'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


class _Pages(Sitemap):
    def items(self) -> list[str]:
        named = [reverse(name) for name in ("home", "data", "methodology", "what-a-flag-is", "methodology-reader")]
        codes = ContractingProcess.objects.public().order_by().exclude(country="").values_list("country", flat=True)
        countries = [reverse("country", args=[code]) for code in sorted(codes.distinct())]
        return named + countries + [reverse("technology", args=[slug]) for slug in TECHNOLOGIES]

    def location(self, item: Any) -> str:
        return str(item)


class _Processes(Sitemap):
    limit = 10_000

    def items(self) -> models.QuerySet[ContractingProcess]:
        return ContractingProcess.objects.public().order_by("pk").only("ocid", "compiled_at")

    def location(self, item: Any) -> str:
        return process_page(item.ocid)

    def lastmod(self, item: Any) -> Any:
        return item.compiled_at.date()

    def get_latest_lastmod(self) -> Any:
        return ContractingProcess.objects.public().order_by().aggregate(last=Max("compiled_at__date"))["last"]


class _Bodies(Sitemap):
    """Public bodies alone: a supplier may be a person."""

    limit = 10_000

    def items(self) -> models.QuerySet[Organization]:
        return Organization.objects.visible_to(EVERYONE).filter(roles__overlap=list(BODIES)).order_by("pk")

    def location(self, item: Any) -> str:
        return reverse("organization-page", args=[item.pk])


SITEMAPS = {"pages": _Pages, "processes": _Processes, "bodies": _Bodies}
