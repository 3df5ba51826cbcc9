"""The reference lists that rules read, and the digests of the rule sets that contain them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from msgspec import structs, to_builtins
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from audits.reference.list_columns import COLUMNS
from audits.reference.lists import LISTS, ListRow, ReferenceList, Summary, former_day, rows_of, summaries, summary_of
from audits.reference.rule_sets import rule_sets_in_force
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.files.lists import WrittenListFile
from contracts.api.protocol.problems import parameter_problem
from contracts.api.protocol.query.parameters import FIELDS, OMIT, chosen_fields
from contracts.api.protocol.rows.columns import Instant, Link, fields_of
from contracts.api.protocol.views import WrittenListView


class ListColumnRow(serializers.Serializer):
    name = serializers.CharField()
    meaning = serializers.CharField()


class ListSummaryRow(serializers.Serializer):
    """A list that rules read."""

    code = serializers.CharField()
    url = Link("lists", source="code")
    page_url = serializers.CharField(help_text="Address of the list on the public site.")
    name = serializers.CharField(help_text="In the language of Accept-Language: es, pt or en.")
    row = serializers.CharField(help_text="What one row is, in the same language.")
    columns = ListColumnRow(many=True, help_text="Columns of its rows.")
    rows = serializers.IntegerField(help_text="Number of rows, also of those that are switched off.")
    enabled = serializers.IntegerField(help_text="Number of rows that rules read.")
    is_on = serializers.BooleanField(help_text="Whether rules read the list at all.")
    is_edited = serializers.BooleanField(
        help_text="Whether people edit it here, which its history records. Otherwise it comes with the program and "
        "changes with its version."
    )
    changed = Instant(help_text="When a row was added or changed last; null if the list is not edited here.")
    digest = serializers.CharField(help_text="SHA-256 of its rows, see `digest` of the list.")
    rules = serializers.ListField(child=serializers.CharField(), help_text="Codes of the rules that read it.")


class ListSummaryPage(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Always null: all lists are on one page.")
    previous = serializers.CharField(allow_null=True)
    results = ListSummaryRow(many=True)


class ListChange(serializers.Serializer):
    at = serializers.DateTimeField()
    column = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class _Before(serializers.Serializer):
    """What rows of all lists begin with."""

    id = serializers.CharField(
        help_text="Made of the columns that tell the row from others: the same on every installation."
    )
    page_url = serializers.CharField(help_text="Address of the row on the public site.")
    enabled = serializers.BooleanField(help_text="Whether rules read the row.")


class _After(serializers.Serializer):
    """What rows of all lists end with."""

    recorded = Instant(help_text="Since when the row is on the list here; null if the list is not edited here.")
    changed = Instant(help_text="When it was changed last, or recorded.")
    changes = ListChange(many=True, help_text="What edits changed here, the latest first.")


class ListRowsPage(serializers.Serializer):
    code = serializers.CharField()
    as_of = serializers.DateField(allow_null=True, help_text="The day at whose end the rows are read; null: now.")
    is_on = serializers.BooleanField(help_text="Whether rules read the list at all.")
    digest = serializers.CharField(
        help_text="SHA-256 of all rows: of their JSON in the order of `id`, without spaces, in UTF-8. The members of "
        "each, in alphabetical order, are `id`, `enabled` and the `columns` of the list."
    )
    next = serializers.CharField(allow_null=True, help_text="Always null: all rows are on one page.")
    previous = serializers.CharField(allow_null=True)
    results = serializers.ListField(
        child=serializers.DictField(),
        help_text="Rows: `id`, `page_url`, `enabled`, the `columns` of the list, `recorded`, `changed` and `changes` "
        "(`at`, `column`, `before`, `after`).",
    )


class RuleSetRow(serializers.Serializer):
    """The rules in force in a country, about processes or about organizations."""

    country = serializers.CharField(
        allow_blank=True, help_text="ISO 3166-1 alpha-2 code; empty: all countries that have no row of their own."
    )
    subject = serializers.CharField(help_text="What its rules judge: process or organization.")
    digest = serializers.CharField(help_text="SHA-256, as in `rule_set_digest` of flags.")
    rules = serializers.DictField(child=serializers.IntegerField(), help_text="Code of a rule → its version.")
    reference_digest = serializers.CharField(
        allow_blank=True, help_text="SHA-256 of the lists, with the notes of editors; empty for organizations."
    )
    reading_version = serializers.IntegerField(help_text="Increases whenever records are read otherwise.")
    exchange_rates_digest = serializers.CharField(help_text="SHA-256 of the exchange rates.")


class RuleSetPage(serializers.Serializer):
    next = serializers.CharField(allow_null=True, help_text="Always null: all rule sets are on one page.")
    previous = serializers.CharField(allow_null=True)
    results = RuleSetRow(many=True)


class _WholeListView(ConditionalView, WrittenListView):
    """A list that is on one page, with its choice of fields."""

    schema_parameters = (FIELDS, OMIT, *WrittenListView.schema_parameters)
    parameters = frozenset({"fields", "omit"})
    row: type[serializers.Serializer]

    def rows(self) -> Iterator[dict[str, Any]]:
        raise NotImplementedError

    def whole(self, request: Request) -> HttpResponseBase:
        fields = chosen_fields(request, fields_of(self.row))
        rows = ({name: row[name] for name in fields} for row in self.rows())
        if not self.is_page:
            return self.list_file(rows, fields)
        return Response({"next": None, "previous": None, "results": list(rows)})


class ListListView(_WholeListView):
    """
    List the lists that rules read.

    Among them are vendors on public lists, financiers, security bodies, legal limits, laws and the lexicon. Each has
    its number of rows, its last change and its digest.
    """

    serializer_class = ListSummaryPage
    title = "lists"
    row = ListSummaryRow

    @extend_schema(operation_id="lists_list")
    def get(self, request: Request, **_address: Any) -> HttpResponseBase:
        return self.whole(request)

    def rows(self) -> Iterator[dict[str, Any]]:
        return map(_summarized, summaries())


def _summarized(summary: Summary) -> dict[str, Any]:
    known = summary.list
    return {
        "code": known.code,
        "url": Link("lists").convert(known.code),
        "page_url": reverse("methodology-list", args=[known.code]),
        "name": str(known.name),
        "row": str(known.row),
        "columns": [{"name": name, "meaning": COLUMNS[name].meaning} for name in known.columns],
        "rows": summary.rows,
        "enabled": summary.enabled,
        "is_on": summary.is_on,
        "is_edited": known.is_edited,
        "changed": summary.changed,
        "digest": summary.digest,
        "rules": known.readers,
    }


class ListDetailView(ConditionalView, WrittenListView):
    """
    Read one list.

    The response has all rows, also those that are switched off, with their sources and what edits changed. Of lists
    that are edited here, `as_of=2026-03-01` returns the rows as they were at the end of that day (UTC): what the list
    said when a flag was raised. A list that comes with the program changes only with its version. Notes of editors,
    and who edits, are not published.
    """

    serializer_class = ListRowsPage
    title = "list"
    parameters = frozenset({"fields", "omit", "as_of"})
    schema_parameters = (
        FIELDS,
        OMIT,
        OpenApiParameter(
            "as_of",
            OpenApiTypes.DATE,
            description="A day (YYYY-MM-DD, UTC): the rows at its end. Only lists that are edited here have it.",
        ),
        *WrittenListView.schema_parameters,
    )

    @extend_schema(operation_id="lists_retrieve")
    def get(self, request: Request, code: str, **_address: Any) -> HttpResponseBase:
        known = LISTS.get(code)
        if known is None:
            raise Http404
        as_of = _day(request, known)
        found = rows_of(known, as_of)
        fields = chosen_fields(request, _fields(known))
        address = reverse("methodology-list", args=[code]) + (f"?as_of={as_of}" if as_of else "")
        rows = ({name: row[name] for name in fields} for row in (_written(row, address) for row in found))
        if not self.is_page:
            columns = {name: COLUMNS[name] for name in fields if name in COLUMNS}
            return WrittenListFile(request, rows, fields, title=code, dictionary=columns).answer()
        summary = summary_of(known, found, as_of)
        return Response(
            {
                "code": code,
                "as_of": as_of,
                "is_on": summary.is_on,
                "digest": summary.digest,
                "next": None,
                "previous": None,
                "results": list(rows),
            }
        )


def _fields(known: ReferenceList) -> dict[str, serializers.Field]:
    """Return the serializer fields of the rows of a list."""
    own = {name: serializers.JSONField(help_text=COLUMNS[name].meaning) for name in known.columns}
    return {**fields_of(_Before), **own, **fields_of(_After)}


def _written(row: ListRow, address: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "page_url": f"{address}#{row.id}",
        "enabled": row.enabled,
        **row.values,
        "recorded": row.recorded,
        "changed": row.changed,
        "changes": to_builtins(row.changes),
    }


def _day(request: Request, known: ReferenceList) -> date | None:
    """Return the day of `as_of`; raises ProblemError if it is invalid, in the future, or the list has no history."""
    if "as_of" not in request.query_params:
        return None
    text = request.query_params["as_of"]
    if not known.is_edited:
        detail = _("This list comes with the program: it has no former days here.")
        hint = _("It changes with the version of the program; compare its SHA-256.")
        raise parameter_problem("as_of", "invalid_parameter", detail, hint)
    day = former_day(text)
    if day is None:
        detail = _("%(text)s is not a day up to today: write 2024-03-01.") % {"text": text[:40]}
        raise parameter_problem("as_of", "invalid_parameter", detail)
    return day


class RuleSetListView(_WholeListView):
    """
    List the rule sets in force, with their digests.

    `rule_set_digest` of a flag is the digest of the rule set by which it was last judged. If it is listed here for the
    country of the flag, rules, parameters and lists are the same today. It is the SHA-256 of the JSON (as Python's
    `json.dumps` writes it with `sort_keys=True`) of a list with four members: the rules in order of their codes, each
    as [code, version, parameters], with `parameters` of the rule and in their place those of `overrides` for all
    countries, then for the country; `reference_digest`; `reading_version`; `exchange_rates_digest`.

    `reference_digest` covers the enabled rows of the lists `vendors`, `financiers`, `security_bodies`, `public_lists`,
    `lexicon`, `words`, `classes`, `laws` and `grounds`, ordinary words and the weights of the text classifier. Notes
    of editors count too, so it can be compared, but not computed from the API. `thresholds` and `submission_days` are
    parameters of rules; a change of `clauses` or `jurisdictions` raises the versions of rules.
    """

    serializer_class = RuleSetPage
    title = "rule-sets"
    row = RuleSetRow

    @extend_schema(operation_id="rule_sets_list")
    def get(self, request: Request, **_address: Any) -> HttpResponseBase:
        return self.whole(request)

    def rows(self) -> Iterator[dict[str, Any]]:
        in_force = rule_sets_in_force()
        for subject, rule_sets in (("process", in_force.by_country), ("organization", in_force.organizations)):
            for country, rule_set in rule_sets.items():
                yield {
                    "country": country,
                    "subject": subject,
                    "digest": rule_set.digest.hex(),
                    "rules": {bound.rule.code: bound.rule.version for bound in rule_set.rules},
                    **structs.asdict(rule_set.made_of),
                }
