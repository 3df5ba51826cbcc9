"""Sums of contracts per currency, with the number of contracts that no sum contains."""

from typing import Any

from django.db import models
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Round
from django.db.models.lookups import IsNull
from rest_framework import serializers

from contracts.api.protocol.rows.columns import Amount
from contracts.ocds.corrections import AMOUNT_PLACES

SUMMED_YEAR = "Year of the signature, or else of the award; null if the record dates neither."
# Condition of summed rows, which excludes amounts without a currency and amounts of zero.
_PRICED = Q(amount__gt=0) & ~Q(currency="")


class SumRow(serializers.Serializer):
    currency = serializers.CharField(
        help_text=(
            "ISO 4217 code of the sum; currencies are not added together. Empty if the records name no currency."
        )
    )
    contracts = serializers.IntegerField(
        help_text="Number of contracts; a contract of several suppliers counts for each of them."
    )
    without_amount = serializers.IntegerField(
        help_text=(
            "Number of these contracts without an amount above 0 or without a currency; they are not in the sums."
        )
    )
    amount = Amount(
        source="total",
        help_text="Sum of the contracts; a contract of several suppliers is divided equally among them.",
    )
    amount_usd = Amount(
        source="total_usd", help_text="Sum in US dollars of the contracts for which an exchange rate is known."
    )
    without_rate = serializers.IntegerField(
        help_text="Number of contracts that have an amount but no known exchange rate."
    )


class ConvertedSumRow(serializers.Serializer):
    """The columns that a sum has in addition if a request names a currency."""

    converted = Amount(
        source="total_converted", required=False, help_text="Only with `in_currency`: sum of the converted amounts."
    )
    without_conversion = serializers.IntegerField(
        required=False,
        help_text=(
            "Only with `in_currency`: number of contracts that have an amount but no known rate to this currency."
        ),
    )


def converted_sums(sums: models.QuerySet, converted: Any, parts: Any = 1) -> models.QuerySet:
    """Add to sums the total of their contracts in another currency; ``converted`` is the expression for one amount."""
    return sums.annotate(
        total_converted=_total(converted, parts),
        without_conversion=Count("pk", filter=_PRICED & Q(IsNull(converted, True))),
    )


def _total(amount: Any, parts: Any) -> Round:
    share = models.ExpressionWrapper(amount / parts, output_field=models.DecimalField())
    # A third has more decimal places than an amount in the API.
    return Round(Sum(share, filter=_PRICED, output_field=models.DecimalField()), AMOUNT_PLACES)


def sums_of(contracts: models.QuerySet, *by: str, parts: Any = 1) -> models.QuerySet:
    """
    Return sums of contracts, by currency.

    :param by: further columns to group by
    :param parts: number of parts into which the amount of a row is divided
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
