"""Organizations: buyers, suppliers and the other parties of records."""

from typing import Any

import django_filters
from django.db import models
from django.db.models import Count, F, Func, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce, ExtractYear
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from contracts.api.dictionary import ORGANIZATIONS
from contracts.api.protocol.citing import Cite, first_text
from contracts.api.protocol.columns import Amount, Link, texts
from contracts.api.protocol.filters import country
from contracts.api.protocol.one_of import OneOf
from contracts.api.protocol.search import SearchFilter
from contracts.api.protocol.tokens import effective_user
from contracts.api.protocol.views import DetailView, ListView
from contracts.models import Contract, ContractingProcess, Organization
from contracts.models.organization import NUMBER
from contracts.models.process import in_public_process
from contracts.naming import keys_named, normal_number


class OrganizationRow(serializers.Serializer):
    """An organization, identified by its identifier, else by its folded name within a country."""

    id = serializers.IntegerField()
    url = Link("organizations", source="id")
    key = serializers.CharField(help_text="Its identity: MX-RFC:AAA010101AAA, or name:MX:ayuntamiento de tula.")
    name = serializers.CharField()
    scheme = serializers.CharField()
    identifier = serializers.CharField()
    country = serializers.CharField()
    roles = texts(help_text="OCDS roles that it has in any process.")


class TotalRow(serializers.Serializer):
    """What public contracts of a year in a currency come to."""

    year = serializers.IntegerField(allow_null=True, help_text="Of the date of the contracts; null without one.")
    currency = serializers.CharField()
    contracts = serializers.IntegerField()
    amount = Amount(source="total", help_text="Of several suppliers each is given the same part: no sum is doubled.")
    amount_usd = Amount(source="total_usd", help_text="Of those whose currency has a rate for their day.")
    without_rate = serializers.IntegerField(help_text="How many have an amount and no rate.")


def totals(contracts: models.QuerySet[Contract], parts: Any = 1) -> models.QuerySet:
    """
    Return contracts by year and currency.

    :param parts: among how many the amount of a row is divided
    """

    def total(column: str) -> Sum:
        share = models.ExpressionWrapper(F(column) / parts, output_field=models.DecimalField())
        return Sum(share, output_field=models.DecimalField())

    return (
        contracts.filter(in_public_process())
        .order_by()
        .annotate(year=ExtractYear("date"))
        .values("year", "currency")
        .annotate(
            contracts=Count("pk"),
            total=total("amount"),
            total_usd=total("amount_usd"),
            without_rate=Count("pk", filter=models.Q(amount__isnull=False, amount_usd__isnull=True)),
        )
        .order_by("year", "currency")
    )


class OrganizationDetail(OrganizationRow):
    bought = TotalRow(many=True, help_text="What it bought, by year and currency.")
    supplied = TotalRow(many=True, help_text="What it supplied, by year and currency.")
    processes_bought = serializers.IntegerField(help_text="Public contracting processes whose buyer it is.")
    contracts_supplied = serializers.IntegerField(help_text="Contracts that name it as a supplier.")
    cite = Cite(_("organization in public contracting"), author=Value(""), title=first_text("name", "key"))


class RoleFilter(OneOf):
    def filter(self, queryset: models.QuerySet, value: list[str]) -> models.QuerySet:
        return queryset.filter(**{f"{self.field_name}__overlap": value}) if value else queryset

    def unjudged(self, _value: list[str]) -> None:
        return None


class KeyFilter(django_filters.CharFilter):
    """An organization by its key, in whatever spelling."""

    def filter(self, queryset: models.QuerySet, value: str) -> models.QuerySet:
        return queryset.filter(pk__any_of=keys_named(value)) if value else queryset


class IdentifierFilter(django_filters.CharFilter):
    """An identifier, with or without its punctuation."""

    def filter(self, queryset: models.QuerySet, value: str) -> models.QuerySet:
        if not value:
            return queryset
        number = normal_number(value)
        is_same = models.Q(key__endswith=f":{number}") & ~models.Q(key__startswith="name:")
        # What an index knows of a key is what follows the last colon.
        is_same &= models.Q(number=number.rpartition(":")[2])
        return queryset.alias(number=NUMBER).filter(models.Q(identifier=value) | is_same)


class OrganizationFilterSet(django_filters.FilterSet):
    country = country()
    key = KeyFilter(max_length=600, help_text="Such as MX-RFC:AAA010101AAA, or name:MX:Acme S.A.")
    scheme = django_filters.CharFilter(lookup_expr="iexact", help_text="Such as MX-RFC.")
    identifier = IdentifierFilter(help_text="With or without its punctuation.")
    role = RoleFilter("roles", help_text="An OCDS role such as supplier.")
    q = SearchFilter()


class OrganizationListView(ListView):
    """List organizations."""

    queryset = Organization.objects.all()
    title = "organizations"
    facets = {"country": "country", "scheme": "scheme"}
    dictionary = ORGANIZATIONS
    serializer_class = OrganizationRow
    filterset_class = OrganizationFilterSet

    def get_queryset(self) -> models.QuerySet[Organization]:
        return Organization.objects.visible_to(effective_user(self.request))


def _number(queryset: models.QuerySet) -> models.Expression:
    """Return how many rows a query has, as a column of another."""
    counted = queryset.order_by().values(one=Value(1)).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0, output_field=models.IntegerField())


def with_counts(organizations: models.QuerySet[Organization]) -> models.QuerySet[Organization]:
    """Return organizations with how often they are buyers and suppliers in public processes."""
    return organizations.annotate(
        processes_bought=_number(ContractingProcess.objects.public().filter(buyer=OuterRef("pk"))),
        contracts_supplied=_number(Contract.objects.filter(in_public_process(), suppliers__contains=[OuterRef("pk")])),
    )


class OrganizationDetailView(DetailView):
    """Read one organization."""

    queryset = Organization.objects.all()
    serializer_class = OrganizationDetail
    sections = {
        "bought": lambda pk: totals(Contract.objects.filter(process__buyer=pk)),
        "supplied": lambda pk: totals(
            Contract.objects.filter(suppliers__contains=[pk]), Func("suppliers", function="cardinality")
        ),
    }

    def get_queryset(self) -> models.QuerySet[Organization]:
        return with_counts(Organization.objects.visible_to(effective_user(self.request)))
