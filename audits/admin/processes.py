"""Processes with what their audits found: the page of the contracts app, and the flags of audits on it."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from audits.admin.flag_links import flag_links
from audits.models import Flag
from contracts.admin.processes import ContractingProcessAdmin
from contracts.models import ContractingProcess

admin.site.unregister(ContractingProcess)


@admin.register(ContractingProcess)
class AuditedProcessAdmin(ContractingProcessAdmin):
    class Media:
        css = {"all": ["audits/flag.css"]}

    def get_fields(self, request: HttpRequest, obj: ContractingProcess | None = None) -> Any:
        shown = super().get_fields(request, obj)
        return [*shown, "flags"] if request.user.has_perm("audits.view_flag") else shown

    @admin.display(description=_("flags"))
    def flags(self, process: ContractingProcess) -> SafeString | str:
        raised = Flag.objects.filter(process=process).order_by("withdrawn_at", "pk")
        return flag_links(raised.defer("evidence")) or "–"
