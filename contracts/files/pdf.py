"""PDFs, opened in the process of a reader, after its limits."""

from typing import Any

_PASSWORD = 4  # FPDF_ERR_PASSWORD


def open_pdf(content: bytes) -> tuple[Any, str]:
    """Return a document of pypdfium2 and ``""``, or ``None`` and why there is none: ``encrypted`` or ``damaged``."""
    import pypdfium2  # noqa: PLC0415 - after the limits

    try:
        document = pypdfium2.PdfDocument(content)
        len(document)
    except pypdfium2.PdfiumError as error:
        return None, "encrypted" if getattr(error, "err_code", None) == _PASSWORD else "damaged"
    return document, ""
