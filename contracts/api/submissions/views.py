"""Send records, or try what would be read of them. What became of them: `contracts.api.submissions.status`."""

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from msgspec import structs
from rest_framework import status
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from contracts.api.protocol.access.throttles import SubmissionThrottle
from contracts.api.protocol.access.tokens import has_scope, missing_scope
from contracts.api.protocol.problems import ProblemError, nearest, parameter_problem, refusal
from contracts.api.protocol.views import ApiView
from contracts.api.submissions.bodies import FORM, Body, open_body
from contracts.api.submissions.corrections import corrections_of_report
from contracts.api.submissions.serializers import ReadingReport, Receipt
from contracts.api.submissions.status import on_record
from contracts.intake.duplicates.same_contracts import MAX_DEALS, submissions_of
from contracts.intake.received import quota
from contracts.intake.received.authority import authority_of
from contracts.intake.received.idempotency import MAX_LENGTH, KeyReusedError
from contracts.intake.received.quota import QuotaExceededError
from contracts.intake.trying import MAX_TRIAL_SECONDS, TrialRunningError
from contracts.models import ApiToken, Publisher, Submission
from contracts.ocds.problems import RefusedError
from contracts.submitting import submit, validate
from contracts.translating import problem_as_json


class MaySubmit(BasePermission):
    """An account that may add submissions, in the browser or with a token of the scope `submit`."""

    message: str

    def has_permission(self, request: Request, _view: APIView) -> bool:
        if not request.user or not request.user.is_authenticated:
            told = _("Write the header as: Authorization: Token vdr_… Without an account, use the form: %(address)s")
            self.message = told % {"address": request.build_absolute_uri(reverse("submit"))}
        elif not request.user.has_perm("contracts.add_submission"):
            self.message = _("Your account may not send records. A lead can make it one of the Submitters.")
        elif has_scope(request, ApiToken.Scope.SUBMIT):
            return True
        else:
            self.message = missing_scope(ApiToken.Scope.SUBMIT)
        return False


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
PUBLISHER = OpenApiParameter(
    "publisher", OpenApiTypes.STR, description="Slug of the publisher of the records; your account must speak for it."
)
ABOUT = OpenApiParameter(
    "about", OpenApiTypes.UUID, description="Id of your submission to which the document belongs."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description=(
        "A random text that you choose. Repeating the request with the same key within 24 hours returns "
        "the same submission; with another body, publisher or `about` it returns 422."
    ),
)
_OBJECT = {"type": "object", "additionalProperties": {}}
_BODIES: Any = {
    "application/json": {"oneOf": [_OBJECT, {"type": "array", "items": _OBJECT}]},
    "application/jsonl": OpenApiTypes.STR,
    "application/gzip": OpenApiTypes.BINARY,
    "text/csv": OpenApiTypes.STR,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": OpenApiTypes.BINARY,
    "application/pdf": OpenApiTypes.BINARY,
    "text/plain": OpenApiTypes.STR,
    "application/zip": OpenApiTypes.BINARY,
    "message/rfc822": OpenApiTypes.BINARY,
    FORM: {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "string", "format": "binary"}, "publisher": {"type": "string"}},
    },
}
_WITH_ABOUT: Any = {
    **_BODIES,
    FORM: {
        **_BODIES[FORM],
        "properties": {**_BODIES[FORM]["properties"], "about": {"type": "string", "format": "uuid"}},
    },
}


def _quota_problem(error: QuotaExceededError) -> ProblemError:
    """Return the answer to too many bytes: 429 until the day is over, 413 for more than any day allows."""
    values = {"size": error.size, "limit": error.limit, "left": error.left}
    detail = _("These are %(size)d bytes; your account may send %(limit)d a day, and %(left)d are left.") % values
    hint = _("Send less, or compress it with gzip. Days are those of UTC.")
    errors = [{"code": "quota_exceeded", "detail": detail, "hint": hint, "values": values}]
    if error.seconds is None:
        return ProblemError("quota_exceeded", detail, status=413, errors=errors, limit=error.limit, left=error.left)
    headers = {"Retry-After": str(error.seconds)}
    return ProblemError("quota_exceeded", detail, errors=errors, headers=headers, limit=error.limit, left=error.left)


def limit_of(request: Request) -> Publisher | None:
    """Return the one publisher that the token of a request is limited to."""
    return request.auth.publisher if isinstance(request.auth, ApiToken) else None


def _idempotency_key(request: Request) -> str:
    """Return the key that the client gives to the request, empty if it gives none."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not 0 < len(key.strip()) <= MAX_LENGTH or not key.isascii() or not key.isprintable():
        detail = _("The Idempotency-Key has 1 to %(limit)d characters of ASCII.") % {"limit": MAX_LENGTH}
        raise ProblemError("idempotency_key_invalid", detail)
    return key.strip()


class SubmittingView(ApiView):
    permission_classes = (MaySubmit,)
    further_problems = {"422": "Nothing in the body can be used; `problems` says why."}
    parameters = frozenset({"publisher"})
    cache_control = "no-store"
    serializer_class: Any = Receipt
    file_name = ""

    def get_throttles(self) -> list[BaseThrottle]:
        self.throttles = [*super().get_throttles(), SubmissionThrottle()]
        return self.throttles

    def handle_exception(self, error: Exception) -> Any:
        if isinstance(error, QuotaExceededError):
            error = _quota_problem(error)
        elif isinstance(error, KeyReusedError):
            error = ProblemError("idempotency_key_reused")
        elif isinstance(error, RefusedError):
            error = refusal(*error.problems, file=self.file_name)
        return super().handle_exception(error)

    def open(self, request: Request) -> Body:
        """Return the body; refuse one that is announced to be longer than its sender may still send today."""
        body = open_body(request, self.parameters)
        self.file_name = body.file_name
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

    def about(self, request: Request, body: Body) -> Submission | None:
        """Return the submission of the sender that a document is sent with."""
        named = request.query_params.get("about", body.about)
        if not named:
            return None
        try:
            return submissions_of(request.user).get(pk=UUID(named), erased_on=None)
        except (ValueError, Submission.DoesNotExist):
            detail = _("You sent no submission %(id)s.") % {"id": named[:60]}
            raise parameter_problem("about", "unknown_submission", detail) from None

    def submit(self, request: Request, kind: Submission.Kind | None) -> Response:
        body = self.open(request)
        publisher = self.publisher(request, body)
        taken = submit(
            body.chunks,
            channel=Submission.Channel.API,
            user=request.user,
            publisher=publisher,
            only=limit_of(request),
            kind=kind,
            about=self.about(request, body),
            file_name=body.file_name,
            idempotency_key=_idempotency_key(request),
        )
        submission = taken.submission
        address = request.build_absolute_uri(reverse("submission", args=[submission.pk]))
        receipt = {
            "id": submission.pk,
            "status_url": address,
            "kind": submission.kind,
            "sha256": submission.content.sha256,
            "bytes": submission.content.size,
            "received": submission.received_at.date(),
            "state": submission.state,
            "unchanged": not taken.is_new,
            "same_contracts": on_record(request, taken.deals, but=submission),
            "left_out": [problem_as_json(problem, body.file_name) for problem in taken.left_out],
        }
        answer = status.HTTP_202_ACCEPTED if taken.is_new else status.HTTP_200_OK
        return Response(receipt, status=answer, headers={"Location": address})


_RECEIPTS = {
    202: OpenApiResponse(Receipt, description="Stored; a worker will process it."),
    200: OpenApiResponse(Receipt, description="The same bytes were sent before: nothing changed."),
}


class SubmissionListView(SubmittingView):
    """
    Send OCDS records, a simple contract, a table, a document, a ZIP or an e-mail.

    The kind is detected from the content: OCDS 1.0 or 1.1 (release packages, record packages, releases, records,
    arrays of these, JSON Lines), also compressed with gzip; one simple contract; or a table (CSV with any delimiter,
    XLSX, XLS, ODS, or a DOCX or PDF that holds little beside a table of contracts). The bytes are stored as received.

    **Tables.** Exports of known portals are recognised by their headers, other tables by headers in Spanish,
      Portuguese
    or English. Each row becomes a release. A row or cell that cannot be read is reported as a problem and does not
    affect others. The sheets of a PDF are its pages (`page 3`), and its table needs lines around the cells. `sheets`
    reports how each column was read; `validate/` does so without storing anything.

    **Documents.** A document (PDF, DOCX, ODT, RTF, plain text, PNG, JPEG or TIFF, up to 50 MB) belongs to the
      submission whose id is `about`.
    If that submission has several contracts, or a person has already accepted its contract, a person decides where the
    document belongs. The original is sealed; auditors and leads see a copy without metadata, and rules read its text.
    The status reports how many pages could be read.

    **Bundles.** Each file in a ZIP, and the text and each file of an e-mail (EML), become submissions of their own, as
      if they had been sent by themselves; ZIPs and e-mails in others too, to three levels, up to 100 files and 100 MB.
      `members` of the status lists them. What cannot be read is told by number and path, here in `left_out`, and in
      the status in `problems`. The bundle is kept as it came, sealed; the headers of an e-mail are shown to nobody.
      With `about`, the documents in it belong to that submission.

    **Known contracts.** `same_contracts` lists known records that match: the same ocid, or another ocid with the same
    number and buyer, or with the same buyer, supplier, value and date. Only public records and your own submissions
    are
    compared. A match is not refused, but held until a person decides, even if your new contracts are otherwise
    published
    at once.

    **Quota.** An account may send a limited number of bytes per day (UTC). All bytes count, including those of refused
    submissions and validations. Beyond the limit, the response is 429 `quota_exceeded` with `limit`, `left` and
    Retry-After.
    """

    parameters = frozenset({"publisher", "about"})

    @extend_schema(
        operation_id="submit", parameters=[PUBLISHER, ABOUT, IDEMPOTENCY_KEY], request=_WITH_ABOUT, responses=_RECEIPTS
    )
    def post(self, request: Request) -> Response:
        return self.submit(request, None)


class SimpleContractView(SubmittingView):
    """
    Send one contract as a flat JSON object.

    Use it without knowing OCDS. Members: title or description (one is required), buyer, supplier or suppliers, funder
    or funders, financing, value, currency, date, date_signed, start_date, end_date, method (open, selective, limited,
    direct), method_details, category, country, language, source_url, documents, id. A party is a name, or an object
    with name, id, scheme, country.

    A contract with the same `id`, buyer and country as an earlier one updates it. Without an `id`, other facts make
    another contract. A correction needs a later `date` than the version before; by default `date` is the day of the
    signature, or else of receipt.

    Values may be written as people write them: `1.234.567,89`, `USD 2.5 millones`, `S/ 1,250.50`, `31/12/2023`,
    `Perú`, `Contratación directa`. An ambiguous value is a problem: `1.234`, `$` without a country, `03/04/2024` in
    English. `understood` of `validate/` shows how values were read.
    """

    @extend_schema(
        operation_id="submit_simple_contract",
        parameters=[PUBLISHER, IDEMPOTENCY_KEY],
        request={"application/json": OpenApiTypes.OBJECT},
        responses=_RECEIPTS,
        examples=[OpenApiExample("A simple contract", value=SIMPLE_EXAMPLE, request_only=True)],
    )
    def post(self, request: Request) -> Response:
        return self.submit(request, Submission.Kind.SIMPLE_CONTRACT)


class ValidationView(SubmittingView):
    """
    Validate a submission without storing it.

    Reading stops after 10,000 problems, 512 MiB of unpacked text or 10 seconds, and the last problem reports where. An
    account may run one validation at a time.
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
                "problems": [problem_as_json(problem, body.file_name) for problem in report.problems],
                "correction_count": report.correction_count,
                "corrections": corrections_of_report(report),
                "understood": [structs.asdict(entry) for entry in report.understood],
                "sheets": report.package.get("sheets", []) if kind is Submission.Kind.TABLE else [],
                "same_contracts": on_record(request, report.deals[:MAX_DEALS]),
            }
        )
