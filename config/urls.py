"""Addresses: the admin, the API with its description, health and metrics, and the public pages."""

from django.contrib import admin
from django.urls import include, path
from django.urls.resolvers import ResolverMatch, RoutePattern, URLResolver
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from audits.admin.people.invitations import InvitedView
from config import views
from config.monitoring.views import alive, metrics, ready

handler400 = "config.views.not_taken"
handler403 = "config.views.forbidden"
handler404 = "config.views.nothing_here"
handler500 = "config.views.failed"


class _Remembering(URLResolver):
    """Caches where addresses without parameters lead, which are as many as routes: resolving takes long."""

    def __init__(self, route: str, addresses: str) -> None:
        super().__init__(RoutePattern(route, is_endpoint=False), addresses)
        self.known: dict[str, ResolverMatch] = {}

    def resolve(self, path: str) -> ResolverMatch:
        if path in self.known:
            return self.known[path]
        match = super().resolve(path)
        if not match.args and not match.kwargs:
            self.known[path] = match
        return match


urlpatterns = [
    # The API is first: it is asked most, and each address before it is tried.
    _Remembering("api/v1/", "audits.api.urls"),
    _Remembering("api/v1/", "contracts.api.urls"),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/v1/exports/", include("audits.exporting.urls")),
    path("api/v1/dumps/", include("audits.dumps.urls")),
    path("favicon.ico", views.favicon, name="favicon"),
    # Django's way from a row of the admin to its public page: no model here has one, and some cannot say so.
    path("admin/r/<path:row>", views.missing),
    path("admin/second-factor/", include("config.access.urls")),
    path("admin/invited/<uidb64>/<token>/", InvitedView.as_view(), name="invited"),
    path("", include("audits.admin.summaries.urls")),
    path("admin/", admin.site.urls),
    path("health/", alive, name="alive"),
    path("health/ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("", include("audits.following.urls")),
    path("", include("audits.pages.urls")),
    path("documents/", include("audits.admin.records.document_pages")),
    path("submit/", include("contracts.pages.urls")),
    path("methodology/", include("audits.methodology.urls")),
]
