"""Organizations: buyers, suppliers and other parties of records."""

from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import django_filters
from django.db import models
from django.db.models import Count, Func, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from msgspec import to_builtins
from rest_framework import serializers

from contracts.api.dictionary import columns_in_words
from contracts.api.parties import SUPPLIERS, role_of
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.citing import Cite, first_text
from contracts.api.protocol.list_view import ListView
from contracts.api.protocol.query.filters import country
from contracts.api.protocol.query.one_of import OneOf
from contracts.api.protocol.query.search import SearchFilter, SearchFilterSet
from contracts.api.protocol.rows.columns import Link, Word, fields_for, read_rows, texts
from contracts.api.protocol.views import DetailView
from contracts.api.sums import SUMMED_YEAR, SumRow, sums_of
from contracts.api.withheld import KEY_OF_PERSON, MASKED, Identifier, OrganizationKey, Withheld
from contracts.models import Contract, ContractingProcess, Organization, Party
from contracts.models.organization import AS_FUNDER, NUMBER, financed_by, shown_key
from contracts.models.process import in_public_process
from contracts.models.stages import COUNTED, PURCHASE_YEAR
from contracts.names.consortia import members_by_name
from contracts.names.finding import bodies_with_words, keys_named, numbered
from contracts.ocds.codelists.codes import LEAD_TENDERER
from contracts.postgres.search_terms import Terms

# Maximum number of listed names of an organization.
MAX_NAMES = 100
# Maximum number of listed consortia of an organization, and of members.
MAX_RELATED = 100


class OrganizationRow(serializers.Serializer):
    """An organization, identified by its identifier, or else by its country and normalized name."""

    id = serializers.IntegerField()
    url = Link("organizations", source="id")
    key = OrganizationKey(
        help_text=(
            "Identity of the organization: scheme and identifier (MX-RFC:AAA010101AAA), or else country and "
            f"normalized name (name:MX:ayuntamiento de tula). {KEY_OF_PERSON}"
        )
    )
    name = serializers.CharField()
    scheme = serializers.CharField()
    identifier = Identifier(help_text=MASKED)
    country = serializers.CharField(
        help_text="ISO 3166-1 alpha-2 code; that of the record where it tells none of the organization itself."
    )
    roles = texts(help_text="OCDS roles of the organization in any process.")


class TotalRow(SumRow):
    """What public contracts of a year in a currency come to, of those that sums count."""

    year = serializers.IntegerField(allow_null=True, help_text=SUMMED_YEAR)


class RoleTotalRow(SumRow):
    """What public contracts in a currency come to in which a supplier has one role, of those that sums count."""

    role = Word(help_text="One of `sole`, `lead`, `member`, `consortium`, as in `supplier_roles` of contracts.")


class RelatedRow(serializers.Serializer):
    """An organization that records relate to another one as member, consortium or larger body."""

    id = serializers.IntegerField()
    url = Link("organizations", source="id")
    name = serializers.CharField()
    processes = serializers.IntegerField(source="number", help_text="Number of records.")
    as_lead = serializers.IntegerField(
        source="lead_number", help_text="Number of these records in which the member is the lead tenderer."
    )


def totals(contracts: models.QuerySet[Contract], *by: str, parts: Any = 1) -> models.QuerySet:
    """Return totals of public contracts that count, see ``sums_of``."""
    public = contracts.filter(COUNTED, in_public_process())
    return sums_of(public.annotate(year=PURCHASE_YEAR), *by, parts=parts)


class MergedRow(serializers.Serializer):
    """An organization that was merged into another one; its address redirects to that one."""

    id = serializers.IntegerField()
    key = OrganizationKey(help_text=KEY_OF_PERSON)
    name = serializers.CharField()
    scheme = serializers.CharField()
    identifier = Identifier(help_text=MASKED)
    country = serializers.CharField()


class _ShownNameKey(serializers.CharField):
    @staticmethod
    def expression(_source: str) -> models.F:
        return models.F("shown_key")


class NameKey(Withheld, serializers.CharField):
    """The key of the organization with a name, masked for the public like other keys."""

    public = _ShownNameKey


class NameRow(serializers.Serializer):
    """A name of an organization in public records."""

    name = serializers.CharField()
    key = NameKey(source="own_key", help_text="Key of the organization that has this name in records.")
    processes = serializers.IntegerField(source="number", help_text="Number of records with this name.")


class NamedMemberRow(serializers.Serializer):
    """An organization that is listed in the name of a consortium."""

    id = serializers.IntegerField()
    url = Link("organizations", source="id")
    name = serializers.CharField()
    written = serializers.CharField(help_text="Name of the member, as the name of the consortium spells it.")


class OrganizationDetail(OrganizationRow):
    merged = MergedRow(many=True, help_text="Organizations merged into this one by a person's decision.")
    names = NameRow(many=True, help_text=f"Names in records, the most frequent {MAX_NAMES} first.")
    bought = TotalRow(
        many=True, help_text="Purchases by year and currency, over contracts that sums count (`counted=yes`)."
    )
    supplied = TotalRow(
        many=True, help_text="Supplies by year and currency, over contracts that sums count (`counted=yes`)."
    )
    supplied_as = RoleTotalRow(
        many=True, help_text="`supplied` by role: sole supplier, lead or member of several suppliers, consortium."
    )
    financed = TotalRow(
        many=True,
        help_text=(
            "Contracts of the processes that it finances, by year and currency, over contracts that sums count "
            "(`counted=yes`): whole amounts, also where others finance them too."
        ),
    )
    member_of = RelatedRow(
        many=True,
        help_text=(
            "Consortia and larger bodies that records name it a member of. Their supplies are not in its sums."
        ),
    )
    members = RelatedRow(many=True, help_text="Organizations that records name as its members.")
    members_by_name = NamedMemberRow(
        many=True,
        help_text=(
            "Known organizations that its name lists in brackets, as in CONSORCIO X (A; B). Only the name "
            "says so; they do not affect sums or roles."
        ),
    )
    processes_bought = serializers.IntegerField(help_text="Number of public contracting processes with this buyer.")
    contracts_supplied = serializers.IntegerField(
        help_text="Number of contracts that name it as a supplier, including those that sums do not count."
    )
    processes_financed = serializers.IntegerField(
        help_text="Number of public contracting processes with this financier."
    )
    cite = Cite(_("organization in public contracting"), author=Value(""), title=first_text("name", "key"))


class _BodySearchFilter(SearchFilter):
    """Searches words of an organization, or of those merged into it."""

    takes_number = True

    def found(self, queryset: models.QuerySet, text: str, _terms: Terms) -> models.QuerySet:
        return bodies_with_words(queryset, text, self.parent.reader)


class RoleFilter(OneOf):
    def filter(self, queryset: models.QuerySet, value: list[str]) -> models.QuerySet:
        return queryset.filter(**{f"{self.field_name}__overlap": value}) if value else queryset

    def unjudged(self, _value: list[str]) -> None:
        return None


class KeyFilter(django_filters.CharFilter):
    """An organization by its key, in any spelling."""

    takes_number = True

    def filter(self, queryset: models.QuerySet, value: str) -> models.QuerySet:
        return queryset.filter(pk__any_of=keys_named(value, self.parent.reader)) if value else queryset


class IdentifierFilter(django_filters.CharFilter):
    """An identifier, with or without its punctuation."""

    takes_number = True

    def filter(self, queryset: models.QuerySet, value: str) -> models.QuerySet:
        if not value:
            return queryset
        return queryset.alias(number=NUMBER).filter(numbered(value, self.parent.reader))


class OrganizationFilterSet(SearchFilterSet):
    country = country()
    key = KeyFilter(
        max_length=600, help_text="Key of the organization, such as MX-RFC:AAA010101AAA or name:MX:Acme S.A."
    )
    scheme = django_filters.CharFilter(lookup_expr="iexact", help_text="Scheme of the identifier, such as MX-RFC.")
    identifier = IdentifierFilter(help_text="Identifier of the organization, with or without punctuation.")
    role = RoleFilter("roles", help_text="OCDS role of the organization, such as supplier.")
    q = _BodySearchFilter()


class OrganizationListView(ListView):
    """List organizations."""

    queryset = Organization.objects.all()
    title = "organizations"
    facets = {"country": "country", "scheme": "scheme"}
    dictionary = columns_in_words("organizations")
    serializer_class = OrganizationRow
    filterset_class = OrganizationFilterSet

    def get_queryset(self) -> models.QuerySet[Organization]:
        return Organization.objects.visible_to(effective_user(self.request))


def names_of(pk: int) -> models.QuerySet:
    """Return the names of an organization in public records, each with its key there."""
    return (
        Party.objects.filter(in_public_process(), organization=pk)
        .exclude(name="")
        .order_by()
        .annotate(
            own_key=Coalesce("named_as__key", "organization__key"),
            shown_key=Coalesce(shown_key("named_as__"), shown_key("organization__")),
        )
        .values("name", "own_key", "shown_key")
        .annotate(number=Count("process", distinct=True))
        .order_by("-number", "name", "own_key")
    )


def groups_of(pk: int) -> models.QuerySet[Organization]:
    """Return the groups of an organization, as stated in public records, those with most records first."""
    own = Party.objects.filter(in_public_process(), organization=pk).order_by()
    groups = own.annotate(group=Func("member_of", function="unnest", output_field=models.BigIntegerField()))
    return _related(groups.values("group"), own.filter(member_of__contains=[OuterRef("pk")]))


def members_of(pk: int) -> models.QuerySet[Organization]:
    """Return the members of an organization, as stated in public records, those with most records first."""
    members = Party.objects.filter(in_public_process(), member_of__contains=[pk]).order_by()
    return _related(members.values("organization"), members.filter(organization=OuterRef("pk")))


def _related(pks: models.QuerySet, parties: models.QuerySet[Party]) -> models.QuerySet[Organization]:
    leads = parties.filter(roles__contains=[LEAD_TENDERER])
    found = Organization.objects.filter(pk__in=pks)
    return found.annotate(number=_number(parties), lead_number=_number(leads)).order_by("-number", "name", "pk")


def _supplied(pk: int) -> models.QuerySet[Contract]:
    return Contract.objects.filter(suppliers__contains=[pk]).annotate(role=role_of(pk))


class KeptElsewhere(HttpResponsePermanentRedirect):
    """
    Redirects from a merged organization to the one that was kept, preserving the HTTP method.

    Browsers cache a 308 forever unless told to revalidate, but merges can be undone.
    """

    status_code = HTTPStatus.PERMANENT_REDIRECT

    def __init__(self, address: str) -> None:
        super().__init__(address, headers={"Cache-Control": "private, no-cache"})


def redirect_to_kept(request: HttpRequest, pk: int, reader: Any, address: Callable[[int], str]) -> KeptElsewhere:
    """
    Return the redirect from an organization that was merged, or that records now name differently, with the query.

    :param address: primary key of the kept one → its address
    :raises Http404: if it is neither, or the reader may not see both (one of them is only named by a claim)
    """
    kept = Organization.objects.named_to(reader).filter(pk=pk).values_list("merged_into", flat=True).first()
    kept = kept or Organization.objects.now_named(pk)
    if kept is None or not Organization.objects.visible_to(reader).filter(pk=kept).exists():
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    return KeptElsewhere(f"{address(kept)}?{query}" if query else address(kept))


def _number(queryset: models.QuerySet) -> models.Expression:
    """Return the number of rows of a subquery, as a column."""
    counted = queryset.order_by().values(one=Value(1)).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted), 0, output_field=models.IntegerField())


def with_counts(organizations: models.QuerySet[Organization]) -> models.QuerySet[Organization]:
    """Return organizations with the number of public processes in which they are buyer, supplier and financier."""
    financing = Party.objects.filter(AS_FUNDER, organization=OuterRef(OuterRef("pk"))).order_by().values("process")
    return organizations.annotate(
        processes_bought=_number(ContractingProcess.objects.public().filter(buyer=OuterRef("pk"))),
        contracts_supplied=_number(Contract.objects.filter(in_public_process(), suppliers__contains=[OuterRef("pk")])),
        processes_financed=_number(ContractingProcess.objects.public().filter(pk__in=financing)),
    )


class OrganizationDetailView(DetailView):
    """Read one organization."""

    redirects = {
        "308": "It was merged into another organization, or records name that one now; Location has its address."
    }
    queryset = Organization.objects.all()
    sections = {
        "names": lambda pk: names_of(pk)[:MAX_NAMES],
        "bought": lambda pk: totals(Contract.objects.filter(process__buyer=pk), "year"),
        "supplied": lambda pk: totals(_supplied(pk), "year", parts=SUPPLIERS),
        "supplied_as": lambda pk: totals(_supplied(pk), "role", parts=SUPPLIERS),
        "financed": lambda pk: totals(Contract.objects.filter(financed_by([pk])), "year"),
        "member_of": lambda pk: groups_of(pk)[:MAX_RELATED],
        "members": lambda pk: members_of(pk)[:MAX_RELATED],
    }

    def section(self, name: str, field: Any, pk: Any) -> Any:
        if name == "merged":
            merged = Organization.objects.named_to(effective_user(self.request)).filter(merged_into=pk)
            fields = fields_for(MergedRow, effective_user(self.request))
            return [row for _keys, row in read_rows(merged.order_by("pk"), fields)]
        if name == "members_by_name":
            reader = effective_user(self.request)
            named = members_by_name(Organization.objects.get(pk=pk), reader)
            return [{**to_builtins(member), "url": Link("organizations").convert(member.id)} for member in named]
        return super().section(name, field, pk)

    def handle_exception(self, exc: Exception) -> Any:
        """Redirect to the organization into which this one was merged."""
        if isinstance(exc, Http404):
            with suppress(Http404):
                return redirect_to_kept(
                    self.request._request,  # noqa: SLF001
                    self.kwargs["pk"],
                    effective_user(self.request),
                    lambda kept: reverse("organization", args=[kept]),
                )
        return super().handle_exception(exc)

    def get_queryset(self) -> models.QuerySet[Organization]:
        return with_counts(Organization.objects.visible_to(effective_user(self.request)))
