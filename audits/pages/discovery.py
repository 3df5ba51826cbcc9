"""How machines discover the data: a catalogue (DCAT, schema.org), and addresses for search engines."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.core.paginator import Paginator
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from audits.pages.addresses import process_page
from audits.pages.figures.cached_figures import holdings
from audits.pages.figures.holdings import Holdings
from audits.pages.organization import BODIES
from audits.pages.technologies import TECHNOLOGIES
from contracts.models import ContractingProcess, Organization
from contracts.pages.rendering import EVERYONE, reading_page

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
# RFC 9116, 2.5.5, asks for less than a year.
_SECURITY_HOLDS = timedelta(days=180)


@reading_page
def catalog(request: HttpRequest, language: str) -> HttpResponse:
    """Return the data as a DCAT catalogue in JSON-LD; its data sets are also schema.org data sets."""
    here = holdings()
    described = {
        "@context": _CONTEXT,
        "@id": request.build_absolute_uri(reverse("data")),
        "@type": "dcat:Catalog",
        "dct:title": "Veedor",
        "dct:language": language,
        "dcat:dataset": [_dataset(request, route, name, here) for route, name in _LISTS.items()],
    }
    return JsonResponse(described, content_type="application/ld+json")


def _dataset(request: HttpRequest, route: str, name: Any, here: Holdings) -> dict[str, Any]:
    title = f"Veedor: {name}"
    licences = sorted({publisher.licence for publisher in here.publishers if publisher.licence})
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
        **({"dct:modified": here.latest.date().isoformat()} if here.latest else {}),
        "dct:publisher": [
            {"@type": "foaf:Organization", "foaf:name": publisher.name}
            for publisher in here.publishers
            if publisher.name
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
    """Return robots.txt: keep robots off searches, the API and the admin, and name the sitemap."""
    lines = [
        "User-agent: *",
        *(
            f"Disallow: {path}"
            for path in ("/admin/", "/api/", "/search/", "/submit/", "/reply/", "/health/", "/metrics")
        ),
        f"Sitemap: {request.build_absolute_uri(reverse('sitemap-index'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")


@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """
    Return whom to tell about a vulnerability of this site (RFC 9116); 404 if the installation names no contact.

    Its expiry date is computed at each request.
    """
    if not settings.VEEDOR_CONTACT_HREF:
        raise Http404
    expires = datetime.combine(timezone.now().date(), time(), UTC) + _SECURITY_HOLDS
    lines = [
        f"Contact: {settings.VEEDOR_CONTACT_HREF}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: es, pt, en",
        f"Canonical: {request.build_absolute_uri(reverse('security'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


class _Pages(Sitemap):
    def items(self) -> list[str]:
        named = [
            reverse(name)
            for name in ("home", "data", "methodology", "what-a-flag-is", "methodology-reader", "methodology-lists")
        ]
        countries = [reverse("country", args=[code]) for code in sorted(holdings().countries)]
        return named + countries + [reverse("technology", args=[slug]) for slug in TECHNOLOGIES]

    def location(self, item: Any) -> str:
        return str(item)


class _CountedPages(Paginator):
    """Pages of the public processes; a scheduled task counts them."""

    @property
    def count(self) -> int:  # type: ignore[override]
        return holdings().size


class _Processes(Sitemap):
    limit = 10_000

    def items(self) -> models.QuerySet[ContractingProcess]:
        return ContractingProcess.objects.public().order_by("pk").only("ocid", "compiled_at")

    def location(self, item: Any) -> str:
        return process_page(item.ocid)

    def lastmod(self, item: Any) -> Any:
        return item.compiled_at.date()

    def get_latest_lastmod(self) -> Any:
        latest = holdings().latest
        return latest.date() if latest else None

    @property
    def paginator(self) -> Paginator:  # type: ignore[override]
        return _CountedPages(self.items(), self.limit)


class _Bodies(Sitemap):
    """Only public bodies: a supplier may be a person."""

    limit = 10_000

    def items(self) -> models.QuerySet[Organization]:
        return Organization.objects.visible_to(EVERYONE).filter(roles__overlap=list(BODIES)).order_by("pk")

    def location(self, item: Any) -> str:
        return reverse("organization-page", args=[item.pk])


SITEMAPS = {"pages": _Pages, "processes": _Processes, "bodies": _Bodies}
