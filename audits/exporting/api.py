"""Exports in the API: request a list as a file, wait for a worker to write it, and download it, if needed in parts."""

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from audits.exporting import files, tasks
from audits.exporting.lists import FORMATS, LISTS, open_list
from audits.models import Export
from audits.models.export import rights_of
from contracts.api.protocol.access.throttles import ExportThrottle
from contracts.api.protocol.access.tokens import effective_user
from contracts.api.protocol.files.lists import MEDIA_TYPES
from contracts.api.protocol.files.served import FILE_PROBLEMS, FILE_RESPONSES, file_answer
from contracts.api.protocol.files.workbook import MAX_ROWS
from contracts.api.protocol.json_bodies import body_problem
from contracts.api.protocol.posted import as_texts, read_object
from contracts.api.protocol.problems import ProblemError, nearest
from contracts.api.protocol.rendering import AnyRenderer
from contracts.api.protocol.views import ApiView
from contracts.postgres.time_limits import MAX_SECONDS, in_time
from contracts.translating import language_asked

# Maximum number of exports per account, and of waiting exports of all readers without one.
MAX_OF_ACCOUNT = 10
MAX_WAITING = 20


class Wanted(serializers.Serializer):
    """A list to export."""

    list = serializers.ChoiceField(choices=list(LISTS), help_text="The list to export, as in its address.")
    format = serializers.ChoiceField(choices=FORMATS, default="csv")
    parameters = serializers.DictField(
        required=False,
        help_text=(
            "Parameters of the list: filters, fields, order_by, lang, delimiter and so on; several values as an array."
        ),
    )


class Counted(serializers.Serializer):
    """The number of rows of an export if it were written now."""

    rows = serializers.IntegerField(allow_null=True, help_text="Number of rows; null if counting took too long.")
    limit = serializers.IntegerField(
        allow_null=True, help_text="Maximum number of rows of the format; null for no limit."
    )
    fits = serializers.BooleanField()


class ExportRow(serializers.Serializer):
    """An export and its state."""

    id = serializers.UUIDField()
    url = serializers.CharField(
        help_text=(
            "Absolute address of the export. If it was requested without an account, everyone who knows the "
            "address can read it."
        )
    )
    list = serializers.CharField()
    format = serializers.CharField()
    query = serializers.CharField(help_text="Parameters of the list, as a query string.")
    status = serializers.ChoiceField(
        choices=["queued", "running", "done", "failed", "expired"],
        help_text="State of the export. A file is kept for one day.",
    )
    problem = serializers.CharField(
        allow_null=True, help_text="Code of the reason why it failed; `attempts`: three workers died."
    )
    rows_expected = serializers.IntegerField(
        allow_null=True, help_text="Number of rows when it was requested, if counted."
    )
    rows = serializers.IntegerField(allow_null=True, help_text="Number of rows written so far, or in total once done.")
    bytes = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True, help_text="SHA-256 of the file; also its ETag.")
    requested = serializers.DateTimeField()
    finished = serializers.DateTimeField(allow_null=True)
    expires = serializers.DateTimeField(allow_null=True)
    file = serializers.CharField(allow_null=True, help_text="Absolute address of the file; accepts Range.")


def _row(request: Request, export: Export) -> dict[str, Any]:
    own = {"pk": export.pk}
    state = export.status()
    return {
        "id": export.pk,
        "url": request.build_absolute_uri(reverse("export", kwargs=own)),
        "list": export.list_name,
        "format": export.format,
        "query": export.query,
        "status": state,
        "problem": export.failure or None,
        "rows_expected": export.rows_expected,
        "rows": files.progress(export) if state == "running" else export.rows,
        "bytes": export.bytes,
        "sha256": export.sha256 or None,
        "requested": export.requested_at,
        "finished": export.finished_at,
        "expires": export.expires_at,
        "file": request.build_absolute_uri(reverse("export-file", kwargs=own)) if state == "done" else None,
    }


_MEMBERS = ("list", "format", "parameters")


class _Ordered:
    """A validated order for an export: the reader may see the list, and the list accepts the parameters."""

    def __init__(self, request: Request) -> None:
        members = read_object(request)
        for name in members:
            if name not in _MEMBERS:
                detail = _("An export has no member %(name)s.") % {"name": name[:60]}
                raise body_problem(name, detail, nearest(name, _MEMBERS))
        self.list = self._one_of(members, "list", LISTS)
        self.format = self._one_of({"format": "csv", **members}, "format", FORMATS)
        given = members.get("parameters", {})
        if not isinstance(given, dict):
            raise body_problem("parameters", _("parameters is an object of parameters of the list."))
        query = QueryDict(mutable=True)
        query.update(as_texts(given))  # type: ignore[arg-type]  # a mapping too
        self.query = query.urlencode()
        self.address = request.build_absolute_uri(reverse(f"{self.list}-export", args=[self.format]))
        self.user = effective_user(request)
        view, asked = open_list(self.list, self.format, self.query, user=self.user, address=self.address)
        self._rows = view.list_file(asked).rows
        # Report errors in a header text, or in a sheet, now.
        view.list_file(asked).header(())

    @staticmethod
    def _one_of(members: Mapping[str, Any], name: str, known: Any) -> str:
        value = members.get(name)
        if not isinstance(value, str) or value not in known:
            detail = _("%(name)s is one of: %(known)s.") % {"name": name, "known": ", ".join(known)}
            raise body_problem(name, detail)
        return value

    @property
    def limit(self) -> int | None:
        return MAX_ROWS if self.format == "xlsx" else None

    def count(self) -> int | None:
        """Return the present number of rows; None if counting would take too long."""
        return in_time(MAX_SECONDS, self._rows.order_by().count, None)


class ExportsView(ApiView):
    """Base of the views of exports. Exports without an account are readable by everyone who knows their address."""

    serializer_class: Any = ExportRow
    permission_classes = (AllowAny,)
    cache_control = "no-store"

    def get_throttles(self) -> list[BaseThrottle]:
        throttles = super().get_throttles()
        if self.request.method == "POST":
            throttles.append(ExportThrottle())
        return throttles


class ExportListView(ExportsView):
    """List the exports of your account, or request one."""

    @extend_schema(operation_id="exports_list", responses=ExportRow(many=True))
    def get(self, request: Request) -> Response:
        """
        List the exports of your account.

        The newest come first. This requires an account.
        """
        if not request.user.is_authenticated:
            raise NotAuthenticated
        return Response([_row(request, export) for export in _own_exports(request)[: MAX_OF_ACCOUNT * 10]])

    @extend_schema(operation_id="exports_create", request=Wanted, responses={202: ExportRow})
    def post(self, request: Request) -> Response:
        """
        Request an export of a whole list.

        A worker writes it as a file. Read the address in `Location` until `status` is `done`, then download `file`. An
        account is not required.
        """
        order = _Ordered(request)
        rows = order.count()
        if order.limit is not None and (rows is None or rows > order.limit):
            detail = _("A workbook can have at most %(limit)d rows here; this list is longer.") % {
                "limit": order.limit
            }
            error = {"pointer": "/format", "code": "too_many_rows", "detail": detail}
            raise ProblemError("too_many_rows", detail, errors=[error], limit=order.limit, rows=rows)
        owner = request.user if request.user.is_authenticated else None
        self._check_number(owner)
        export = Export.objects.create(
            owner=owner,
            is_public=order.user is not owner,
            list_name=order.list,
            format=order.format,
            query=order.query,
            address=order.address,
            language=language_asked(get_language()) or "en",
            rows_expected=rows,
        )
        export.refresh_from_db()
        transaction.on_commit(tasks.enqueue)
        row = _row(request, export)
        return Response(row, status=status.HTTP_202_ACCEPTED, headers={"Location": row["url"]})

    @staticmethod
    def _check_number(owner: Any) -> None:
        kept = Export.objects.kept(timezone.now()).filter(owner=owner)
        number = kept.count() if owner else kept.waiting().count()
        limit = MAX_OF_ACCOUNT if owner else MAX_WAITING
        if number >= limit:
            raise ProblemError("too_many_exports", limit=limit, headers={"Retry-After": "600"})


class ExportCountView(ExportsView):
    """
    Count the rows of an export before requesting it.

    The response also says whether the format can hold them.
    """

    serializer_class: Any = Counted

    @extend_schema(operation_id="exports_count", request=Wanted, responses=Counted)
    def post(self, request: Request) -> Response:
        order = _Ordered(request)
        rows = order.count()
        fits = order.limit is None or (rows is not None and rows <= order.limit)
        return Response({"rows": rows, "limit": order.limit, "fits": fits})


def _own_exports(request: Request) -> QuerySet[Export]:
    """
    Return the account's exports; for a token with fewer rights only those requested with such tokens.

    The others reveal the desk's searches, and the number of rows hidden from the public.
    """
    own: QuerySet[Export] = Export.objects.filter(owner=request.user.pk)
    has_all = {*rights_of(request.user)} <= {*rights_of(effective_user(request))}
    return own if has_all else own.filter(is_public=True)


def _readable_export(request: Request, pk: Any) -> Export:
    """Return an export of the reader, or one without an owner; raises Http404 if there is none."""
    export = (Export.objects.filter(owner=None) | _own_exports(request)).filter(pk=pk).first()
    if export is None:
        raise Http404
    return export


class ExportView(ExportsView):
    """Read the state of an export, or delete it."""

    @extend_schema(operation_id="exports_retrieve")
    def get(self, request: Request, pk: Any) -> Response:
        """Read the state of an export."""
        export = _readable_export(request, pk)
        waits = {"Retry-After": "5"} if export.status() in {"queued", "running"} else None
        return Response(_row(request, export), headers=waits)

    @extend_schema(operation_id="exports_delete", responses={204: None})
    def delete(self, request: Request, pk: Any) -> Response:
        """Delete an export and its file."""
        export = _readable_export(request, pk)
        path = files.path_of(export)
        export.delete()
        path.unlink(missing_ok=True)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ExportFileView(ExportsView):
    """
    Download the file of an export.

    Range requests are supported, so an interrupted download can be continued.
    """

    renderer_classes = (AnyRenderer,)
    further_problems = FILE_PROBLEMS | {
        "403": "You no longer have the permissions with which the export was written.",
        "409": "The file is not written yet, or writing it failed.",
        "410": "The export has expired.",
    }

    @extend_schema(operation_id="exports_file", responses=FILE_RESPONSES)
    def get(self, request: Request, pk: Any) -> HttpResponseBase:
        export = _readable_export(request, pk)
        state = export.status()
        if state == "expired":
            raise ProblemError("export_expired")
        if state != "done":
            raise ProblemError("export_not_ready", headers={"Retry-After": "5"})
        if not set(export.rights) <= set(rights_of(effective_user(request))):
            raise ProblemError("rights_changed")
        written = export.finished_at.astimezone(UTC) if export.finished_at else timezone.now()
        name = f"veedor-{export.list_name}-{written:%Y-%m-%d}.{export.format}"
        try:
            return file_answer(
                request,
                files.path_of(export),
                media_type=MEDIA_TYPES[export.format],
                digest=export.sha256,
                name=name,
            )
        except FileNotFoundError:
            raise ProblemError("export_expired") from None
