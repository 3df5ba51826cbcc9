"""Contracts: a row for each signed contract, or active award that has none."""

from rest_framework import serializers

from contracts.api.addresses import ProcessLink
from contracts.api.protocol.columns import Amount, Instant, numbers, texts
from contracts.api.protocol.filters import ContractFilter
from contracts.api.protocol.views import ListView
from contracts.models import Contract


class ContractRow(serializers.Serializer):
    ocid = serializers.CharField(source="process.ocid")
    process_url = ProcessLink(source="process.ocid")
    contract_id = serializers.CharField(help_text="Its id in the record; empty for an award without contract.")
    award_id = serializers.CharField()
    basis = serializers.CharField(help_text="`contract`, or `award`: an active award that has no contract.")
    country = serializers.CharField(source="process.country")
    title = serializers.CharField()
    buyer = serializers.CharField(source="process.buyer_name")
    buyer_id = serializers.IntegerField(source="process.buyer_id", allow_null=True)
    suppliers = texts(source="supplier_names")
    supplier_ids = numbers(source="suppliers")
    method = serializers.CharField(source="process.procurement_method")
    status = serializers.CharField()
    amount = Amount(help_text="Of the contract, else of its award.")
    currency = serializers.CharField()
    date_signed = Instant()
    start = Instant()
    end = Instant()
    path = serializers.CharField(help_text="JSON Pointer into the compiled release.")


class ContractListView(ListView):
    """List contracts: what was signed, and active awards without a contract."""

    queryset = Contract.objects.all()
    serializer_class = ContractRow
    filterset_class = ContractFilter
    orders = {"id": "pk", "amount": "amount", "date_signed": "date_signed", "start": "start", "end": "end"}
