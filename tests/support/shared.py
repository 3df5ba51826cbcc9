"""The real records that lie beside the checkout, where they are."""

import os
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("VEEDOR_SHARED") or Path(__file__).resolve().parents[3] / "shared")
OCDS_FILES = sorted((SHARED / "data" / "ocds").glob("*.json"))

# With single records and releases of a dozen publishers.
ALL_OCDS_FILES = sorted((*OCDS_FILES, *(SHARED / "data" / "ocds-real").rglob("*.json")))

needs_ocds_files = pytest.mark.skipif(
    not OCDS_FILES, reason=f"the real OCDS packages are not at {SHARED / 'data' / 'ocds'}"
)

TABLES = sorted(path for path in (SHARED / "data" / "tables").glob("*") if path.suffix in {".csv", ".xlsx"})
needs_tables = pytest.mark.skipif(not TABLES, reason=f"the real tables are not at {SHARED / 'data' / 'tables'}")

DOCUMENTS = sorted(path for path in (SHARED / "data" / "documents").glob("*") if path.suffix in {".pdf", ".docx"})
needs_documents = pytest.mark.skipif(
    not DOCUMENTS, reason=f"the real documents are not at {SHARED / 'data' / 'documents'}"
)
