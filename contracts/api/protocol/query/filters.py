"""Filters shared by lists; each refuses values that it cannot parse."""

import re
import types
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

import django_filters
from django import forms
from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.request import Request
from rest_framework.views import APIView

from contracts.api.protocol.problems import ProblemError, nearest
from contracts.api.protocol.query.one_of import NONE, OneOf
from contracts.api.protocol.query.warnings import unjudged_rows
from contracts.models import Organization, Publisher
from contracts.models.organization import financed_by
from contracts.names.finding import candidates, organizations_named, parts_of, told
from contracts.ocds.codelists.countries import country_code
from contracts.ocds.corrections import AMOUNT_DIGITS, AMOUNT_PLACES

# Organizations that one filter takes: a name costs a search.
MAX_ORGANIZATIONS = 50
# Maximum number of cached sets of parameters.
_KEPT = 512


class Filters(DjangoFilterBackend):
    """Applies a view's filters; raises ProblemError naming each parameter with an invalid value."""

    def get_filterset(self, request: Request, queryset: models.QuerySet, view: APIView) -> Any:
        """Return the filters that a request uses, None for none: setting up all takes longer than the query."""
        whole = self.get_filterset_class(view, queryset)
        named = frozenset(whole.base_filters.keys() & request.query_params.keys()) if whole else None
        if not named:
            return None
        return _only(whole, named)(**self.get_filterset_kwargs(request, queryset, view))

    def filter_queryset(self, request: Request, queryset: models.QuerySet, view: APIView) -> models.QuerySet:
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None or filterset.is_valid():
            return queryset if filterset is None else filterset.qs
        raise self._problem(filterset, request)

    def warnings(self, request: Request, queryset: models.QuerySet, view: APIView) -> list[dict[str, Any]]:
        """Return warnings about rows that the filters of a valid request could not decide on."""
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None or not filterset.is_valid():
            return []
        return unjudged_rows(queryset, filterset.filters, filterset.form.cleaned_data)

    @staticmethod
    def _problem(filterset: Any, request: Request) -> ProblemError:
        errors = []
        for parameter, failures in filterset.errors.get_json_data().items():
            choices = getattr(filterset.filters[parameter].field, "choices", ())
            allowed = {"allowed": [value for value, _label in choices if value]} if choices else {}
            for failure in failures:
                hint = {"hint": nearest(request.query_params[parameter], allowed["allowed"])} if allowed else {}
                found = {"parameter": parameter, "code": "invalid_parameter", "detail": failure["message"]}
                errors.append({**found, **hint, **allowed})
        return ProblemError("invalid_parameter", errors[0]["detail"], errors=errors)


@lru_cache(maxsize=_KEPT)
def _only(whole: type[django_filters.FilterSet], names: frozenset[str]) -> type[django_filters.FilterSet]:
    """Return a filter set with some of the filters of another, in their order."""
    part: Any = types.new_class(whole.__name__, (whole,))
    part.base_filters = {name: entry for name, entry in whole.base_filters.items() if name in names}
    return part


class CountryField(forms.CharField):
    def clean(self, value: Any) -> str:
        text = super().clean(value)
        code = country_code(text) if text else ""
        if text and not code:
            raise forms.ValidationError(
                _("%(text)s is not a country code: use an ISO 3166-1 code such as PE.") % {"text": text[:60]}
            )
        return code


def country(field_name: str = "country") -> OneOf:
    """Return a filter by countries, each given as code or name."""
    text = "ISO 3166-1 alpha-2 code, or a country name; `none`: rows without a country."
    return OneOf(field_name, one=CountryField(), help_text=text)


class InstantField(forms.CharField):
    """A date, or a time in ISO 8601, by default in UTC. `end` turns a date into its last instant."""

    def __init__(self, *, end: bool = False, **options: Any) -> None:
        super().__init__(**options)
        self.end = end

    def clean(self, value: Any) -> datetime | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            if len(text) == len("2024-03-01"):
                day = date.fromisoformat(text)
                return datetime.combine(day, time.max if self.end else time.min, UTC)
            # A plus sign that is not percent-encoded arrives as a space.
            instant = parse_datetime(text.replace(" ", "+") if text[10:11] in "Tt" else text)
            if instant is not None:
                return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
        except (ValueError, OverflowError):
            instant = None
        raise forms.ValidationError(
            _("%(text)s is not a valid date: write 2024-03-01 or 2024-03-01T10:00:00Z.") % {"text": text[:40]}
        )


class NullableFilter(django_filters.Filter):
    """A filter by a nullable column."""

    def unjudged(self, value: Any) -> models.Q | None:
        """Return the condition for rows that the filter cannot decide on; None if the filter selects them itself."""
        return None if value == NONE else models.Q(**{f"{self.field_name}__isnull": True})


@extend_schema_field(OpenApiTypes.STR)
class InstantFilter(NullableFilter):
    field_class = InstantField
    kind = "instant"


def instants(column: str) -> tuple[InstantFilter, InstantFilter]:
    """Return the filters `__gte` and `__lte` by a time."""
    return (
        InstantFilter(field_name=column, lookup_expr="gte", help_text="Rows from this date or time on."),
        InstantFilter(
            field_name=column, lookup_expr="lte", end=True, help_text="Rows up to and including this date or time."
        ),
    )


class DayField(InstantField):
    """A date without time: filtering by times would reveal them bit by bit."""

    def clean(self, value: Any) -> datetime | None:
        moment = super().clean(value)
        if moment is not None and len(value.strip()) != len("2024-03-01"):
            raise forms.ValidationError(_("%(text)s is not a date: write 2024-03-01.") % {"text": value[:40]})
        return moment


@extend_schema_field(OpenApiTypes.DATE)
class DayFilter(django_filters.Filter):
    field_class = DayField
    kind = "date"


def utc_days(column: str) -> tuple[DayFilter, DayFilter]:
    """Return the filters `__gte` and `__lte` by the day of a time."""
    return (
        DayFilter(field_name=column, lookup_expr="gte", help_text="Rows from this day (UTC) on."),
        DayFilter(
            field_name=column, lookup_expr="lte", end=True, help_text="Rows up to and including this day (UTC)."
        ),
    )


class WrittenDayField(forms.CharField):
    """A day: a date, a time (its date as written counts), or ``none``."""

    def clean(self, value: Any) -> date | str | None:
        text = super().clean(value)
        if not text or text == NONE:
            return text or None
        if InstantField(required=False).clean(text):
            return date.fromisoformat(text[:10])
        return None


class WrittenDayFilter(NullableFilter):
    """Days of a date column; ``none`` selects rows without a day."""

    field_class = WrittenDayField
    kind, takes_none = "date", True

    def filter(self, queryset: models.QuerySet, value: date | str | None) -> models.QuerySet:
        if value == NONE:
            return queryset.filter(**{f"{self.field_name}__isnull": True})
        return super().filter(queryset, value)


@extend_schema_field(OpenApiTypes.STR)
class ExactDayFilter(WrittenDayFilter):
    pass


@extend_schema_field(OpenApiTypes.DATE)
class DayRangeFilter(WrittenDayFilter):
    pass


def on(column: str) -> ExactDayFilter:
    return ExactDayFilter(field_name=column, help_text="Rows of this day; `none`: rows without a day.")


def days(column: str) -> tuple[DayRangeFilter, DayRangeFilter]:
    """Return the filters `__gte` and `__lte` by a day."""
    first = "Rows from this day on, in the publisher's time zone."
    last = "Rows up to and including this day, in the publisher's time zone."
    return (
        DayRangeFilter(field_name=column, lookup_expr="gte", help_text=first),
        DayRangeFilter(field_name=column, lookup_expr="lte", help_text=last),
    )


# Many readers group thousands with points: as a decimal, 1.000 would mean one.
_GROUPED = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+")


class AmountField(forms.DecimalField):
    default_error_messages = {
        "invalid": gettext_lazy("Write an amount as 1500000 or 1500000.50, with nothing between the thousands.")
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=AMOUNT_DIGITS, decimal_places=AMOUNT_PLACES, **options)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and _GROUPED.fullmatch(value.strip()):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


@extend_schema_field({"type": "string", "format": "decimal"})
class AmountFilter(NullableFilter):
    field_class = AmountField
    kind = "decimal"


def amounts(column: str) -> tuple[AmountFilter, AmountFilter]:
    """Return the filters `__gte` and `__lte` by an amount."""
    text = "Rows with at {} this amount, in the currency of each row: filter by `currency` too."
    return (
        AmountFilter(field_name=column, lookup_expr="gte", help_text=text.format("least")),
        AmountFilter(field_name=column, lookup_expr="lte", help_text=text.format("most")),
    )


class CurrencyField(forms.CharField):
    def clean(self, value: Any) -> str:
        text = super().clean(value).upper()
        if text and not (text.isascii() and text.isalpha() and len(text) == 3):
            raise forms.ValidationError(_("%(text)s is not an ISO 4217 code, such as PEN.") % {"text": text[:20]})
        return text


def currency(field_name: str = "currency") -> OneOf:
    return OneOf(field_name, one=CurrencyField(), help_text="ISO 4217 code; `none`: rows without a currency.")


class OrganizationsField(forms.CharField):
    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if len(parts_of(text)) > MAX_ORGANIZATIONS:
            raise forms.ValidationError(_("More than %(limit)d values.") % {"limit": MAX_ORGANIZATIONS})
        return text


class OrganizationFilter(django_filters.CharFilter):
    """
    Organizations in a foreign key, by their ids in the API, their keys or their whole names, in any spelling.

    The id of any member of a merged organization matches all of them; that of one that public records no longer name
    also matches the one that they name instead.
    """

    field_class = OrganizationsField
    kind = "organization"
    takes_number = True

    def __init__(self, field_name: str, **options: Any) -> None:
        super().__init__(field_name=field_name, max_length=2000, **{"help_text": ORGANIZATION} | options)

    def filter(self, queryset: models.QuerySet, value: str) -> models.QuerySet:
        return self.among(queryset, self.keys(value, self.parent.reader)) if value else queryset

    @staticmethod
    def keys(value: str, reader: Any) -> list[int]:
        """
        Return the primary keys of all organizations merged with those that ids, keys or whole names name.

        None, if one of several is unknown: the rows of the others would answer another question.
        """
        named = organizations_named(value, reader).values()
        return sorted({key for keys in named for key in keys}) if all(named) else []

    def among(self, queryset: models.QuerySet, keys: list[int]) -> models.QuerySet:
        return queryset.filter(**{f"{self.field_name}__any_of": keys})

    @staticmethod
    def unknown(value: str, reader: Any) -> list[str]:
        """Return what of a value names no organization visible to the reader."""
        return (
            []
            if not value
            else [
                text
                for text, keys in organizations_named(value, reader).items()
                if not Organization.objects.named_to(reader).filter(pk__any_of=keys).exists()
            ]
        )

    @staticmethod
    def namesakes(value: str, reader: Any) -> Iterator[tuple[str, Sequence[dict[str, Any]]]]:
        """Yield each key or name in a value with the organizations visible to the reader that have it, if several."""
        for text, keys in organizations_named(value, reader).items() if value else ():
            found = (
                []
                if text.isdecimal()
                else told(Organization.objects.visible_to(reader).filter(pk__any_of=keys), reader)
            )
            if len(found) > 1:
                yield text, found

    @staticmethod
    def candidates(value: str, reader: Any) -> Sequence[dict[str, Any]]:
        """Return organizations with a name similar to a text, unless the text is an id."""
        return [] if value.isdecimal() else candidates(value, reader)


ORGANIZATION = (
    "Id, key or whole name of an organization, or several, separated by commas, which match any of them. If several "
    "organizations have a name, the rows are those of all, and `candidates` of the response lists them; for any other "
    "text it lists organizations with similar names, and there are no rows."
)


class PublisherFilter(OneOf):
    """
    Publishers in a foreign key, by their slugs.

    Primary keys are looked up first: PostgreSQL cannot estimate how many rows a slug has, and would scan all rows for
    a small publisher.
    """

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name, help_text="Slug of the publisher.")

    def filter(self, queryset: models.QuerySet, value: list[str]) -> models.QuerySet:
        if not value:
            return queryset
        keys = list(Publisher.objects.filter(slug__in=value).values_list("pk", flat=True))
        named = models.Q(**{f"{self.field_name}__any_of": keys})
        return queryset.filter(named | models.Q(**{self.field_name: None}) if "" in value else named)

    def unjudged(self, _value: list[str]) -> None:
        return None


class FunderFilter(OrganizationFilter):
    """An organization that finances a process: a party with that role."""

    def __init__(self, field_name: str) -> None:
        super().__init__(field_name, help_text=f"Who finances the process, as far as the record says. {ORGANIZATION}")

    def among(self, queryset: models.QuerySet, keys: list[int]) -> models.QuerySet:
        return queryset.filter(financed_by(keys, str(self.field_name)))


class OrganizationInArrayFilter(OrganizationFilter):
    """An organization in an array of primary keys."""

    lookup = "contains"

    def among(self, queryset: models.QuerySet, keys: list[int]) -> models.QuerySet:
        if len(keys) == 1:
            return queryset.filter(**{f"{self.field_name}__contains": keys})
        return queryset.filter(**{f"{self.field_name}__overlap": keys})
