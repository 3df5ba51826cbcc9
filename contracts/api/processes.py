"""Contracting processes: the list, one of them whole, and its releases as received."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

import msgspec
from django.db import models
from django.db.models.functions import Coalesce, TruncDate
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.addresses import OCID, ProcessLink, ocid_of, process_address
from contracts.api.converting import (
    IN_DOLLARS,
    RATE_PERIOD,
    ConvertingListView,
    InCurrency,
    converted_from,
    converted_to,
)
from contracts.api.dictionary import PROCESSES
from contracts.api.parties import MEMBER_OF, SUPPLIER_ROLES
from contracts.api.protocol.citing import Cite, first_text
from contracts.api.protocol.columns import (
    Amount,
    Content,
    Day,
    Digest,
    Document,
    Instant,
    Link,
    Word,
    WrittenDay,
    numbers,
    texts,
    words,
)
from contracts.api.protocol.filters import (
    OrganizationFilter,
    OrganizationInArrayFilter,
    PublisherFilter,
    at_least,
    at_most,
    country,
    currency,
    from_day,
    on,
    since,
    to_day,
    until,
)
from contracts.api.protocol.one_of import OneOf
from contracts.api.protocol.pagination import CursorPage
from contracts.api.protocol.search import SearchFilter, SearchFilterSet, highlights_of
from contracts.api.protocol.tokens import effective_user
from contracts.api.protocol.views import ApiView, DetailView, ListView
from contracts.api.sources import ReleaseSource, ReleaseVerification, Source, verification
from contracts.models import Award, Bid, Contract, ContractingProcess, Party, Release
from contracts.models.process import may_see_contact_points
from contracts.ocds.contact_points import is_of_contact_point, without_contact_points

# The day at whose rate an amount is converted, as `contracts.intake.rows` takes it.
DAY = Coalesce("signed_on", "awarded_on", TruncDate("date", tzinfo=UTC))
WITHHELD = "Who may not view processes is shown the web address alone of a contact point."


class ProcessRow(serializers.Serializer):
    """A contracting process: the columns that are copied from its compiled release."""

    ocid = serializers.CharField()
    url = ProcessLink(source="ocid")
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2, or empty.")
    language = serializers.CharField()
    publisher = serializers.CharField(source="publisher.slug", allow_null=True)
    title = serializers.CharField()
    buyer = serializers.CharField(source="buyer_name", help_text="Its name in the record.")
    buyer_id = serializers.IntegerField(allow_null=True, help_text="An organization.")
    procuring_entity_id = serializers.IntegerField(allow_null=True, help_text="An organization.")
    region = serializers.CharField(help_text="Of the buyer's address, as the record has it.")
    suppliers = texts(source="supplier_names", help_text="Their names in the record.")
    supplier_ids = numbers(source="suppliers", help_text="Organizations.")
    status = serializers.CharField(help_text="Of the tender.")
    method = serializers.CharField(source="procurement_method")
    method_details = serializers.CharField(source="procurement_method_details")
    category = serializers.CharField()
    award_criteria = serializers.CharField()
    amount = Amount(help_text="Of the contracts, else the awards, else the tender; null if in several currencies.")
    currency = serializers.CharField()
    amount_basis = Word(help_text="What the amount is of: `contracts`, `awards` or `tender` (an estimate).")
    amount_usd = Amount(help_text=IN_DOLLARS)
    rate_period = Word(help_text=RATE_PERIOD)
    tender_amount = Amount()
    tender_currency = serializers.CharField()
    number_of_tenderers = serializers.IntegerField(allow_null=True)
    date = Instant(help_text="Of the latest release.")
    tender_start = Instant()
    tender_end = Instant()
    award_date = WrittenDay(source="awarded_on", help_text="Of the first award, in the publisher's time zone.")
    date_signed = WrittenDay(source="signed_on", help_text="Of the first contract, in the publisher's time zone.")
    award_count = serializers.IntegerField()
    contract_count = serializers.IntegerField()
    bid_count = serializers.IntegerField()
    release_count = serializers.IntegerField()
    compiled = Day(source="compiled_at")
    source = Source()  # type: ignore[assignment]  # a field of this name
    verification = verification()
    claim = serializers.UUIDField(
        source="claim_id", allow_null=True, help_text="The held claim that it stands for; shown to auditors alone."
    )


class PartyRow(serializers.Serializer):
    organization_id = serializers.IntegerField()
    organization_url = Link("organizations", source="organization_id")
    party_id = serializers.CharField(help_text="Its id in the record.")
    name = serializers.CharField()
    roles = texts()
    member_of = numbers(help_text=MEMBER_OF)
    path = serializers.CharField(help_text="JSON Pointer into the compiled release.")


class AwardRow(serializers.Serializer):
    award_id = serializers.CharField()
    title = serializers.CharField()
    status = serializers.CharField()
    date = WrittenDay(source="awarded_on", help_text="In the publisher's time zone.")
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
    basis = serializers.CharField(help_text="`bid`, or `tenderer`: a tenderer whose bid the record does not give.")
    status = serializers.CharField()
    date = Instant()
    amount = Amount()
    currency = serializers.CharField()
    tenderer_ids = numbers(source="tenderers")
    path = serializers.CharField(help_text="JSON Pointer into the compiled release.")


class CorrectionRow(serializers.Serializer):
    """A correction made while parsing; the record itself is not changed."""

    path = serializers.CharField(help_text="JSON Pointer into the compiled release.")
    found = serializers.JSONField(help_text="As it was sent.")
    used = serializers.JSONField(help_text="What it is read as; null: nothing.")
    reason = serializers.CharField()


@extend_schema_field(CorrectionRow(many=True))
class Corrections(Document):
    """Corrections made while parsing, for the public without those of contact points."""


class ReleaseRow(serializers.Serializer):
    release_id = serializers.CharField()
    kind = serializers.CharField(help_text="`release`, or `compiled`: the compiled release of a record.")
    digest = Digest(
        help_text="SHA-256 of the canonical JSON (members sorted, no spaces) of the release as it is stored, with its "
        "contact points."
    )
    received = Day(source="received_at")
    source = ReleaseSource()  # type: ignore[assignment]  # a field of this name
    verification = ReleaseVerification()


class ReceivedRow(ReleaseRow):
    release = Content(
        source="content", help_text=f"The release exactly as it was received. {WITHHELD} It is canonical JSON then."
    )


class ProcessDetail(ProcessRow):
    description = serializers.CharField()
    parties = PartyRow(many=True)
    awards = AwardRow(many=True)
    contracts = ContractOfProcessRow(many=True)
    bids = BidRow(many=True)
    releases = ReleaseRow(many=True)
    corrections = Corrections()
    compiled_release = Document(help_text=f"The merge of all releases, in OCDS's own words. {WITHHELD}")
    cite = Cite(
        _("contracting record"),
        author=first_text("publisher__name", "buyer_name", "ocid"),
        title=first_text("title", "ocid"),
        published="date",
        digest="digest",
        publisher="publisher__",
    )


class _PublicDocument(Document):
    @staticmethod
    def convert(value: str) -> msgspec.Raw:
        return msgspec.Raw(without_contact_points(value.encode()))


class _PublicContent(Content):
    @staticmethod
    def convert(value: bytes) -> msgspec.Raw:
        return msgspec.Raw(without_contact_points(bytes(value)))


class _PublicCorrections(Document):
    @staticmethod
    def convert(value: str) -> msgspec.Raw:
        rows = msgspec.json.decode(value)
        return msgspec.Raw(msgspec.json.encode([row for row in rows if not is_of_contact_point(row["path"])]))


# Name of a field → what it is for who may not see contact points.
_PUBLIC = {
    "compiled_release": _PublicDocument(),
    "corrections": _PublicCorrections(),
    "release": _PublicContent(source="content"),
}


class RecordView(ApiView):
    """Answers with records, to the public without the persons who are contact points."""

    def chosen_fields(self, request: Request) -> dict[str, Any]:
        fields = super().chosen_fields(request)
        if may_see_contact_points(effective_user(request)):
            return fields
        return {name: _PUBLIC.get(name, field) for name, field in fields.items()}


class ProcessFilter(SearchFilterSet):
    ocid = OneOf("ocid", help_text="Of the contracting process.")
    country = country()
    publisher = PublisherFilter("publisher")
    buyer = OrganizationFilter("buyer")
    procuring_entity = OrganizationFilter("procuring_entity")
    supplier = OrganizationInArrayFilter("suppliers")
    method = OneOf("procurement_method", help_text="open, selective, limited, direct, or as the record has it.")
    status = OneOf("status", help_text="Of the tender, as the record has it.")
    category = OneOf("category", help_text="goods, works, services, or as the record has it.")
    currency = currency()
    amount__gte = at_least("amount")
    amount__lte = at_most("amount")
    in_currency = InCurrency()
    converted__gte = converted_from(DAY)
    converted__lte = converted_to(DAY)
    date__gte = since("date")
    date__lte = until("date")
    award_date = on("awarded_on")
    award_date__gte = from_day("awarded_on")
    award_date__lte = to_day("awarded_on")
    date_signed = on("signed_on")
    date_signed__gte = from_day("signed_on")
    date_signed__lte = to_day("signed_on")
    q = SearchFilter()
    q__title = SearchFilter(part="title")
    q__buyer = SearchFilter(part="buyer")
    q__supplier = SearchFilter(part="supplier")


def _visible_to_reader(request: Request) -> models.QuerySet[ContractingProcess]:
    return ContractingProcess.objects.visible_to(effective_user(request))


class ProcessListView(ConvertingListView):
    """List contracting processes."""

    day = DAY
    queryset = ContractingProcess.objects.all()
    title = "contracting-processes"
    facets = {
        "country": "country",
        "method": "procurement_method",
        "category": "category",
        "status": "status",
        "currency": "currency",
        "buyer": "buyer_name",
        "publisher": "publisher__slug",
    }
    dictionary = PROCESSES
    includes = {
        "highlights": highlights_of(
            {
                "title": ("title", "title"),
                "description": ("description", ""),
                "buyer": ("buyer_name", "buyer"),
                "suppliers": ("supplier_names", "supplier"),
            },
            "language",
        )
    }
    serializer_class = ProcessRow
    filterset_class = ProcessFilter
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


class ProcessDetailView(RecordView, DetailView):
    """Read one contracting process: its columns, its rows, and its compiled release."""

    queryset = ContractingProcess.objects.all()
    serializer_class = ProcessDetail
    address = "ocid"
    sections = {
        "parties": lambda pk: Party.objects.filter(process=pk).order_by("pk"),
        "awards": lambda pk: Award.objects.filter(process=pk).order_by("pk"),
        "contracts": lambda pk: Contract.objects.filter(process=pk).order_by("pk"),
        "bids": lambda pk: Bid.objects.filter(process=pk).order_by("pk"),
        "releases": lambda pk: Release.objects.of_process(ContractingProcess.objects.only("ocid", "claim").get(pk=pk)),
    }

    def get_queryset(self) -> models.QuerySet[ContractingProcess]:
        return _visible_to_reader(self.request)

    def permalink(self, request: Request, address: Mapping[str, Any]) -> str:
        return request.build_absolute_uri(process_address(address["ocid"]))


class ByOcid(ApiView):
    """Takes the ocid from the query (`?ocid=`), for an ocid that no path can hold."""

    @property
    def ocid(self) -> str:
        return ocid_of(self.request)

    @property
    def schema_parameters(self) -> tuple[Any, ...]:  # type: ignore[override]
        return (OCID, *super().schema_parameters)

    def known_parameters(self) -> frozenset[str]:
        return super().known_parameters() | {"ocid"}

    def get(self, request: Request, **_address: Any) -> Response:
        return super().get(request, ocid=self.ocid)  # type: ignore[misc]


class ProcessByOcidView(ByOcid, ProcessDetailView):  # type: ignore[override]
    """Read one contracting process, as by its path, for an ocid that no path can hold."""


class ReleasePage(CursorPage):
    default_limit = 20


class ReleaseListView(RecordView, ListView):
    """List the releases of a contracting process, each as it was received, in the order of arrival."""

    queryset = Release.objects.all()
    serializer_class = ReceivedRow
    pagination_class = ReleasePage
    order = "id"

    def get_queryset(self) -> models.QuerySet[Release]:
        """Return the releases of the process; raises Http404 if the reader may see no process of the ocid."""
        process = _visible_to_reader(self.request).filter(ocid=self.ocid).only("ocid", "claim").first()
        if process is None:
            raise Http404
        return Release.objects.of_process(process)

    @property
    def ocid(self) -> str:
        return str(self.kwargs["ocid"])


class ReleaseListByOcidView(ByOcid, ReleaseListView):  # type: ignore[override]
    """List the releases of a contracting process, for an ocid that no path can hold."""
