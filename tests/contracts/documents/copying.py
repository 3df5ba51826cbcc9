"""Copies of documents, and what stands in their bytes."""

import io
import tempfile
import zipfile

import pikepdf

from contracts.documents.copies import clean_copy
from contracts.documents.reading import read_document
from tests.support.papers import TRACES

# Where a file lay on the machine of who made it.
PATH = f"file:///C:/Users/{TRACES[0]}/contrato.docx"


def copy_of(content: bytes, kind: str):
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.flush()
        return clean_copy(file, kind)


def text_of(content: bytes) -> str:
    with tempfile.TemporaryFile() as file:
        file.write(content)
        return "\n".join(part.text for part in read_document(file).parts)


def plain(content: bytes, kind: str) -> str:
    """All bytes of a file, unpacked."""
    if kind in {"DOCX", "ODT"}:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in archive.namelist())
    elif kind == "PDF":
        file = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as document:
            document.save(file, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
        content = file.getvalue()
    return content.decode("latin-1").replace("\x00", "")
