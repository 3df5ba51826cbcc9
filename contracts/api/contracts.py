"""Contracts: a row for each signed contract, or active award that has none."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.http import Http404, HttpResponseBase, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.addresses import CONTRACT_NAMES, OCID, ContractLink, ProcessLink, ocid_of
from contracts.api.converting import IN_DOLLARS, RATE_PERIOD, ConvertingListView, InCurrency, converted_amounts
from contracts.api.dictionary import columns_in_words
from contracts.api.document_words import DocumentWords, pages_of
from contracts.api.followthemoney import FollowTheMoneyRenderer, entity_lines
from contracts.api.parties import BUYER, BUYER_ID, KEY, REGION, SUPPLIER_NAME, SUPPLIER_ROLES, SupplierKeys, role_of
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.citing import Cite, first_text
from contracts.api.protocol.list_view import ListView
from contracts.api.protocol.problems import parameter_problem
from contracts.api.protocol.query import filters
from contracts.api.protocol.query.one_of import OneOf, choice
from contracts.api.protocol.query.search import SearchFilter, SearchFilterSet, highlights_of
from contracts.api.protocol.rows.cited import cite_of
from contracts.api.protocol.rows.columns import Amount, Word, WrittenDay, numbers, texts, words
from contracts.api.protocol.rows.pagination import read_order
from contracts.api.protocol.views import DetailView
from contracts.api.records import RecordDigest
from contracts.api.sources import Source, verification
from contracts.api.taken_back import GONE, raise_if_taken_back
from contracts.api.twice import SAME_AS, PerhapsSameAs
from contracts.api.withheld import OrganizationKey
from contracts.models import Contract, ContractingProcess
from contracts.models.process import in_visible_process
from contracts.models.stages import COUNTED, NOT_CANCELLED, OF_SEVERAL, PURCHASE_YEAR


class ContractRow(serializers.Serializer):
    ocid = serializers.CharField(source="process.ocid")
    url = ContractLink(help_text="Permanent address of the contract; it stays the same when the record is amended.")
    process_url = ProcessLink(source="process.ocid")
    contract_id = serializers.CharField(
        help_text="Id of the contract in the record; empty for an award without a contract."
    )
    award_id = serializers.CharField()
    basis = Word(help_text="`contract`: a signed contract; `award`: an active award without a contract.")
    country = Word(source="process.country")
    region = serializers.CharField(source="process.region", help_text=REGION)
    title = serializers.CharField()
    buyer = serializers.CharField(source="process.buyer_name", help_text=BUYER)
    buyer_id = serializers.IntegerField(source="process.buyer_id", allow_null=True, help_text=BUYER_ID)
    buyer_key = OrganizationKey(source="process.buyer.key", allow_null=True, help_text=KEY)
    suppliers = texts(source="supplier_names")
    supplier_ids = numbers(source="suppliers")
    supplier_keys = SupplierKeys(help_text=f"Key of each of `supplier_ids`. {KEY}")
    supplier_roles = words(help_text=SUPPLIER_ROLES)
    method = serializers.CharField(source="process.procurement_method")
    status = serializers.CharField()
    amount = Amount(help_text="Amount of the contract, or else of its award.")
    currency = serializers.CharField()
    amount_usd = Amount(help_text=IN_DOLLARS)
    rate_period = Word(help_text=RATE_PERIOD)
    date = WrittenDay(help_text="Day of the signature, or else of the award, or else of the latest release.")
    date_basis = Word(help_text="What `date` is the day of: `signature`, `award` or `release`.")
    date_signed = WrittenDay(
        source="signed_on", help_text="Day of the signature. Days are in the publisher's time zone."
    )
    start = WrittenDay(source="starts_on")
    end = WrittenDay(source="ends_on")
    path = Word(help_text="JSON Pointer into the compiled release.")
    source = Source(source="process.source")  # type: ignore[assignment]  # a field of this name
    verification = verification(source="process.verification")
    same_as = serializers.CharField(source="process.same_as.ocid", allow_null=True, help_text=SAME_AS)
    perhaps_same_as = PerhapsSameAs("process")


class SupplierRoleFilter(OneOf):
    """Contracts with a supplier in a role; if `supplier` is given, with that supplier in the role."""

    def filter(self, queryset: models.QuerySet, value: list[str]) -> models.QuerySet:
        if not value:
            return queryset
        found = queryset.filter(supplier_roles__overlap=value)
        if Contract.SupplierRole.SOLE not in value:
            found = found.filter(OF_SEVERAL)
        supplier = self.parent.form.cleaned_data.get("supplier")
        if not supplier:
            return found
        keys = filters.OrganizationFilter.keys(supplier, self.parent.reader)
        each = {f"_role_of_{place}": role_of(pk) for place, pk in enumerate(keys)}
        has_role = models.Q(pk__in=[])
        for name in each:
            has_role |= models.Q(**{f"{name}__in": value})
        return found.alias(**each).filter(has_role)

    def unjudged(self, _value: list[str]) -> None:
        return None


class YesOrNo(OneOf):
    """
    A yes/no filter.

    :param yes: the condition
    :param no: its complement
    """

    takes_none = False

    def __init__(self, yes: models.Q, no: models.Q, help_text: str) -> None:
        known = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
        super().__init__("status", one=known, help_text=help_text)
        self.yes, self.no = yes, no

    def filter(self, queryset: models.QuerySet, value: list[str]) -> models.QuerySet:
        if not value or {"yes", "no"} <= {*value}:
            return queryset
        if "yes" in value:
            return queryset.filter(self.yes)
        return queryset.filter(self.no) if "no" in value else queryset.none()

    def unjudged(self, _value: list[str]) -> None:
        return None


# The complement of ``NOT_TWICE`` by keys, so that an index serves it beside conditions on the contract.
_TWICE = models.Q(
    process__any_of=ArraySubquery(ContractingProcess.objects.filter(same_as__isnull=False).order_by().values("pk"))
)


class ContractFilter(SearchFilterSet):
    ocid = OneOf("process__ocid", help_text="Of the contracting process.")
    country = filters.country("process__country")
    region = OneOf("process__region", help_text=REGION)
    publisher = filters.PublisherFilter("process__publisher")
    buyer = filters.OrganizationFilter("process__buyer")
    procuring_entity = filters.OrganizationFilter("process__procuring_entity")
    supplier = filters.OrganizationInArrayFilter("suppliers")
    funder = filters.FunderFilter("process")
    supplier_role = SupplierRoleFilter(
        "supplier_roles",
        one=forms.ChoiceField(choices=Contract.SupplierRole.choices),
        help_text=(
            "Role of a supplier: sole, lead, member, consortium. Together with `supplier`: the role of that supplier."
        ),
    )
    method = OneOf(
        "process__procurement_method", help_text="open, selective, limited, direct, or as the record has it."
    )
    category = OneOf("process__category", help_text="goods, works, services, or as the record has it.")
    basis = choice(
        Contract.Basis.values, "basis", help_text="What the row is: a signed contract, or an award without a contract."
    )
    status = OneOf("status", help_text="Status of the contract or award, as in the record.")
    cancelled = YesOrNo(~NOT_CANCELLED, NOT_CANCELLED, "Whether the status is `cancelled` or `unsuccessful`.")
    counted = YesOrNo(
        COUNTED,
        ~NOT_CANCELLED | _TWICE,
        "Whether sums count it: it is not cancelled, and no other record counts for it (`same_as`).",
    )
    currency = filters.currency()
    amount__gte, amount__lte = filters.amounts("amount")
    in_currency = InCurrency()
    converted__gte, converted__lte = converted_amounts("date")
    date = filters.on("date")
    date__gte, date__lte = filters.days("date")
    date_basis = choice(Contract.DateBasis.values, "date_basis", help_text="What `date` is the day of.")
    date_signed = filters.on("signed_on")
    date_signed__gte, date_signed__lte = filters.days("signed_on")
    start = filters.on("starts_on")
    start__gte, start__lte = filters.days("starts_on")
    end = filters.on("ends_on")
    end__gte, end__lte = filters.days("ends_on")
    q = SearchFilter("", "process")
    q__title = SearchFilter("", "process", part="title")
    q__buyer = SearchFilter("process", part="buyer")
    q__supplier = SearchFilter("", part="supplier")
    q__items = SearchFilter("process", part="items")
    q__documents = DocumentWords("process")


_CITE = Cite(
    gettext_lazy("contract"),
    author=first_text("process__publisher__name", "process__buyer_name", "process__ocid"),
    title=first_text("title", "process__title", "process__ocid"),
    published="process__date",
    digest=RecordDigest(source="process__digest"),
    publisher="process__publisher__",
    about=("process__ocid", "process__buyer_name"),
)


class ContractListView(ConvertingListView):
    """
    List contracts.

    Rows are signed contracts, and active awards without a contract. `contracts.ftm` returns the list as FollowTheMoney
    entities, one per line.
    """

    renderer_classes = (*ListView.renderer_classes, FollowTheMoneyRenderer)

    queryset = Contract.objects.all()
    title = "contracts"
    facets = {
        "country": "process__country",
        "region": "process__region",
        "method": "process__procurement_method",
        "category": "process__category",
        "status": "status",
        "basis": "basis",
        "currency": "currency",
        "year": PURCHASE_YEAR,
        "buyer": "process__buyer_name",
        "supplier": SUPPLIER_NAME,
        "publisher": "process__publisher__slug",
    }
    dictionary = columns_in_words("both", "contracts")
    includes = {
        "highlights": highlights_of(
            {
                "title": ("title", "title"),
                "process_title": ("process__title", "title"),
                "description": ("process__description", ""),
                "buyer": ("process__buyer_name", "buyer"),
                "suppliers": ("supplier_names", "supplier"),
                "items": ("process__items", "items"),
            },
            "process__language",
        ),
        "pages": pages_of("process"),
        "cite": cite_of(_CITE, ContractLink()),
    }
    process = "process"
    orders = {
        "id": "pk",
        "amount": "amount",
        "amount_usd": "amount_usd",
        "date": "date",
        "date_signed": "signed_on",
        "start": "starts_on",
        "end": "ends_on",
    }

    def get_queryset(self) -> models.QuerySet[Contract]:
        return _visible_to_reader(self.request)

    def get(self, request: Request, **address: Any) -> HttpResponseBase:
        if request.accepted_renderer.format != FollowTheMoneyRenderer.format:
            return super().get(request, **address)
        order = read_order(request, self.orders, self.order)
        rows = self.rows(request).order_by(*order.by(backward=False))
        lines = entity_lines(rows, request.build_absolute_uri) if request.method != "HEAD" else ()
        name = f'attachment; filename="veedor-{self.title}.ftm.jsonl"'
        headers = {"Content-Disposition": name}
        return StreamingHttpResponse(lines, content_type=FollowTheMoneyRenderer.media_type, headers=headers)


def _visible_to_reader(request: Request) -> models.QuerySet[Contract]:
    return Contract.objects.filter(in_visible_process(effective_user(request)))


class ContractDetail(ContractRow):
    """A contract, and how to cite it."""

    cite = _CITE


class ContractDetailView(DetailView):
    """
    Read one contract.

    It is identified by its ocid and the id of the contract or award. The address of an award without a contract
    returns its contract once there is one.
    """

    queryset = Contract.objects.all()
    parameters = DetailView.parameters | {"ocid", *CONTRACT_NAMES, "path"}
    schema_parameters = (
        OCID,
        OpenApiParameter("contract_id", OpenApiTypes.STR, description="Id of the contract in the record."),
        OpenApiParameter(
            "award_id", OpenApiTypes.STR, description="Id of the award in the record, for an award without a contract."
        ),
        OpenApiParameter(
            "path",
            OpenApiTypes.STR,
            description="JSON Pointer into the compiled release, if the record has neither id.",
        ),
        *DetailView.schema_parameters,
    )
    further_problems = GONE

    @extend_schema(operation_id="contract_retrieve")
    def get(self, request: Request, **_address: Any) -> Response:
        return super().get(request, pk=self._key(request))

    def get_queryset(self) -> models.QuerySet[Contract]:
        return _visible_to_reader(self.request)

    def permalink(self, request: Request, address: Mapping[str, Any]) -> str:
        names = ("process__ocid", *CONTRACT_NAMES, "path")
        found = Contract.objects.filter(pk=address["pk"]).values_list(*names).get()
        link = ContractLink().convert(dict(zip(("ocid", *names[1:]), found, strict=True)))
        return request.build_absolute_uri(link)

    def _key(self, request: Request) -> int:
        """Return the primary key of the requested contract; raises ProblemError if several match."""
        given = {name: request.query_params.get(name, "") for name in (*CONTRACT_NAMES, "path")}
        named = {name: value for name, value in given.items() if value}
        rows = self.get_queryset().filter(process__ocid=ocid_of(request))
        if not named:
            raise parameter_problem("contract_id", "invalid_parameter", _("Name the contract: &contract_id=…"))
        found = list(rows.filter(**named).order_by("pk").values_list("pk", "basis", "contract_id", "path"))
        # Prefer an award without a contract over contracts that share its award id.
        nearest = [row for row in found if "contract_id" in named or row[1] == Contract.Basis.AWARD] or found
        if not nearest:
            raise_if_taken_back(ocid_of(request))
            raise Http404
        if len(nearest) > 1:
            name = "contract_id" if "contract_id" not in named and all(row[2] for row in nearest) else "path"
            allowed = [row[2] if name == "contract_id" else row[3] for row in nearest]
            detail = _("The record has several contracts of this name: add %(name)s.") % {"name": name}
            raise parameter_problem(name, "invalid_parameter", detail, allowed=allowed)
        return int(nearest[0][0])
