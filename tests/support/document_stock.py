"""Thousands of documents with pages, attached to processes of the stock: for plans of queries."""

from django.db import connection, transaction

# Of words: one that every second page has, one of few pages, and the rest.
_STATEMENTS = """
CREATE TEMP TABLE stock_document ON COMMIT DROP AS
SELECT ocid, row_number() OVER (ORDER BY id) AS place, encode(sha256(ocid::bytea), 'hex') AS sha256,
       gen_random_uuid() AS submission
FROM contracts_contractingprocess ORDER BY id LIMIT %(documents)s;

INSERT INTO contracts_content (sha256, size, encoding, is_gzip, received_at)
SELECT sha256, 1, '', false, now() FROM stock_document;

INSERT INTO contracts_submission (
    id, kind, channel, received_at, attempts, error, package, counts, problems, problem_count, ocids, content_id,
    speaks_for, standing
)
SELECT submission, 'document', 'admin', now(), 0, '', '{}', '{}', '[]', 0, '[]', sha256, '{}', 'trusted'
FROM stock_document;

INSERT INTO contracts_document (
    content_id, kind, pages, pages_read, ocr_pages, removed_metadata, problems, reader_version, published_on,
    published_by_id
)
SELECT sha256, 'pdf', 2, 2, 0, '[]', '[]', 1, date '2026-01-01', %(person)s FROM stock_document;

INSERT INTO contracts_attachment (submission_id, ocid, url, attached_on)
SELECT submission, ocid, '', date '2026-01-01' FROM stock_document;

INSERT INTO contracts_documentpage (document_id, number, "offset", text, source)
SELECT sha256, number, 0, 'Cláusula ' || place || CASE WHEN place % 1000 = 7 THEN ' inusual' ELSE ' de red' END,
       'text'
FROM stock_document, generate_series(1, 2) number;

ANALYZE contracts_content, contracts_submission, contracts_document, contracts_attachment, contracts_documentpage;
"""


def write_document_stock(documents: int, person: int) -> None:
    """
    Attach a document of two pages to each of the first processes; all are published.

    :param person: primary key of who published them
    """
    statements = _STATEMENTS.replace("%(documents)s", str(documents)).replace("%(person)s", str(person))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.cursor.execute(statements)
