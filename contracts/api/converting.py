"""Amounts in a requested currency (`?in_currency=EUR`), at the average rate around each row's day."""

import json
from typing import Any

import django_filters
from django import forms
from django.db import models
from django.db.models import F, Func, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, IsNull, LessThanOrEqual
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from contracts.api.protocol.list_view import ListView
from contracts.api.protocol.query.filters import AmountFilter
from contracts.api.protocol.query.warnings import MAX_COUNTED, counted_warning
from contracts.api.protocol.rows.columns import Amount, Word, fields_of
from contracts.ocds.codelists.exchange import DOLLAR, rates

PARAMETER = "in_currency"
CURRENCIES = tuple(sorted(rates()))
IN_DOLLARS = "The amount in US dollars, at the average rate of `rate_period`; null without an amount or a known rate."
RATE_PERIOD = "Month or year whose average exchange rate was used; empty if the rate is fixed or unknown."
_COMPARED = {"gte": GreaterThanOrEqual, "lte": LessThanOrEqual}


def target_of(request: Request) -> str:
    """Return the requested currency, or ``""``; the filter of this name refuses invalid ones."""
    text = request.query_params.get(PARAMETER, "").upper()
    return text if text in CURRENCIES else ""


class Conversion:
    """SQL that converts a row's amount, stored in US dollars, to another currency."""

    def __init__(self, currency: str, day: Any) -> None:
        """Convert at the rates of ``day``, a column or an expression."""
        self.currency = currency
        known = {period: str(rate.per_usd) for period, rate in rates()[currency].items()}
        self._known = Value(json.dumps(known))
        self._periods = [_written(day, "YYYY-MM"), _written(day, "YYYY"), Value("")]

    @property
    def amount(self) -> Any:
        """The amount, to the cent; unchanged if it is in this currency; null if it or a rate is missing."""
        if self.currency == DOLLAR:
            return F("amount_usd")
        per_usd = Func(Coalesce(*map(self._rate, self._periods)), template="(%(expressions)s)::numeric")
        kind = models.DecimalField(max_digits=40, decimal_places=2)
        converted = Func(
            F("amount_usd"), per_usd, template="round(%(expressions)s, 2)", arg_joiner=" * ", output_field=kind
        )
        own = Func(F("amount"), template="round(%(expressions)s, 2)", output_field=kind)
        return models.Case(models.When(currency=self.currency, then=own), default=converted, output_field=kind)

    @property
    def period(self) -> Any:
        """The period of the currency's rate; empty if the rate is fixed or missing."""
        own = models.When(currency=self.currency, then=Value(""))
        found = [models.When(IsNull(self._rate(period), False), then=period) for period in self._periods]
        return models.Case(own, *found, default=Value(""), output_field=models.TextField())

    def _rate(self, period: Any) -> Func:
        return Func(
            self._known,
            period,
            template="(%(expressions)s)",
            arg_joiner="::jsonb ->> ",
            output_field=models.TextField(),
        )


def _written(day: Any, form: str) -> Func:
    return Func(day, Value(form), function="to_char", output_field=models.TextField())


_UNCHANGED = Conversion(DOLLAR, "date")


class Converted(Amount):
    """The amount in the requested currency."""

    def __init__(self, conversion: Conversion | None = None, **options: Any) -> None:
        text = "Only with `in_currency`: the amount in that currency; null without a known rate."
        super().__init__(required=False, **{"help_text": text, **options})
        self.conversion = conversion or _UNCHANGED

    def expression(self, _source: str) -> Any:  # type: ignore[override]  # a static method there
        return Func(self.conversion.amount, function="trim_scale", output_field=models.DecimalField())


class ConvertedPeriod(Word):
    """The period of the rate of the requested currency."""

    def __init__(self, conversion: Conversion | None = None, **options: Any) -> None:
        text = "Only with `in_currency`: month or year whose average exchange rate was used."
        super().__init__(required=False, **{"help_text": text, **options})
        self.conversion = conversion or _UNCHANGED

    def expression(self, _source: str) -> Any:
        return self.conversion.period


class ConvertedRow(serializers.Serializer):
    """The columns that a row has in addition if a request names a currency."""

    converted = Converted()
    converted_period = ConvertedPeriod()


class _CurrencyField(forms.ChoiceField):
    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).upper()


class InCurrency(django_filters.ChoiceFilter):
    """The currency of `converted`; it filters nothing."""

    field_class = _CurrencyField

    def __init__(self) -> None:
        text = (
            "ISO 4217 code. Adds `converted` to each row, at the average rate of the month of its date, or "
            "of the year where no monthly rate is published."
        )
        super().__init__(choices=[(code, code) for code in CURRENCIES], help_text=text)

    def filter(self, queryset: models.QuerySet, _value: str) -> models.QuerySet:
        return queryset


class ConvertedFilter(AmountFilter):
    """Filters by the amount in `in_currency`, by default in US dollars, which are indexed."""

    def __init__(self, lookup: str, day: Any, help_text: str) -> None:
        super().__init__(field_name="amount_usd", lookup_expr=lookup, help_text=help_text)
        self.day = day

    def filter(self, queryset: models.QuerySet, value: Any) -> models.QuerySet:
        if value is None or self._target == DOLLAR:
            return super().filter(queryset, value)
        return queryset.filter(_COMPARED[self.lookup_expr](self._amount, value))

    def unjudged(self, value: Any) -> models.Q | None:
        return super().unjudged(value) if self._target == DOLLAR else models.Q(IsNull(self._amount, True))

    @property
    def _target(self) -> str:
        return str(self.parent.form.cleaned_data.get(PARAMETER) or DOLLAR)

    @property
    def _amount(self) -> Any:
        return Conversion(self._target, self.day).amount


def converted_amounts(day: Any) -> tuple[ConvertedFilter, ConvertedFilter]:
    """Return the filters `__gte` and `__lte` by the amount at the rates of `day`."""
    text = "Rows with at {} this amount, in the currency of `in_currency`, by default US dollars."
    return ConvertedFilter("gte", day, text.format("least")), ConvertedFilter("lte", day, text.format("most"))


class ConvertingListView(ListView):
    """A list whose rows have an amount; ``day`` determines the rate of a row."""

    day: Any = "date"

    def offered_fields(self, request: Request) -> dict[str, Any]:
        fields = {
            name: field
            for name, field in super().offered_fields(request).items()
            if name not in fields_of(ConvertedRow)
        }
        if target := target_of(request):
            conversion = Conversion(target, self.day)
            fields |= {"converted": Converted(conversion), "converted_period": ConvertedPeriod(conversion)}
        return fields

    def warnings(self, request: Request) -> list[dict[str, Any]]:
        """Add a warning with the number of rows whose amount cannot be converted."""
        found = super().warnings(request)
        target = target_of(request)
        if not target:
            return found
        without = self.rows(request).filter(IsNull(Conversion(target, self.day).amount, True), amount__isnull=False)
        number = without.order_by().values("pk")[: MAX_COUNTED + 1].count()
        if number:
            detail = _(
                "Rows of the response with an amount but no exchange rate to %(currency)s for their date: %(rows)d."
            ) % {"rows": min(number, MAX_COUNTED), "currency": target}
            found.append(counted_warning("no_rate", [PARAMETER], number, detail))
        return found
