"""Sums of contracts, each currency by itself, with how many contracts are in none."""

from typing import Any

from django.db import models
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Round
from django.db.models.lookups import IsNull
from rest_framework import serializers

from contracts.api.protocol.columns import Amount
from contracts.ocds.corrections import AMOUNT_PLACES

SUMMED_YEAR = "Of the signature, else of the award; null where the record dates neither."
# What a sum is of: what no record puts a currency to, or was free, is none.
_PRICED = Q(amount__gt=0) & ~Q(currency="")


class SumRow(serializers.Serializer):
    currency = serializers.CharField(help_text="Of the sum: none is added to another. Empty: the records name none.")
    contracts = serializers.IntegerField(help_text="One of several suppliers is counted for each of them.")
    without_amount = serializers.IntegerField(
        help_text="How many of them give no amount above 0, or no currency: they are in no sum."
    )
    amount = Amount(source="total", help_text="Of several suppliers each is given the same part: no sum is doubled.")
    amount_usd = Amount(source="total_usd", help_text="Of those whose currency has a rate for their day.")
    without_rate = serializers.IntegerField(help_text="How many have an amount and no rate.")


class ConvertedSumRow(serializers.Serializer):
    """What a sum has beside its own columns where a request names a currency."""

    converted = Amount(
        source="total_converted",
        required=False,
        help_text="Only with `in_currency`: the sum of what each contract is converted to.",
    )
    without_conversion = serializers.IntegerField(
        required=False, help_text="Only with `in_currency`: how many have an amount and no rate to this currency."
    )


def converted_sums(sums: models.QuerySet, converted: Any, parts: Any = 1) -> models.QuerySet:
    """Add to sums what their contracts come to in another currency: ``converted``, the amount of each in it."""
    return sums.annotate(
        total_converted=_total(converted, parts),
        without_conversion=Count("pk", filter=_PRICED & Q(IsNull(converted, True))),
    )


def _total(amount: Any, parts: Any) -> Round:
    share = models.ExpressionWrapper(amount / parts, output_field=models.DecimalField())
    # A third has more places than an amount of the API.
    return Round(Sum(share, filter=_PRICED, output_field=models.DecimalField()), AMOUNT_PLACES)


def sums_of(contracts: models.QuerySet, *by: str, parts: Any = 1) -> models.QuerySet:
    """
    Return sums of contracts, by currency.

    :param by: by what else: columns of the rows
    :param parts: among how many the amount of a row is divided
    """
    return (
        contracts.order_by()
        .values(*by, "currency")
        .annotate(
            contracts=Count("pk"),
            without_amount=Count("pk", filter=~_PRICED | Q(amount=None)),
            total=_total(F("amount"), parts),
            total_usd=_total(F("amount_usd"), parts),
            without_rate=Count("pk", filter=_PRICED & Q(amount_usd=None)),
        )
        .order_by(*by, "currency")
    )
