"""Organizations with what their audits found."""

from typing import Any

from django.db.models import Subquery

from audits.api.flag_rows import FlagRow, visible_rows
from audits.api.processes import Audited, OutcomeCounts, OutcomesForAuditors, current_audit_column
from audits.api.replies import ReplyRow
from audits.api.technology_spend import MAX_SHARES, TechnologyShareRow, technology_shares
from audits.models import Reply
from contracts.api.organizations import OrganizationDetail, OrganizationDetailView
from contracts.api.protocol.columns import rows_of
from contracts.models import Organization
from contracts.postgres.steady import steady


class _Audited(Audited):
    @staticmethod
    @steady
    def expression(_source: str) -> Subquery:
        return current_audit_column("audited_at", "organization")


class _OutcomeCounts(OutcomeCounts):
    @staticmethod
    @steady
    def expression(_source: str) -> Subquery:
        return current_audit_column("outcomes", "organization")


class AuditedOrganizationDetail(OrganizationDetail):
    audited = _Audited(
        allow_null=True, help_text="When the rules about organizations judged it last; null before they did."
    )
    outcomes = _OutcomeCounts(
        allow_null=True, help_text="How many of these rules gave each kind; null if you may not see all flags."
    )
    technology_bought = TechnologyShareRow(
        many=True,
        help_text=f"What it spent on technology, by year and supplier, with shares; the newest {MAX_SHARES}.",
    )
    flags = FlagRow(many=True, help_text="Those on the organization itself that you may see.")
    replies = ReplyRow(many=True, help_text="Accepted replies about the organization itself.")


class AuditedOrganizationDetailView(OutcomesForAuditors, OrganizationDetailView):
    """Read one organization, and the flags on it that you may see."""

    serializer_class = AuditedOrganizationDetail

    def section(self, name: str, field: Any, pk: Any) -> Any:
        if name == "technology_bought":
            return technology_shares(pk)
        if name == "flags":
            return visible_rows(self.request, organization__any_of=Organization.objects.bodies_of([pk]))
        if name == "replies":
            body = Organization.objects.bodies_of([pk])
            return rows_of(Reply.objects.accepted().filter(organization__any_of=body).order_by("pk"), ReplyRow)
        return super().section(name, field, pk)
