"""Sums of contracts by supplier, buyer, sector, year and so on, as a pivot table has them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Value
from django.db.models.functions import Greatest
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.api.contracts import AuditedContractFilter
from audits.api.visible_flags import AskedOfFlags
from audits.models import Audit
from contracts.api.converting import Conversion, target_of
from contracts.api.dictionary import columns_in_words
from contracts.api.parties import KEY, SUPPLIERS, each_supplier, number_of
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.citing import Cite
from contracts.api.protocol.files import lists
from contracts.api.protocol.problems import ProblemError
from contracts.api.protocol.query.filters import OrganizationFilter
from contracts.api.protocol.query.parameters import names_in
from contracts.api.protocol.query.warnings import counted_warning
from contracts.api.protocol.rows.columns import fields_of, read_rows
from contracts.api.sums import SUMMED_YEAR, ConvertedSumRow, SumRow, converted_sums, sums_of
from contracts.api.twice import count_perhaps_twice
from contracts.models import Contract, Organization, Party
from contracts.models.organization import AS_FUNDER
from contracts.models.process import in_visible_process
from contracts.models.stages import NOT_CANCELLED, NOT_TWICE, PURCHASE_YEAR
from contracts.names.finding import as_seen
from contracts.postgres.time_limits import MAX_SECONDS, statement_timeout

MAX_SUMS = 500
_PARTS = Greatest(SUPPLIERS, 1, output_field=models.IntegerField())


def _each(values: models.QuerySet, output_field: models.Field) -> models.Func:
    """Return an expression that expands a column with several values per process; null if there are none."""
    template = "unnest(coalesce(nullif(%(expressions)s, '{}'), '{NULL}'))"
    return models.Func(ArraySubquery(values), template=template, output_field=output_field)


GROUPS: Mapping[str, Any] = {
    "supplier": each_supplier(),
    "buyer": F("process__buyer"),
    "procuring_entity": F("process__procuring_entity"),
    "funder": _each(
        Party.objects.filter(AS_FUNDER, process=OuterRef("process")).values("organization").distinct(),
        models.BigIntegerField(),
    ),
    "sector": _each(
        Audit.objects.filter(process=OuterRef("process"), is_current=True).values(
            each=models.Func("sectors", function="jsonb_array_elements_text", output_field=models.TextField())
        ),
        models.TextField(),
    ),
    "year": PURCHASE_YEAR,
    "country": F("process__country"),
    "publisher": F("process__publisher__slug"),
    "method": F("process__procurement_method"),
    "category": F("process__category"),
}
_ORGANIZATIONS = ("supplier", "buyer", "procuring_entity", "funder")
_DEFAULT = ("supplier", "year")


class GroupRow(serializers.Serializer):
    """The columns that sums may be grouped by; only those that the request names are present."""

    supplier_id = serializers.IntegerField(
        allow_null=True, required=False, help_text="Id of the supplier; null if the records name none."
    )
    supplier_key = serializers.CharField(allow_null=True, required=False, help_text=KEY)
    supplier = serializers.CharField(allow_null=True, required=False)
    buyer_id = serializers.IntegerField(
        allow_null=True, required=False, help_text="Id of the buyer; null if the records name none."
    )
    buyer_key = serializers.CharField(allow_null=True, required=False, help_text=KEY)
    buyer = serializers.CharField(allow_null=True, required=False)
    procuring_entity_id = serializers.IntegerField(
        allow_null=True, required=False, help_text="Id of the procuring entity; null if the records name none."
    )
    procuring_entity_key = serializers.CharField(allow_null=True, required=False, help_text=KEY)
    procuring_entity = serializers.CharField(allow_null=True, required=False)
    funder_id = serializers.IntegerField(
        allow_null=True, required=False, help_text="Id of who finances the process; null if the records name nobody."
    )
    funder_key = serializers.CharField(allow_null=True, required=False, help_text=KEY)
    funder = serializers.CharField(allow_null=True, required=False)
    sector = serializers.CharField(
        allow_null=True, required=False, help_text="Technology sector of the process; null if it has none."
    )
    year = serializers.IntegerField(allow_null=True, required=False, help_text=SUMMED_YEAR)
    country = serializers.CharField(required=False)
    publisher = serializers.CharField(allow_null=True, required=False, help_text="Slug of the publisher.")
    method = serializers.CharField(required=False)
    category = serializers.CharField(required=False)


class GroupSumRow(GroupRow, SumRow, ConvertedSumRow):
    """The sum of a group of contracts in a currency."""


_CITE = Cite(gettext_lazy("sums of contracts"), author=Value(""), title=Value(""))


class ContractSums(serializers.Serializer):
    has_more = serializers.BooleanField(
        help_text="Whether further rows with smaller sums are left out; files contain all rows."
    )
    warnings = serializers.ListField(
        child=serializers.DictField(), help_text="Limits of the result that the rows do not show."
    )
    results = GroupSumRow(many=True)
    cite = _CITE


class ContractSumsView(AskedOfFlags):
    """
    Add up contracts by supplier, buyer, funder, sector, year and the like.

    `by=buyer,supplier` names the groups. Rows are in descending order of their value in US dollars. Filters are those
    of contracts. Cancelled contracts are left out unless `cancelled` or `status` is given, and contracts for which
    another record counts are left out unless `counted` is given. A contract of several suppliers is divided equally
    among their rows; with the filter `supplier`, only the part of those suppliers counts. A contract of several
    sectors or funders counts whole in each, so these rows do not add up. Currencies are separate; `in_currency` adds
    each sum in one currency.
    """

    queryset = Contract.objects.all()
    is_list = False
    title = "contract-sums"
    serializer_class = ContractSums
    filterset_class = AuditedContractFilter
    dictionary = columns_in_words("both", "contracts", "sums")
    schema_parameters = (
        OpenApiParameter(
            "by",
            OpenApiTypes.STR,
            default=",".join(_DEFAULT),
            description=f"Columns to group by, separated by commas: {', '.join(GROUPS)}.",
        ),
        *lists.PARAMETERS,
    )

    def known_parameters(self) -> frozenset[str]:
        of_file = frozenset() if self.is_page else lists.NAMES
        return frozenset({"by", "format", *self.filterset_class.base_filters}) | of_file

    @extend_schema(operation_id="contract_sums", filters=True)
    def get(self, request: Request, **_address: Any) -> HttpResponseBase:
        by = names_in(request, "by", list(GROUPS), _("There are no sums by %(name)s.")) or list(_DEFAULT)
        most = MAX_SUMS if self.is_page else lists.MAX_ROWS
        summed = fields_of(SumRow) | (fields_of(ConvertedSumRow) if target_of(request) else {})
        with statement_timeout(MAX_SECONDS):
            found = read_rows(self._sums(request, by)[: most + 1], summed, by)
            if self.is_page:
                warnings, _candidates = self.warnings_and_candidates(request, is_empty=not found)
                rows = list(_named(found[:most], by, effective_user(request)))
                answer = {"has_more": len(found) > most, "warnings": warnings, "results": rows}
                return Response({**answer, "cite": _cited(request, by, answer)})
        if len(found) > most:
            detail = _("There are more than %(limit)d sums: narrow your request.") % {"limit": most}
            raise ProblemError("too_many_rows", detail, limit=most)
        known = {**fields_of(GroupRow), **summed}
        names = [*(column for name in by for column in _columns(name)), *summed]
        return lists.WrittenListFile(
            request,
            _named(found, by, effective_user(request)),
            {name: known[name] for name in names},
            title=self.title,
            dictionary=self.dictionary,
            warnings=partial(self._warnings_of_file, request),
        ).answer()

    def warnings(self, request: Request) -> list[dict[str, Any]]:
        """Return the warnings of the filters, and the number of contracts that may count twice."""
        found = super().warnings(request)
        if number := count_perhaps_twice(self.filter_queryset(self.get_queryset())):
            detail = ngettext(
                "%(rows)d contract is perhaps published twice, and so counted twice: see perhaps_same_as of its row.",
                "%(rows)d contracts are perhaps published twice, and so counted twice: see "
                "perhaps_same_as of their rows.",
                number,
            )
            found.append(counted_warning("perhaps_twice", [], number, detail % {"rows": number}))
        return found

    def get_queryset(self) -> models.QuerySet[Contract]:
        return Contract.objects.filter(in_visible_process(effective_user(self.request)))

    def _sums(self, request: Request, by: Sequence[str]) -> models.QuerySet:
        rows, asked = self.filter_queryset(self.get_queryset()), request.query_params
        if not asked.get("counted"):
            rows = rows.filter(NOT_TWICE)
            if not (asked.get("cancelled") or asked.get("status")):
                rows = rows.filter(NOT_CANCELLED)
        groups, supplier = {name: GROUPS[name] for name in by}, asked.get("supplier")
        parts: Any = _PARTS if supplier or "supplier" in by else 1
        if supplier:
            asked_for = OrganizationFilter.keys(supplier, effective_user(request))
            if "supplier" in by:
                groups["supplier"] = each_supplier(asked_for)
            else:
                # One row for all requested suppliers of a contract.
                parts = _PARTS * Value(Decimal(1)) / Greatest(number_of(asked_for), 1)
        largest = (F(name).desc(nulls_last=True) for name in ("total_usd", "total"))
        sums = sums_of(rows.annotate(**groups), *by, parts=parts)
        if target := target_of(request):
            sums = converted_sums(sums, Conversion(target, "date").amount, parts)
        return sums.order_by(*largest, *by, "currency")


def _cited(request: Request, by: Sequence[str], answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return how to cite sums, by the address that asks for them; they are of today."""
    today = datetime.now(UTC).date()
    title = _("Sums of contracts by %(groups)s") % {"groups": ", ".join(by)}
    parts = {"author": "", "title": title, "published": today.isoformat(), "digest": None}
    return _CITE.cited(parts, answer, request.build_absolute_uri(), today)


def _columns(group: str) -> Sequence[str]:
    return (f"{group}_id", f"{group}_key", group) if group in _ORGANIZATIONS else (group,)


def _named(
    sums: Sequence[tuple[tuple[Any, ...], dict[str, Any]]], by: Sequence[str], reader: Any
) -> Iterator[dict[str, Any]]:
    """Yield the rows of sums, with the names of organizations as the reader sees them."""
    keys = {key for values, _row in sums for name, key in zip(by, values, strict=True) if name in _ORGANIZATIONS}
    known = Organization.objects.filter(pk__any_of=[key for key in keys if key])
    rows = (as_seen(row, reader) for row in known.values("pk", "key", "name", "identifier", "masked"))
    names = {row["pk"]: (row["pk"], row["key"], row["name"]) for row in rows}
    for values, row in sums:
        group: dict[str, Any] = {}
        for name, value in zip(by, values, strict=True):
            cells = names.get(value, (None, None, None)) if name in _ORGANIZATIONS else (value,)
            group |= zip(_columns(name), cells, strict=True)
        yield group | row
