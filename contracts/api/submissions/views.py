"""Submissions: create, dry-run, read the result."""

from typing import Any
from uuid import UUID

from django.db import models
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from msgspec import structs
from rest_framework import serializers, status
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from contracts.api.addresses import ProcessLink
from contracts.api.protocol.columns import fields_of, read_rows, texts
from contracts.api.protocol.problems import ProblemError, input_error, nearest, parameter_problem
from contracts.api.protocol.schema import ProblemErrorSerializer
from contracts.api.protocol.throttles import SubmissionThrottle
from contracts.api.protocol.tokens import has_scope
from contracts.api.protocol.views import ApiView
from contracts.api.sources import Source, verification
from contracts.api.submissions.bodies import FORM, Body, open_body
from contracts.api.submissions.corrections import (
    CorrectionSerializer,
    TrialCorrectionSerializer,
    corrections_of_report,
    corrections_of_submission,
)
from contracts.api.submissions.permissions import MaySubmit
from contracts.intake import quota
from contracts.intake.quota import QuotaExceededError
from contracts.intake.speaking import authority_of
from contracts.models import ApiToken, ContractingProcess, Publisher, Submission
from contracts.ocds.problems import Problem
from contracts.submitting import MAX_TRIAL_SECONDS, TrialRunningError, submit, validate
from contracts.translating import problem_detail

SIMPLE_EXAMPLE = {
    "title": "Cámaras de videovigilancia para el centro",
    "description": "Suministro e instalación de 120 cámaras con reconocimiento de placas.",
    "buyer": {"name": "Municipalidad de San Martín", "country": "PE"},
    "supplier": "Proveedora Ficticia S.A.C.",
    "value": 1250000.50,
    "currency": "PEN",
    "date_signed": "2024-03-01",
    "method": "direct",
    "country": "PE",
    "language": "es",
    "source_url": "https://example.org/contract/1",
}
PUBLISHER = OpenApiParameter("publisher", OpenApiTypes.STR, description="Slug of the publisher of the records.")
_BODIES: Any = {
    "application/json": OpenApiTypes.OBJECT,
    "application/jsonl": OpenApiTypes.STR,
    "application/gzip": OpenApiTypes.BINARY,
    FORM: {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}, "publisher": {"type": "string"}},
    },
}


class Receipt(serializers.Serializer):
    id = serializers.UUIDField()
    status_url = serializers.URLField(help_text="Address of the result.")
    kind = serializers.ChoiceField(choices=Submission.Kind.choices)
    sha256 = serializers.CharField(help_text="Of the bytes as they arrived.")
    bytes = serializers.IntegerField()
    received = serializers.DateField()
    state = serializers.CharField(help_text="received, processing, processed, failed")
    unchanged = serializers.BooleanField(help_text="The same bytes were sent before: nothing changed.")


class StatusProblem(ProblemErrorSerializer):
    warning = serializers.BooleanField(help_text="The record was taken nevertheless.")


class ProcessAddress(serializers.Serializer):
    ocid = serializers.CharField()
    url = ProcessLink(source="ocid")
    source = Source()  # type: ignore[assignment]  # a field of this name
    verification = verification()


class ClaimRow(serializers.Serializer):
    """What it says of an ocid for whose publisher its sender does not speak."""

    ocid = serializers.CharField()
    state = serializers.CharField(
        help_text="held (not public until a person accepts it), accepted, accepted_in_part, rejected"
    )


class Counts(serializers.Serializer):
    releases_read = serializers.IntegerField()
    releases_new = serializers.IntegerField()
    releases_known = serializers.IntegerField(help_text="Stored before; they changed nothing.")
    processes = serializers.IntegerField()
    awards = serializers.IntegerField()
    contracts = serializers.IntegerField()
    bids = serializers.IntegerField()
    organizations = serializers.IntegerField()
    corrections = serializers.IntegerField()


class SubmissionStatus(serializers.Serializer):
    """The result of a submission."""

    id = serializers.UUIDField()
    state = serializers.CharField(help_text="received, processing, processed, failed")
    kind = serializers.ChoiceField(choices=Submission.Kind.choices)
    publisher = serializers.CharField(allow_null=True)
    sha256 = serializers.CharField(help_text="Of the bytes as they arrived.")
    bytes = serializers.IntegerField()
    received = serializers.DateField()
    error = serializers.CharField(help_text="Why it failed, if it did.")
    counts = Counts(help_text="Empty until it is processed.")
    problem_count = serializers.IntegerField()
    problems = StatusProblem(many=True, help_text="The first thousand, and where reading stopped, if it did.")
    corrections = CorrectionSerializer(
        many=True,
        help_text="The first hundred of its processes, those not used first; `pointer` leads into the "
        "compiled release.",
    )
    ocids = texts(help_text="The first hundred.")
    processes = ProcessAddress(many=True, help_text="Those that are public.")
    claims = ClaimRow(many=True, help_text="The first hundred.")


class UnderstoodRow(serializers.Serializer):
    pointer = serializers.CharField(help_text="JSON Pointer into the simple contract.")
    found = serializers.CharField(help_text="As it is written, shortened.")
    used = serializers.CharField(help_text="As it is read.")


class ReadingReport(serializers.Serializer):
    """The result of a dry run."""

    kind = serializers.ChoiceField(choices=Submission.Kind.choices)
    releases = serializers.IntegerField()
    ocids = texts(help_text="The first hundred.")
    problem_count = serializers.IntegerField()
    problems = StatusProblem(many=True, help_text="The first thousand, and where reading stopped, if it did.")
    correction_count = serializers.IntegerField()
    corrections = TrialCorrectionSerializer(
        many=True,
        help_text="The first hundred, those not used first; `pointer` leads into the body, for a simple "
        "contract into the release made from it.",
    )
    understood = UnderstoodRow(
        many=True,
        help_text="Amounts, currencies, dates, countries and methods of a simple contract that were read otherwise "
        "than they are written. Compare them before you send it.",
    )


def _quota_problem(error: QuotaExceededError) -> ProblemError:
    """Return the answer to too many bytes: 429 until the day is over, 413 for more than any day allows."""
    values = {"size": error.size, "limit": error.limit, "left": error.left}
    detail = _("These are %(size)d bytes; of %(limit)d that your account may send a day, %(left)d are left.") % values
    hint = _("Send less, or compress it with gzip. Days are those of UTC.")
    errors = [{"code": "quota_exceeded", "detail": detail, "hint": hint, "values": values}]
    if error.seconds is None:
        return ProblemError("quota_exceeded", detail, status=413, errors=errors, limit=error.limit, left=error.left)
    headers = {"Retry-After": str(error.seconds)}
    return ProblemError("quota_exceeded", detail, errors=errors, headers=headers, limit=error.limit, left=error.left)


def limit_of(request: Request) -> Publisher | None:
    """Return the one publisher that the token of a request is limited to."""
    return request.auth.publisher if isinstance(request.auth, ApiToken) else None


class SubmittingView(ApiView):
    permission_classes = (MaySubmit,)
    parameters = frozenset({"publisher"})
    cache_control = "no-store"
    serializer_class: Any = Receipt

    def get_throttles(self) -> list[BaseThrottle]:
        self.throttles = [*super().get_throttles(), SubmissionThrottle()]
        return self.throttles

    def handle_exception(self, error: Exception) -> Any:
        return super().handle_exception(_quota_problem(error) if isinstance(error, QuotaExceededError) else error)

    def open(self, request: Request) -> Body:
        """Return the body; refuse one that is announced to be longer than its sender may still send today."""
        body = open_body(request)
        quota.check(request.user, body.length)
        return body

    def publisher(self, request: Request, body: Body) -> Publisher | None:
        slug = request.query_params.get("publisher", body.publisher)
        if not slug:
            return None
        publisher = None if "\x00" in slug else Publisher.objects.filter(slug=slug).first()
        if publisher is None:
            detail = _("The publisher %(slug)s is not known.") % {"slug": slug[:60]}
            known = Publisher.objects.values_list("slug", flat=True)[:1000]
            raise parameter_problem("publisher", "unknown_publisher", detail, nearest(slug, known))
        authority = authority_of(request.user, Submission.Channel.API, only=limit_of(request))
        if not authority.may_name(publisher):
            raise ProblemError("publisher_not_granted")
        return publisher

    def submit(self, request: Request, kind: Submission.Kind | None) -> Response:
        body = self.open(request)
        publisher = self.publisher(request, body)
        submission, is_new = submit(
            body.chunks,
            channel=Submission.Channel.API,
            user=request.user,
            publisher=publisher,
            only=limit_of(request),
            kind=kind,
            file_name=body.file_name,
        )
        address = request.build_absolute_uri(reverse("submission", args=[submission.pk]))
        receipt = {
            "id": submission.pk,
            "status_url": address,
            "kind": submission.kind,
            "sha256": submission.content.sha256,
            "bytes": submission.content.size,
            "received": submission.received_at.date(),
            "state": submission.state,
            "unchanged": not is_new,
        }
        answer = status.HTTP_202_ACCEPTED if is_new else status.HTTP_200_OK
        return Response(receipt, status=answer, headers={"Location": address})


_RECEIPTS = {
    202: OpenApiResponse(Receipt, description="Stored; a worker will process it."),
    200: OpenApiResponse(Receipt, description="The same bytes were sent before: nothing changed."),
}


class SubmissionListView(SubmittingView):
    """
    Send OCDS records or a simple contract.

    Release packages, record packages, releases, records, lists of these and JSON Lines, OCDS 1.0 or 1.1, also
    compressed with gzip; or one simple contract. The kind is detected. The bytes are stored as they arrive.

    An account may send a number of bytes a day (of UTC). All that arrives counts: what is known or refused, and
    validations. Beyond it the answer is 429 `quota_exceeded` with `limit`, `left` and Retry-After.
    """

    @extend_schema(operation_id="submit", parameters=[PUBLISHER], request=_BODIES, responses=_RECEIPTS)
    def post(self, request: Request) -> Response:
        return self.submit(request, None)


class SimpleContractView(SubmittingView):
    """
    Send one contract as a flat JSON object, without knowing OCDS.

    Members: title or description (one is needed), buyer, supplier or suppliers, funder or funders, financing, value,
    currency, date, date_signed, start_date, end_date, method (open, selective, limited, direct), method_details,
    category, country, language, source_url, documents, id. A party is a name, or an object with name, id, scheme,
    country.

    Facts may stand as people write them: `1.234.567,89`, `USD 2.5 millones`, `S/ 1,250.50`, `31/12/2023`, `Perú`,
    `Contratación directa`. What may mean two things is a problem: `1.234`, `$` without a country, `03/04/2024` in
    English. `validate/` shows as `understood` what was read.
    """

    @extend_schema(
        operation_id="submit_simple_contract",
        parameters=[PUBLISHER],
        request={"application/json": OpenApiTypes.OBJECT},
        responses=_RECEIPTS,
        examples=[OpenApiExample("A simple contract", value=SIMPLE_EXAMPLE, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        return self.submit(request, Submission.Kind.SIMPLE_CONTRACT)


class ValidationView(SubmittingView):
    """
    Dry-run a submission: it is read, and nothing is stored.

    Reading stops after 10,000 problems, 512 MiB of unpacked text or 10 seconds; the last problem reports it. An
    account has one validation at a time.
    """

    serializer_class = ReadingReport

    @extend_schema(operation_id="validate", parameters=[PUBLISHER], request=_BODIES, responses={200: ReadingReport})
    def post(self, request: Request) -> Response:
        body = self.open(request)
        publisher = self.publisher(request, body)
        try:
            kind, report = validate(body.chunks, user=request.user, publisher=publisher)
        except TrialRunningError as error:
            raise ProblemError("trial_running", headers={"Retry-After": str(int(MAX_TRIAL_SECONDS))}) from error
        return Response(
            {
                "kind": kind,
                "releases": report.releases,
                "ocids": list(report.ocids),
                "problem_count": report.problem_count,
                "problems": [_problem(problem) for problem in report.problems],
                "correction_count": report.correction_count,
                "corrections": corrections_of_report(report),
                "understood": [structs.asdict(entry) for entry in report.understood],
            }
        )


class SubmissionView(ApiView):
    """Read the result of a submission; visible to its sender, and with the permission to view all submissions."""

    permission_classes = (IsAuthenticated,)
    serializer_class = SubmissionStatus
    cache_control = "no-store"
    queryset = Submission.objects.all()

    def get_queryset(self) -> models.QuerySet[Submission]:
        if not has_scope(self.request, ApiToken.Scope.REVIEW):
            return Submission.objects.filter(origin__user=self.request.user.pk)
        return Submission.objects.visible_to(self.request.user)

    @extend_schema(operation_id="submission")
    def get(self, request: Request, pk: UUID) -> Response:
        found = self.get_queryset().filter(pk=pk).select_related("content", "publisher").first()
        if found is None:
            raise Http404
        known = ContractingProcess.objects.public().filter(ocid__in=found.ocids).order_by("pk")
        return Response(
            {
                "id": found.pk,
                "state": found.state,
                "kind": found.kind,
                "publisher": found.publisher.slug if found.publisher else None,
                "sha256": found.content_id,
                "bytes": found.content.size,
                "received": found.received_at.date(),
                "error": problem_detail(found.failure) if found.failure else "",
                "counts": found.counts,
                "problem_count": found.problem_count,
                "problems": [_problem(problem) for problem in found.found_problems],
                "corrections": corrections_of_submission(found),
                "ocids": found.ocids,
                "processes": [
                    row | {"url": request.build_absolute_uri(row["url"])}
                    for _keys, row in read_rows(known, fields_of(ProcessAddress))
                ],
                "claims": [
                    {"ocid": claim.ocid, "state": claim.state.value}
                    for claim in found.claims.select_related("decision").order_by("ocid")[:100]
                ],
            }
        )


def _problem(problem: Problem) -> dict[str, Any]:
    return {**input_error(problem), "warning": problem.is_warning}
