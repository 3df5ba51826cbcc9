"""Documents that are sent and read at once, without a worker."""

from contracts.intake.processing import process_submission
from contracts.models import ContentChunk, Submission
from contracts.submitting import submit
from tests.support.pdfs import pdf

PAPER = pdf("Contrato de cámaras", "Se entregará el código fuente.")


def send(content: bytes = PAPER, *, channel=Submission.Channel.FORM, **options) -> Submission:
    """Send a document and read it."""
    submission, *_ = submit(iter([content]), channel=channel, user=None, **options)
    process_submission(submission.pk)
    submission.refresh_from_db()
    return submission


def bytes_of(sha256: str) -> bytes:
    chunks = ContentChunk.objects.filter(content=sha256).order_by("number").values_list("data", flat=True)
    return b"".join(bytes(chunk) for chunk in chunks)
