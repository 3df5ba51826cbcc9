"""The page of an organization from the contracts app, with the results of its audits."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from audits.admin.records.flag_links import ShowsFlags
from contracts.admin.organizations import OrganizationAdmin
from contracts.models import Organization

admin.site.unregister(Organization)


@admin.register(Organization)
class AuditedOrganizationAdmin(ShowsFlags, OrganizationAdmin):
    subject = "organization"

    def get_fields(self, request: HttpRequest, obj: Organization | None = None) -> Any:
        shown = super().get_fields(request, obj)
        return [*shown, "error"] if request.user.has_perm("audits.view_flag") else shown

    @admin.display(description=_("error of the latest audit"))
    def error(self, organization: Organization) -> str:
        record = getattr(organization, "track_record", None)
        return (record and record.error) or "–"
