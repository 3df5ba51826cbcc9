"""Contracting processes: list and detail."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.db import models
from django.db.models.functions import Coalesce, TruncDate
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.addresses import ProcessLink, process_address
from contracts.api.converting import IN_DOLLARS, RATE_PERIOD, ConvertingListView, InCurrency, converted_amounts
from contracts.api.dictionary import columns_in_words
from contracts.api.document_words import DocumentWords, pages_of
from contracts.api.parties import BUYER, BUYER_ID, MEMBER_OF, REGION, SUPPLIER_NAME, SUPPLIER_ROLES
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.citing import Cite, first_text
from contracts.api.protocol.query import filters
from contracts.api.protocol.query.one_of import OneOf
from contracts.api.protocol.query.search import SearchFilter, SearchFilterSet, highlights_of
from contracts.api.protocol.rows.cited import cite_of
from contracts.api.protocol.rows.columns import Amount, Day, Instant, Link, Word, WrittenDay, numbers, texts, words
from contracts.api.protocol.views import DetailView
from contracts.api.records import WITHHELD, CompiledRelease, Corrections, RecordDigest
from contracts.api.releases import ReleaseRow
from contracts.api.sources import Source, verification
from contracts.api.taken_back import GONE, raise_if_taken_back
from contracts.api.twice import SAME_AS, PerhapsSameAs
from contracts.api.withheld import MASKED, PartyId
from contracts.models import Award, Bid, Contract, ContractingProcess, Party, Release

# The day of an amount's exchange rate, as in `contracts.intake.rows.process_rows`.
DAY = Coalesce("signed_on", "awarded_on", TruncDate("date", tzinfo=UTC))


class ProcessRow(serializers.Serializer):
    """A contracting process: columns copied from its compiled release."""

    ocid = serializers.CharField()
    url = ProcessLink(source="ocid")
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2 code of the country; empty if unknown.")
    language = serializers.CharField()
    publisher = serializers.CharField(source="publisher.slug", allow_null=True)
    title = serializers.CharField()
    buyer = serializers.CharField(source="buyer_name", help_text=BUYER)
    buyer_id = serializers.IntegerField(allow_null=True, help_text=BUYER_ID)
    procuring_entity_id = serializers.IntegerField(allow_null=True, help_text="Id of the organization.")
    region = serializers.CharField(help_text=REGION)
    suppliers = texts(source="supplier_names", help_text="Names of the suppliers in the record.")
    supplier_ids = numbers(source="suppliers", help_text="Ids of the organizations.")
    status = serializers.CharField(help_text="Status of the tender.")
    method = serializers.CharField(source="procurement_method")
    method_details = serializers.CharField(source="procurement_method_details")
    category = serializers.CharField()
    award_criteria = serializers.CharField()
    amount = Amount(
        help_text=(
            "Sum of the contracts, or else of the awards, or else the value of the tender; null if they "
            "have several currencies."
        )
    )
    currency = serializers.CharField()
    amount_basis = Word(help_text="What `amount` is the value of: `contracts`, `awards` or `tender` (an estimate).")
    amount_usd = Amount(help_text=IN_DOLLARS)
    rate_period = Word(help_text=RATE_PERIOD)
    tender_amount = Amount()
    tender_currency = serializers.CharField()
    number_of_tenderers = serializers.IntegerField(allow_null=True)
    date = Instant(help_text="Date of the latest release.")
    tender_start = Instant()
    tender_end = Instant()
    award_date = WrittenDay(source="awarded_on", help_text="Day of the first award, in the publisher's time zone.")
    date_signed = WrittenDay(source="signed_on", help_text="Day of the first signature, in the publisher's time zone.")
    award_count = serializers.IntegerField()
    contract_count = serializers.IntegerField()
    bid_count = serializers.IntegerField()
    release_count = serializers.IntegerField()
    compiled = Day(source="compiled_at")
    source = Source()  # type: ignore[assignment]  # a field of this name
    verification = verification()
    same_as = serializers.CharField(source="same_as.ocid", allow_null=True, help_text=SAME_AS)
    perhaps_same_as = PerhapsSameAs()
    claim = serializers.UUIDField(
        source="claim_id",
        allow_null=True,
        help_text="Id of the claim that the record was made from, if it is held; only auditors see it.",
    )


class PartyRow(serializers.Serializer):
    organization_id = serializers.IntegerField()
    organization_url = Link("organizations", source="organization_id")
    party_id = PartyId(help_text=f"Its id in the record. {MASKED}")
    name = serializers.CharField()
    roles = texts()
    member_of = numbers(help_text=MEMBER_OF)
    path = serializers.CharField(help_text="JSON Pointer into the compiled release.")


class AwardRow(serializers.Serializer):
    award_id = serializers.CharField()
    title = serializers.CharField()
    status = serializers.CharField()
    date = WrittenDay(source="awarded_on", help_text="Day of the award, in the publisher's time zone.")
    amount = Amount()
    currency = serializers.CharField()
    suppliers = texts(source="supplier_names")
    supplier_ids = numbers(source="suppliers")
    path = serializers.CharField(help_text="JSON Pointer into the compiled release.")


class ContractOfProcessRow(serializers.Serializer):
    contract_id = serializers.CharField()
    award_id = serializers.CharField()
    basis = serializers.CharField(help_text="`contract`, or `award`: an active award that has no contract.")
    title = serializers.CharField()
    status = serializers.CharField()
    date = WrittenDay(help_text="The first that is known: of the signature, of the award, of the latest release.")
    date_basis = serializers.CharField(help_text="Of what `date` is: `signature`, `award` or `release`.")
    date_signed = WrittenDay(source="signed_on")
    start = WrittenDay(source="starts_on")
    end = WrittenDay(source="ends_on")
    amount = Amount()
    currency = serializers.CharField()
    suppliers = texts(source="supplier_names")
    supplier_ids = numbers(source="suppliers")
    supplier_roles = words(help_text=SUPPLIER_ROLES)
    path = serializers.CharField(help_text="JSON Pointer into the compiled release.")


class BidRow(serializers.Serializer):
    bid_id = serializers.CharField()
    basis = serializers.CharField(help_text="`bid`, or `tenderer`: a tenderer whose bid is not in the record.")
    status = serializers.CharField()
    date = Instant()
    amount = Amount()
    currency = serializers.CharField()
    tenderer_ids = numbers(source="tenderers")
    path = serializers.CharField(help_text="JSON Pointer into the compiled release.")


_CITE = Cite(
    _("contracting record"),
    author=first_text("publisher__name", "buyer_name", "ocid"),
    title=first_text("title", "ocid"),
    published="date",
    digest=RecordDigest(source="digest"),
    publisher="publisher__",
    about=("ocid", "buyer_name"),
)


class ProcessDetail(ProcessRow):
    description = serializers.CharField()
    parties = PartyRow(many=True)
    awards = AwardRow(many=True)
    contracts = ContractOfProcessRow(many=True)
    bids = BidRow(many=True)
    releases = ReleaseRow(many=True)
    corrections = Corrections()
    compiled_release = CompiledRelease(help_text=f"Compiled release of the process, as in OCDS.{WITHHELD}")
    cite = _CITE


class ProcessFilter(SearchFilterSet):
    ocid = OneOf("ocid", help_text="Of the contracting process.")
    country = filters.country()
    region = OneOf("region", help_text=REGION)
    publisher = filters.PublisherFilter("publisher")
    buyer = filters.OrganizationFilter("buyer")
    procuring_entity = filters.OrganizationFilter("procuring_entity")
    supplier = filters.OrganizationInArrayFilter("suppliers")
    funder = filters.FunderFilter("pk")
    method = OneOf("procurement_method", help_text="open, selective, limited, direct, or as the record has it.")
    status = OneOf("status", help_text="Status of the tender, as in the record.")
    category = OneOf("category", help_text="goods, works, services, or as the record has it.")
    currency = filters.currency()
    amount__gte, amount__lte = filters.amounts("amount")
    in_currency = InCurrency()
    converted__gte, converted__lte = converted_amounts(DAY)
    date__gte, date__lte = filters.instants("date")
    award_date = filters.on("awarded_on")
    award_date__gte, award_date__lte = filters.days("awarded_on")
    date_signed = filters.on("signed_on")
    date_signed__gte, date_signed__lte = filters.days("signed_on")
    q = SearchFilter()
    q__title = SearchFilter(part="title")
    q__buyer = SearchFilter(part="buyer")
    q__supplier = SearchFilter(part="supplier")
    q__items = SearchFilter(part="items")
    q__documents = DocumentWords("pk")


def _visible_to_reader(request: Request) -> models.QuerySet[ContractingProcess]:
    return ContractingProcess.objects.visible_to(effective_user(request))


class ProcessListView(ConvertingListView):
    """List contracting processes."""

    day = DAY
    queryset = ContractingProcess.objects.all()
    title = "contracting-processes"
    facets = {
        "country": "country",
        "region": "region",
        "method": "procurement_method",
        "category": "category",
        "status": "status",
        "currency": "currency",
        "buyer": "buyer_name",
        "supplier": SUPPLIER_NAME,
        "publisher": "publisher__slug",
    }
    dictionary = columns_in_words("both", "processes")
    includes = {
        "highlights": highlights_of(
            {
                "title": ("title", "title"),
                "description": ("description", ""),
                "buyer": ("buyer_name", "buyer"),
                "suppliers": ("supplier_names", "supplier"),
                "items": ("items", "items"),
            },
            "language",
        ),
        "pages": pages_of("pk"),
        "cite": cite_of(_CITE, ProcessLink(source="ocid")),
    }
    orders = {
        "id": "pk",
        "date": "date",
        "amount": "amount",
        "amount_usd": "amount_usd",
        "award_date": "awarded_on",
        "date_signed": "signed_on",
    }

    def get_queryset(self) -> models.QuerySet[ContractingProcess]:
        return _visible_to_reader(self.request)


class ProcessDetailView(DetailView):
    """
    Read one contracting process.

    The response has its columns, its awards, contracts, bids and parties, and its compiled release.
    """

    queryset = ContractingProcess.objects.all()
    address = "ocid"
    sections = {
        "parties": lambda pk: Party.objects.filter(process=pk).order_by("pk"),
        "awards": lambda pk: Award.objects.filter(process=pk).order_by("pk"),
        "contracts": lambda pk: Contract.objects.filter(process=pk).order_by("pk"),
        "bids": lambda pk: Bid.objects.filter(process=pk).order_by("pk"),
        "releases": lambda pk: Release.objects.of_process(ContractingProcess.objects.only("ocid", "claim").get(pk=pk)),
    }

    further_problems = GONE

    def get_queryset(self) -> models.QuerySet[ContractingProcess]:
        return _visible_to_reader(self.request)

    def get(self, request: Request, **address: Any) -> Response:
        try:
            return super().get(request, **address)
        except Http404:
            raise_if_taken_back(address["ocid"])
            raise

    def permalink(self, request: Request, address: Mapping[str, Any]) -> str:
        return request.build_absolute_uri(process_address(address["ocid"]))
