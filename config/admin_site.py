"""The admin site, which computes its sidebar only for pages that show it."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject


class Site(admin.AdminSite):
    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """Return the models that a person may see, worked out when somebody asks: the desk's own pages never do."""
        worked_out = super().get_app_list
        return SimpleLazyObject(lambda: worked_out(request, app_label))


class AdminConfig(DjangoAdminConfig):
    default_site = "config.admin_site.Site"
