"""Documents that are sent and read at once, without a worker."""

import tempfile

import pytest

from contracts.decisions.claims import decide_claim
from contracts.documents.reading import read_document
from contracts.documents.recognising import missing_for_ocr
from contracts.files.limits import ReaderLimits
from contracts.intake.processing import process_submission
from contracts.models import (
    Claim,
    ClaimDecision,
    ContentChunk,
    Submission,
)
from contracts.submitting import submit
from tests.support.pdfs import pdf
from tests.support.records import load, release

PAPER = pdf("Contrato de cámaras", "Se entregará el código fuente.")
needs_ocr = pytest.mark.skipif(bool(missing_for_ocr()), reason=f"not installed: {', '.join(missing_for_ocr())}")


def read(content: bytes, **limits):
    """Read a document that is not sent."""
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return read_document(file, ReaderLimits(**limits)) if limits else read_document(file)


def send_facts(ocid: str = "ocds-facts-1") -> Submission:
    """Send a record that is held."""
    return load(release(ocid), channel=Submission.Channel.FORM)


def decide(kind: ClaimDecision.Kind, person) -> None:
    """Decide on the only claim."""
    decide_claim(claim=Claim.objects.get(), kind=kind, reason="Seen.", decided_by=person)


def send(content: bytes = PAPER, *, channel=Submission.Channel.FORM, **options) -> Submission:
    """Send a document and read it."""
    submission, *_ = submit(iter([content]), channel=channel, user=None, **options)
    process_submission(submission.pk)
    submission.refresh_from_db()
    return submission


def bytes_of(sha256: str) -> bytes:
    chunks = ContentChunk.objects.filter(content=sha256).order_by("number").values_list("data", flat=True)
    return b"".join(bytes(chunk) for chunk in chunks)
