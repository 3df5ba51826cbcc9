from collections import Counter
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from audits.admin.records.withheld_findings import WithheldPages
from audits.judging.rule.vocabulary import OutcomeKind
from audits.models import Audit, AuditAttempt
from audits.pages.labels import OUTCOMES, SECTORS, rule_title
from audits.wording import why_not
from contracts.admin.bases import ReadOnlyAdmin
from contracts.admin.columns import column, digest_column
from contracts.admin.filters import DefaultedFilter
from contracts.models import ContractingProcess, Organization
from contracts.pages.display import admin_link, admin_url, process_provenance


def outcomes_table(audit: Audit) -> SafeString:
    """Show the outcome of each rule, with links to withheld findings, which a person can raise."""
    rows = format_html_join(
        "",
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{} <code>{}</code>{}</td></tr>",
        (
            (
                code,
                rule_title(code),
                OUTCOMES[OutcomeKind(outcome["kind"])],
                why_not(code, outcome),
                outcome.get("field", ""),
                _withheld_link(audit, code),
            )
            for code, outcome in sorted(audit.outcomes.items())
        ),
    )
    return format_html("<table>{}</table>", rows)


def folded_outcomes(audit: Audit) -> SafeString:
    """Show the outcome of each rule, folded, below the number of outcomes of each kind."""
    counted = Counter(outcome["kind"] for outcome in audit.outcomes.values())
    told = [f"{label}: {counted[kind]}" for kind, label in OUTCOMES.items() if counted[kind]]
    return format_html("<details><summary>{}</summary>{}</details>", " · ".join(told) or "–", outcomes_table(audit))


def _withheld_link(audit: Audit, code: str) -> SafeString | str:
    if audit.process_id is None or code not in audit.withheld:
        return ""
    address = reverse("admin:audits_withheld_finding", args=[code, audit.process_id])
    return format_html(' <a href="{}">{}</a>', address, _("Read it"))


def process_link(row: Any) -> SafeString:
    return format_html(
        '<a href="{}">{}</a> <span class="quiet">{}</span>',
        admin_url(ContractingProcess, row.process_id),
        row.process.ocid,
        process_provenance(row.process),
    )


@admin.register(Audit)
class AuditAdmin(WithheldPages, ReadOnlyAdmin):
    change_list_template = "admin/audits/audit/change_list.html"
    list_display = ["audited_at", "subject_written", "flagged", "sectors_written", "is_current"]
    list_filter = ["is_current"]
    search_fields = ["=process__ocid", "=organization__key"]
    search_help_text = _("The whole ocid, or the whole key of an organization.")
    fields = ["subject_written", "audited_at", "is_current", "sectors_written", "outcomes_written"]
    fields += ["process_digest_hex", "dossier_digest_hex", "ruleset_digest_hex"]
    sectors_written = column(
        _("technology sectors"),
        lambda audit: ", ".join(str(SECTORS.get(sector, sector)) for sector in audit.sectors) or "–",
    )
    outcomes_written = column(_("outcomes"), outcomes_table)
    process_digest_hex = digest_column(_("SHA-256 of the compiled release"), "process_digest")
    dossier_digest_hex = digest_column(_("SHA-256 of the dossier"), "dossier_digest")
    ruleset_digest_hex = digest_column(_("SHA-256 of the rule set"), "ruleset_digest")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Audit]:
        documents = ("process__compiled_release", "process__corrections")
        return super().get_queryset(request).select_related("process__publisher", "organization").defer(*documents)

    @admin.display(description=_("process or organization"))
    def subject_written(self, audit: Audit) -> SafeString:
        if audit.process_id is not None:
            return process_link(audit)
        return admin_link(Organization, audit.organization_id, audit.organization)

    @admin.display(description=_("flagged"))
    def flagged(self, audit: Audit) -> str:
        flagged = [code for code, outcome in audit.outcomes.items() if outcome["kind"] == OutcomeKind.FLAGGED]
        return ", ".join(sorted(flagged)) or "–"


class FailedFilter(DefaultedFilter):
    title = _("state")
    parameter_name = "state"
    default = "failed"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, Any]]:
        return [("failed", _("failed")), ("all", _("all"))]

    def queryset(self, _request: HttpRequest, queryset: Any) -> QuerySet[AuditAttempt]:
        return queryset.failed() if self.value() == "failed" else queryset


@admin.register(AuditAttempt)
class AuditAttemptAdmin(ReadOnlyAdmin):
    """Processes whose audit failed, listed so that they are not forgotten."""

    list_display = ["process_written", "tried", "failed_at", "error"]
    list_display_links = ["tried"]  # the process has its own link
    list_filter = [FailedFilter]
    search_fields = ["=process__ocid"]
    ordering = ["-failed_at"]
    fields = ["process_written", "tried", "failed_at", "leased_until", "error"]
    process_written = column(_("process"), process_link)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditAttempt]:
        documents = ("process__compiled_release", "process__corrections")
        return super().get_queryset(request).select_related("process__publisher").defer(*documents)

    @admin.display(description=_("tried"))
    def tried(self, attempt: AuditAttempt) -> str:
        number = attempt.attempts
        return ngettext("tried %(number)d time", "tried %(number)d times", number) % {"number": number}
