"""Documents that a record links. Veedor does not fetch them; people attach files that they fetched."""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from typing import Any

from django.db.models import Q
from msgspec import Struct

from contracts.models import Attachment, ContractingProcess, Document
from contracts.ocds.parsing import objects
from contracts.ocds.parsing.parse import parse_process


class LinkedDocument(Struct, frozen=True):
    """A document of the record, and the one that a person attached to its link, if any."""

    named: objects.Document
    attached: Document | None = None


def parse_stored(process: ContractingProcess, release: dict[str, Any]) -> objects.Process:
    """
    Return a record as it was parsed for its rows.

    :param process: with its publisher loaded
    :param release: its compiled release
    """
    parsed, _corrections = parse_process(release, country=process.country, zone=zone_of(process))
    return parsed


def zone_of(process: ContractingProcess) -> tzinfo:
    """Return the time zone for dates of a record without one."""
    return process.publisher.zone if process.publisher else UTC


def linked_documents(process: ContractingProcess, parsed: objects.Process) -> Iterator[LinkedDocument]:
    """Yield the documents of a record in its order."""
    of_process = Q(ocid=process.ocid) | Q(about__claims__processes=process)
    links = dict(Attachment.objects.exclude(url="").filter(of_process).values_list("url", "submission__content"))
    read = {document.pk: document for document in Document.objects.filter(pk__in=links.values())}
    for named in parsed.documents():
        sha256 = links.get(named.url, "") if named.url else ""
        # One that waits to be read is already attached.
        yield LinkedDocument(named, read.get(sha256) or (Document(pk=sha256) if sha256 else None))
