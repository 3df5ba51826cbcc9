"""
The text of a made-up contract as a PDF that belongs to a made-up record, so that the demonstration has a document.

`fixtures/examples/contract-es.txt` is its text; a form feed begins a page.
"""

import io
from collections.abc import Iterator
from pathlib import Path

import pikepdf
from django.db import transaction
from django.urls import reverse

from contracts.intake.documents.attaching import attach
from contracts.intake.processing import process_submission
from contracts.models import Attachment, ContractingProcess, Submission
from contracts.submitting import submit_local

OCID = "ocds-vdrex1-es-001"
_A4 = (595, 842)
_SIZE, _LEADING, _LEFT, _TOP = 11, 15, 56, 780


def file_contract(text: Path) -> Submission:
    """
    Store the contract, read it, and attach it to its record, once.

    :param text: a text file in UTF-8 that only has characters of Windows-1252
    """
    submission, _is_new = submit_local(iter([as_pdf(text.read_text(encoding="utf-8"))]))
    process_submission(submission.pk)
    with transaction.atomic():
        attach(submission, process=ContractingProcess.objects.get(ocid=OCID))
    return submission


def contract_page() -> str:
    """Return the address of its second page, for people of the desk."""
    attached = Attachment.objects.select_related("submission").filter(ocid=OCID).earliest("pk")
    return reverse("document-page", args=[attached.submission.content_id, 2]).lstrip("/")


def as_pdf(text: str) -> bytes:
    """Return a text as a PDF, the same each time; its lines are set as they are."""
    document = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    for page in text.split("\f"):
        document.add_blank_page(page_size=_A4)
        added = document.pages[-1]
        added.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        added.Contents = pikepdf.Stream(document, b"\n".join(_drawn(page)))
    file = io.BytesIO()
    document.save(file, deterministic_id=True)
    return file.getvalue()


def _drawn(page: str) -> Iterator[bytes]:
    """Yield the operators that set the lines of a page."""
    yield b"BT /F1 %d Tf %d TL %d %d Td" % (_SIZE, _LEADING, _LEFT, _TOP)
    for line in page.strip("\n").splitlines():
        escaped = line.encode("cp1252").replace(b"\\", rb"\\").replace(b"(", rb"\(").replace(b")", rb"\)")
        yield b"(" + escaped + b") Tj T*"
    yield b"ET"
