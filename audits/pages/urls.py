"""Addresses of the public pages. Pictures are also files: ``suppliers.svg``, ``.csv``, ``.xlsx``, signed ``.json``."""

from django.contrib.sitemaps import views as sitemaps
from django.urls import URLPattern, path, register_converter
from django.urls.converters import StringConverter

from audits.pages import comparing, data_page, discovery, home, organization, territory
from audits.pages.records import earlier, process, question, replying, signed_copy
from audits.pages.searching import confirmed_questions, corrections, feeds, search
from audits.pages.technologies import SLUGS, TECHNOLOGIES


class CountryConverter(StringConverter):
    """A country code in any case; views redirect to capitals."""

    regex = "[A-Za-z]{2}"

    def to_python(self, value: str) -> str:
        return value.upper()


class TechnologyConverter(StringConverter):
    """A technology in any case, or as the API names it; views redirect to the canonical address."""

    regex = f"(?i:{'|'.join({**TECHNOLOGIES, **SLUGS})})"

    def to_python(self, value: str) -> str:
        return SLUGS.get(value.lower(), value.lower())


class FileKindConverter(StringConverter):
    regex = "svg|csv|xlsx|json"


register_converter(CountryConverter, "country")
register_converter(TechnologyConverter, "technology")
register_converter(FileKindConverter, "kind")


def _with_pictures(address: str, views: object, name: str) -> list[URLPattern]:
    """Return the addresses of a page and of its pictures."""
    return [
        path(f"{address}<slug:name>.<kind:kind>", views.picture, name=f"{name}-picture"),  # type: ignore[attr-defined]
        path(address, views.page, name=name),  # type: ignore[attr-defined]
    ]


urlpatterns = [
    *_with_pictures("", home, "home"),
    path("search/", search.page, name="search"),
    path("search/feed.atom", feeds.feed, name="feed"),
    *_with_pictures("compare/", comparing, "compare"),
    *_with_pictures("data/", data_page, "data"),
    path("reply/", replying.form, name="reply"),
    path("reply/status/", replying.status, name="reply-status"),
    path("data/catalog.jsonld", discovery.catalog, name="catalog"),
    path("robots.txt", discovery.robots, name="robots"),
    path(".well-known/security.txt", discovery.security, name="security"),
    path(
        "sitemap.xml", sitemaps.index, {"sitemaps": discovery.SITEMAPS, "sitemap_url_name": "sitemap"}, "sitemap-index"
    ),
    path("sitemap-<section>.xml", sitemaps.sitemap, {"sitemaps": discovery.SITEMAPS}, "sitemap"),
    path("process/", process.page, name="process-page-by-ocid"),
    path("process/earlier/", earlier.page, name="process-earlier"),
    path("process/earlier.json", earlier.record, name="process-earlier-record"),
    path("signed/", signed_copy.check, name="signed-check"),
    path("process/signed.json", process.signed_file, name="signed-record"),
    *_with_pictures("processes/<ocid:ocid>/", process, "process-page"),
    path("corrections/", corrections.page, name="corrections"),
    path("corrections/feed.atom", corrections.feed, name="corrections-feed"),
    path("flags/", confirmed_questions.page, name="confirmed-questions"),
    path("flags/<int:pk>/", question.page, name="flag-page"),
    path("flags/<int:pk>/signed.json", question.signed_file, name="signed-flag"),
    *_with_pictures("organizations/<int:pk>/", organization, "organization-page"),
    *_with_pictures("countries/<country:country>/", territory, "country"),
    *_with_pictures("countries/<country:country>/<technology:technology>/", territory, "country-technology"),
    *_with_pictures("technologies/<technology:technology>/", territory, "technology"),
]
