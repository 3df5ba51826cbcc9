"""The feed of changes, for readers who keep a copy: records and flags that were published, amended or withdrawn."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any

from django.db.models import Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django_filters import FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from audits.models import Flag
from contracts.api.addresses import process_address
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.conditional import ConditionalView
from contracts.api.protocol.problems import ProblemError, parameter_problem
from contracts.api.protocol.query.filters import CountryField, Filters
from contracts.api.protocol.query.one_of import OneOf
from contracts.api.protocol.query.parameters import read_limit
from contracts.api.protocol.rows.columns import fields_of
from contracts.api.protocol.rows.opaque import hidden, shown
from contracts.api.protocol.views import WrittenListView
from contracts.models import Change, ContractingProcess, Organization

NOW = "now"
DEFAULT_LIMIT, MAX_LIMIT = 100, 500
# Maximum number of changes scanned for a page, because a million of them may be about undecided flags, which the
# reader may not see.
MAX_LOOKED_AT = 10_000
_MAX_NUMBER = 2**63 - 1


class ChangeRow(serializers.Serializer):
    kind = serializers.CharField(
        help_text=f"{', '.join(Change.Kind.values)}. flag_removed: a published flag is no longer public. "
        "After an organization is merged or separated, organization ids in your copy are outdated: request the rows "
        "of its records again."
    )
    ocid = serializers.CharField(allow_null=True, help_text="The ocid of the contracting process.")
    title = serializers.CharField(
        allow_null=True, help_text="The present title of the contracting process; null if you may not see it."
    )
    process_url = serializers.CharField(allow_null=True)
    flag_id = serializers.IntegerField(allow_null=True)
    flag_url = serializers.CharField(allow_null=True)
    organization_id = serializers.IntegerField(
        allow_null=True,
        help_text="The organization that was merged into another one or separated again, or that a reply is about.",
    )
    organization_url = serializers.CharField(
        allow_null=True,
        help_text=(
            "Address of the organization; that of a merged one redirects to the organization it was merged into."
        ),
    )
    rule = serializers.CharField(allow_null=True)
    state = serializers.CharField(allow_null=True, help_text="Current state of the flag.")
    day = serializers.DateField(help_text="Day of the change, in UTC.")
    cursor = serializers.CharField(help_text="Position of this change; pass it as `?since=` to continue after it.")


class Changes(serializers.Serializer):
    next = serializers.CharField(
        help_text="Address of the changes that follow; request it again later if there are none yet."
    )
    has_more = serializers.BooleanField(
        help_text="Whether more changes are available now, even if none of this page is visible to you."
    )
    results = ChangeRow(many=True)


def visible_changes(user: Any, changes: QuerySet[Change]) -> QuerySet[Change]:
    """
    Return the changes that a reader may see: of public records, and of flags that they can see or could see.

    If undecided flags are published, these include flags whose rule has gone into shadow.
    """
    flag = Flag.objects.filter(pk=OuterRef("flag_id"))
    organization = Organization.objects.filter(pk=OuterRef("organization_id"))
    kept = Organization.objects.visible_to(user).filter(pk=OuterRef("kept_id"))
    seen_before = Flag.objects.seen_before_shadow(user)
    is_visible = Exists(Flag.objects.visible_to(user).filter(pk=OuterRef("flag_id")))
    return changes.annotate(
        is_visible=is_visible,
        rule=flag.values("rule")[:1],
        state=flag.values("state")[:1],
        flag_ocid=flag.values("process__ocid")[:1],
        kept_id=Subquery(organization.values(kept=Coalesce("merged_into", "pk"))[:1]),
    ).filter(
        Q(kind=Change.Kind.REMOVED)
        | Exists(ContractingProcess.objects.public().filter(ocid=OuterRef("ocid")))
        | is_visible
        | (Exists(kept) & Exists(Organization.objects.named_to(user).filter(pk=OuterRef("organization_id"))))
        | Q(Exists(seen_before.filter(pk=OuterRef("flag_id"))), kind=Change.Kind.FLAG_REMOVED)
        | Exists(Flag.objects.once_published().filter(pk=OuterRef("flag_id")))
    )


def _with_titles(changes: QuerySet[Change]) -> QuerySet[Change]:
    """Add the titles of the records of visible changes."""
    return changes.annotate(
        title=ContractingProcess.objects.public().filter(ocid=OuterRef("ocid")).values("title")[:1],
        flag_title=Flag.objects.filter(pk=OuterRef("flag_id")).values("process__title")[:1],
    )


def is_gone(change: Any) -> bool:
    """Return whether a visible change is of a flag that was published and no longer is."""
    return change.flag_id is not None and not change.is_visible


class CountryFilter(OneOf):
    """
    Changes of a country's records and flags.

    The country of a removed record is unknown, and organizations occur in records of several countries.
    """

    def filter(self, queryset: QuerySet, value: list[str]) -> QuerySet:
        if not value:
            return queryset

        def among(rows: QuerySet, **key: OuterRef) -> Exists:
            return Exists(rows.filter(country__in=value, **key))

        return queryset.filter(
            Q(kind=Change.Kind.REMOVED)
            | Q(organization_id__isnull=False)
            | among(ContractingProcess.objects.public(), ocid=OuterRef("ocid"))
            | among(Flag.objects.all(), pk=OuterRef("flag_id"))
        )


class ChangeFilter(FilterSet):
    country = CountryFilter(
        one=CountryField(),
        help_text=(
            "ISO 3166-1 alpha-2 code, or a country name. Changes of kind `removed` and changes of "
            "organizations are listed for every country."
        ),
    )


class ChangeListView(ConditionalView, WrittenListView):
    """
    List changes of records, flags, replies and organizations.

    Changes are in the order in which they were committed. To keep a copy of the lists: request `?since=now`, copy the
    lists, then request `next` repeatedly. Every committed change is listed once, whatever is written at the same time.
    With a day instead of a cursor, the list begins with the first change of that day in UTC. Delete your copy of a
    record that is `removed` and of a flag with `flag_removed`. Only changes that you may see are listed. Files such as
    `changes.csv` contain all changes from there on, whatever the limit; continue with the cursor of their last row.
    """

    serializer_class = Changes
    title = "changes"
    parameters = frozenset({"since", "limit", "kind", "country"})
    narrowing = frozenset({"kind"})
    queryset = Change.objects.all()
    filter_backends = (Filters,)
    filterset_class = ChangeFilter
    schema_parameters = (
        *WrittenListView.schema_parameters,
        OpenApiParameter(
            "since",
            OpenApiTypes.STR,
            description="A cursor, a day in UTC (`2026-11-01`), or `now`. Default: from the first change.",
        ),
        OpenApiParameter("limit", OpenApiTypes.INT, description=f"Number of changes per page: 1 to {MAX_LIMIT}."),
        OpenApiParameter("kind", OpenApiTypes.STR, enum=Change.Kind.values, description="Only changes of this kind."),
    )

    @extend_schema(operation_id="changes", filters=True)
    def get(self, request: Request, **_address: Any) -> HttpResponseBase:
        kind = request.query_params.get("kind", "")
        limit = read_limit(request, DEFAULT_LIMIT, MAX_LIMIT)
        if kind and kind not in Change.Kind.values:
            raise parameter_problem(
                "kind", "invalid_parameter", _("The kind is not known."), allowed=Change.Kind.values
            )
        changes = visible_changes(effective_user(request), Change.objects.numbered())
        since = self._since(request, changes)
        if since > Change.objects.last_number():
            # The cursor is older than a restored backup or a new site key: nothing would ever come after it.
            raise _unknown_cursor()
        changes = _with_titles(self.filter_queryset(changes))
        if not self.is_page:
            return self.list_file(self._all(changes, since, kind), fields_of(ChangeRow))
        found = list(islice(_of_kind(_next(changes, since), kind, limit + 1), limit + 1))
        rows = [row for _number, row in found[:limit]]
        if len(found) > limit:
            end, has_more = found[limit - 1][0], True
        elif _looked_at(since) < Change.objects.last_number():
            end, has_more = _looked_at(since), True
        else:
            end, has_more = found[-1][0] if found else since, False
        return self._answer(request, rows, end, has_more=has_more)

    @staticmethod
    def _answer(request: Request, rows: list[dict[str, Any]], end: int, *, has_more: bool) -> Response:
        address = replace_query_param(request.build_absolute_uri(), "since", hidden(end))
        return Response({"next": address, "has_more": has_more, "results": rows})

    @staticmethod
    def _all(changes: QuerySet[Change], since: int, kind: str) -> Iterator[dict[str, Any]]:
        """Yield all later changes in chunks; continue with the cursor of the last row."""
        last = Change.objects.last_number()
        while since < last:
            found = list(_next(changes, since)[:MAX_LIMIT])
            yield from (row for row in map(_row, found) if kind in ("", row["kind"]))
            since = found[-1].number or 0 if len(found) == MAX_LIMIT else _looked_at(since)

    @staticmethod
    def _since(request: Request, changes: QuerySet[Change]) -> int:
        text = request.query_params.get("since", "")
        if text == NOW:
            return _last_heard_of(changes, Change.objects.last_number())
        try:
            if day := parse_date(text):
                return _last_heard_of(changes, _before(day))
            number = shown(text) if text else 0
        except ValueError:
            number = -1
        if not 0 <= number <= _MAX_NUMBER:
            raise _unknown_cursor()
        return number


def _next(changes: QuerySet[Change], since: int) -> QuerySet[Change]:
    """Return the changes after a number, up to the limit of one scan."""
    return changes.filter(number__gt=since, number__lte=min(_looked_at(since), _MAX_NUMBER))


def _looked_at(since: int) -> int:
    """
    Return the last number of the scan that begins after ``since``.

    It is rounded, so that the distance to the last change does not reveal changes that the reader may not see.
    """
    return (since // MAX_LOOKED_AT + 1) * MAX_LOOKED_AT


def _last_heard_of(changes: QuerySet[Change], number: int) -> int:
    """
    Return the number of the last change up to ``number`` that the reader may see, within one scan.

    Flags on recently submitted records are left out, also with a later cursor.
    """
    first = _looked_at(number) - MAX_LOOKED_AT
    heard = changes.filter(number__gt=first, number__lte=number).order_by("-number").values_list("number", flat=True)
    return heard.first() or first


def _of_kind(changes: QuerySet[Change], kind: str, number: int) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield (number, row) of changes: all of a page, or those that the reader sees as of a kind."""
    for change in changes.iterator() if kind else changes[:number]:
        row = _row(change)
        if kind in ("", row["kind"]):
            yield change.number or 0, row


def _unknown_cursor() -> ProblemError:
    return parameter_problem(
        "since", "invalid_cursor", _("since is the cursor of an answer, a day (2026-11-01), or now.")
    )


def _before(day: date) -> int:
    """Return the number before the first change since a day, or the last number if there is none."""
    later = Change.objects.filter(number__isnull=False, at__gte=datetime.combine(day, time.min, UTC))
    first = later.aggregate(number=Min("number"))["number"]
    return first - 1 if first else Change.objects.last_number()


def _kind(change: Any) -> str:
    if is_gone(change):
        return str(Change.Kind.FLAG_REMOVED)
    # The rule went into shadow, but the reader sees the flag, or sees it again.
    return str(Change.Kind.FLAG_CHANGED if change.kind == Change.Kind.FLAG_REMOVED else change.kind)


def _row(change: Any) -> dict[str, Any]:
    is_of_flag = change.flag_id is not None and change.is_visible
    ocid = change.flag_ocid if is_of_flag else change.ocid
    return {
        "kind": _kind(change),
        "ocid": ocid or None,
        "title": change.flag_title if is_of_flag else change.title,
        "process_url": process_address(ocid) if ocid and change.kind != Change.Kind.REMOVED else None,
        "flag_id": change.flag_id,
        "flag_url": f"{reverse('flags')}{change.flag_id}/" if is_of_flag else None,
        "organization_id": change.organization_id,
        "organization_url": f"{reverse('organizations')}{change.organization_id}/" if change.organization_id else None,
        "rule": change.rule if is_of_flag else None,
        "state": change.state if is_of_flag else None,
        "day": change.at.date(),
        "cursor": hidden(change.number),
    }
