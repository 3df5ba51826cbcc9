"""The contracts app's page of an organization, with what its audits found."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audits.admin.records.audits import outcomes_table
from audits.admin.records.flag_links import ShowsFlags
from audits.models import Audit
from contracts.admin.organizations import OrganizationAdmin
from contracts.models import Organization

admin.site.unregister(Organization)


@admin.register(Organization)
class AuditedOrganizationAdmin(ShowsFlags, OrganizationAdmin):
    subject = "organization"

    def get_fields(self, request: HttpRequest, obj: Organization | None = None) -> Any:
        shown = super().get_fields(request, obj)
        return [*shown, "outcomes", "error"] if request.user.has_perm("audits.view_flag") else shown

    @admin.display(description=_("what the rules answered"))
    def outcomes(self, organization: Organization) -> SafeString | str:
        audit = Audit.objects.filter(organization=organization, is_current=True).first()
        return outcomes_table(audit.outcomes) if audit else str(_("Not audited yet."))

    @admin.display(description=_("error of the latest audit"))
    def error(self, organization: Organization) -> str:
        record = getattr(organization, "track_record", None)
        return (record and record.error) or "–"
