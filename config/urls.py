"""Addresses: the admin, the API with its description, health and metrics, and the public pages."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from audits.admin.invitations import InvitedView
from config import views
from config.monitoring.views import alive, metrics, ready

handler403 = "config.views.forbidden"
handler404 = "config.views.nothing_here"
handler500 = "config.views.failed"

urlpatterns = [
    # The API is first: it is asked most, and each address before it is tried.
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/v1/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
    path("api/v1/exports/", include("audits.exporting.urls")),
    path("api/v1/dumps/", include("audits.dumps.urls")),
    path("api/v1/", include("audits.api.urls")),  # first: it answers some addresses of contracts too
    path("api/v1/", include("contracts.api.urls")),
    path("favicon.ico", views.favicon, name="favicon"),
    # Django's way from a row of the admin to its public page: no model here has one, and some cannot say so.
    path("admin/r/<path:row>", views.missing),
    path("admin/second-factor/", include("config.access.urls")),
    path("admin/invited/<uidb64>/<token>/", InvitedView.as_view(), name="invited"),
    path("admin/", admin.site.urls),
    path("health/", alive, name="alive"),
    path("health/ready", ready, name="ready"),
    path("metrics", metrics, name="metrics"),
    path("", include("audits.following.urls")),
    path("", include("audits.pages.urls")),
    path("documents/", include("audits.admin.document_urls")),
    path("submit/", include("contracts.pages.urls")),
    path("methodology/", include("audits.methodology.urls")),
]
