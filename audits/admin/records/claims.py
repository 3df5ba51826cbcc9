"""The pages of claims and processes from the contracts app, with the flags that audits raised."""

from collections import defaultdict
from typing import Any

from django.contrib import admin

from audits.admin.records.flag_links import ShowsFlags, flag_links
from audits.models import Audit, Flag
from audits.models.flag import SEVERITY_RANK
from audits.pages.labels import sentence
from contracts.admin.claims import ClaimAdmin
from contracts.admin.processes import ContractingProcessAdmin
from contracts.models import Claim, ContractingProcess
from contracts.pages.display import Rows, first_rows

STYLE = {"all": ["audits/flag.css"]}

admin.site.unregister([Claim, ContractingProcess])


def _standing(**condition: Any) -> Any:
    flags = Flag.objects.standing().out_of_shadow().filter(**condition)
    return flags.defer("evidence").order_by(SEVERITY_RANK.asc(), "rule", "pk")


@admin.register(Claim)
class AuditedClaimAdmin(ClaimAdmin):
    change_form_template = "admin/audits/claim.html"

    class Media:
        css = STYLE

    def beside(self, claim: Claim, record: ContractingProcess | None) -> dict[str, Any]:
        """Return the flags of the claim and those of the record; the same question has the same words."""
        claimed = first_rows(_standing(process__claim=claim))
        official = first_rows(_standing(process=record) if record else Flag.objects.none())
        asked = {(flag.rule, sentence(flag)) for flag in official.shown}
        new = {flag.pk for flag in claimed.shown if (flag.rule, sentence(flag)) not in asked}
        return {
            "claim_flags": flag_links(claimed.shown, new=new),
            "record_flags": flag_links(official.shown),
            "is_judged": Audit.objects.filter(process__claim=claim, is_current=True).exists(),
        }


@admin.register(ContractingProcess)
class AuditedProcessAdmin(ShowsFlags, ContractingProcessAdmin):
    subject = "process"

    def claims_beside(self, process: ContractingProcess) -> Rows:
        rows = super().claims_beside(process)
        raised = defaultdict(list)
        claims = [entry["row"].pk for entry in rows.shown]
        for flag in _standing(process__claim__in=claims).select_related("process"):
            raised[flag.process.claim_id].append(flag)
        return rows._replace(shown=[entry | {"flags": flag_links(raised[entry["row"].pk])} for entry in rows.shown])
