"""Organizations with the results of their audits."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.db import models
from django.db.models import Count, F, OuterRef, Window
from rest_framework import serializers

from audits.api.flag_rows import FlagRow, visible_rows
from audits.api.processes import Audited, OutcomeCounts, OutcomesForAuditors
from audits.api.replies import ReplyRow
from audits.models import Audit, Reply
from contracts.api.organizations import OrganizationDetail, OrganizationDetailView, totals
from contracts.api.parties import SUPPLIERS, each_supplier
from contracts.api.protocol.rows.columns import Amount, Link, fields_of, read_rows, rows_of
from contracts.api.sums import SUMMED_YEAR
from contracts.models import Contract, Organization

# Maximum number of shares shown of one buyer, the newest first.
MAX_SHARES = 500
_PLACES = Decimal("0.0001")


class _Spent(serializers.Serializer):
    year = serializers.IntegerField(allow_null=True, help_text=SUMMED_YEAR)
    currency = serializers.CharField(
        help_text="Currency of `amount` and `share`; other currencies are separate rows, not converted."
    )
    supplier_id = serializers.IntegerField(source="supplier")
    supplier_url = Link("organizations", source="supplier")
    processes = serializers.IntegerField(
        source="number", help_text="Number of processes in which the supplier supplied technology."
    )
    amount = Amount(
        source="total",
        help_text="Sum of the contracts; a contract of several suppliers is divided equally among them.",
    )


class TechnologyShareRow(_Spent):
    supplier = serializers.CharField()
    share = serializers.DecimalField(
        max_digits=5,
        decimal_places=4,
        allow_null=True,
        help_text=(
            "The supplier's share of the buyer's spending on technology in that year and currency, from 0 "
            "to 1; null without amounts."
        ),
    )


def technology_shares(buyer: int) -> list[dict[str, Any]]:
    """
    Return the suppliers' shares of a buyer's technology spending in public records, the newest year first.

    They use the same sums as ``contracts/sums``.
    """
    about_technology = Audit.objects.filter(is_current=True, process=OuterRef("process")).exclude(sectors=[])
    bought = Contract.objects.filter(models.Exists(about_technology), process__buyer=buyer).exclude(suppliers=[])
    summed = totals(bought.annotate(supplier=each_supplier()), "year", "supplier", parts=SUPPLIERS)
    with_number = summed.annotate(number=Count("process", distinct=True))
    with_whole = with_number.annotate(whole=_OverGroups(_SumOfSums("total"), partition_by=["year", "currency"]))
    year, total = (F(name).desc(nulls_last=True) for name in ("year", "total"))
    read = read_rows(
        with_whole.order_by(year, "currency", total, "supplier")[:MAX_SHARES], fields_of(_Spent), ("whole",)
    )
    suppliers = Organization.objects.filter(pk__any_of=[row["supplier_id"] for _whole, row in read])
    names = dict(suppliers.values_list("pk", "name"))
    return [
        {**row, "supplier": names.get(row["supplier_id"], ""), "share": _share(row["amount"], whole)}
        for (whole,), row in read
    ]


class _OverGroups(Window):
    """A window over groups that adds no grouping columns."""

    def get_group_by_cols(self) -> list[Any]:
        return []


class _SumOfSums(models.Func):
    """A window sum over sums of groups: PostgreSQL allows it, but Django's `Sum` accepts no aggregate."""

    function = "SUM"
    window_compatible = True
    output_field = models.DecimalField()


def _share(amount: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return (amount / whole).quantize(_PLACES, ROUND_HALF_EVEN) if whole and amount is not None else None


class _Audited(Audited):
    subject = "organization"


class _OutcomeCounts(OutcomeCounts):
    subject = "organization"


class AuditedOrganizationDetail(OrganizationDetail):
    audited = _Audited(
        allow_null=True,
        help_text="When rules about organizations last judged the organization; null before the first audit.",
    )
    outcomes = _OutcomeCounts(
        allow_null=True,
        help_text=(
            "Outcome → number of rules about organizations with that outcome; null unless you may see all flags."
        ),
    )
    technology_bought = TechnologyShareRow(
        many=True,
        help_text=f"Spending of the organization on technology, by year and supplier; the newest {MAX_SHARES}.",
    )
    flags = FlagRow(many=True, help_text="Flags about the organization itself that you may see.")
    replies = ReplyRow(many=True, help_text="Accepted replies about the organization itself.")


class AuditedOrganizationDetailView(OutcomesForAuditors, OrganizationDetailView):
    """
    Read one organization.

    The response includes the flags about the organization that you may see.
    """

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
