"""What kind a published document is, as publishers write it: ``contractSigned``, ``Contract Signed``."""

from contracts.ocds.views import Document


def type_of(document: Document) -> str:
    """Return the document type in lower case and without spaces, ``""`` if there is none."""
    return "".join(document.type.split()).casefold()
