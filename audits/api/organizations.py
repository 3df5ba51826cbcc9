"""Organizations with what their audits found."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.db import models
from django.db.models import Count, F, Subquery, Sum, Window
from django.db.models.functions import Coalesce, ExtractYear
from rest_framework import serializers

from audits.api.flag_rows import FlagRow, visible_rows
from audits.api.processes import Audited, OutcomeCounts, OutcomesForAuditors, current_audit_column
from audits.api.replies import ReplyRow
from audits.models import Purchase, Reply
from contracts.api.organizations import OrganizationDetail, OrganizationDetailView
from contracts.api.protocol.columns import Amount, Link, fields_of, read_rows, rows_of
from contracts.models import Organization
from contracts.models.process import in_public_process
from contracts.postgres.steady import steady

# As many shares of one buyer are told, the newest first.
MAX_SHARES = 500
_PLACES = Decimal("0.0001")


class _Spent(serializers.Serializer):
    year = serializers.IntegerField(help_text="Of the first award, else signature, else release, of each process.")
    currency = serializers.CharField(help_text="Shares are of what was spent in this one; others are not converted.")
    supplier_id = serializers.IntegerField(source="supplier")
    supplier_url = Link("organizations", source="supplier")
    supplier = serializers.CharField(source="supplier__name")
    processes = serializers.IntegerField(source="number", help_text="In which it supplied technology.")
    amount = Amount(source="total", help_text="Of several suppliers each is given the same part: no sum is doubled.")


class TechnologyShareRow(_Spent):
    share = serializers.DecimalField(
        max_digits=5,
        decimal_places=4,
        allow_null=True,
        help_text="Of what the buyer spent on technology in that year and currency, 0 to 1; null without amounts.",
    )


def technology_shares(buyer: int) -> list[dict[str, Any]]:
    """Return the shares of suppliers in what a buyer spent on technology, of public records; the newest year first."""
    first_day = Coalesce("process__awarded_on", "process__signed_on", "date", output_field=models.DateField())
    bought = Purchase.objects.filter(in_public_process(), buyer=buyer).exclude(sectors=[]).order_by()
    groups = bought.annotate(year=ExtractYear(first_day)).values("year", "currency", "supplier", "supplier__name")
    summed = groups.annotate(number=Count("process", distinct=True), total=Sum("amount"))
    with_whole = summed.annotate(whole=_OverGroups(_SumOfSums("total"), partition_by=["year", "currency"]))
    newest = with_whole.order_by(F("year").desc(), "currency", F("total").desc(nulls_last=True), "supplier")
    read = read_rows(newest[:MAX_SHARES], fields_of(_Spent), ("whole",))
    return [{**row, "share": _share(row["amount"], whole)} for (whole,), row in read]


class _OverGroups(Window):
    """A window over groups, by columns that these are made by: it makes no further ones."""

    def get_group_by_cols(self) -> list[Any]:
        return []


class _SumOfSums(models.Func):
    """The sum over a window of what groups sum: Django's `Sum` takes no aggregate, PostgreSQL's does."""

    function = "SUM"
    window_compatible = True
    output_field = models.DecimalField()


def _share(amount: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return (amount / whole).quantize(_PLACES, ROUND_HALF_EVEN) if whole and amount is not None else None


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
