"""The documents of a rule's cases, as rules read them."""

from audits.judging.rule.examples import Case
from contracts.documents.texts import ReadDocument, ReadPage


def documents_of(case: Case) -> tuple[ReadDocument, ...]:
    """Return the documents of a case: the texts of their ``pages``, and how many these are of, ``page_count``."""
    return tuple(
        ReadDocument(
            sha256=f"{number:064}",
            kind="PDF",
            page_count=given.get("page_count", len(given["pages"])),
            pages_read=len(given["pages"]),
            pages=tuple(ReadPage(place, text) for place, text in enumerate(given["pages"], 1)),
        )
        for number, given in enumerate(case.get("documents", ()), 1)
    )
