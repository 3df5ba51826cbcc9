"""Documents of a record: those it links, which Veedor does not fetch, and files that people attached or sent."""

from collections.abc import Iterator
from datetime import UTC, tzinfo
from typing import Any

from django.db.models import Q
from msgspec import Struct

from contracts.intake.documents.attaching import document_versions
from contracts.models import Attachment, ContractingProcess, Document
from contracts.ocds.parsing import objects
from contracts.ocds.parsing.parse import parse_process


class LinkedDocument(Struct, frozen=True):
    """A document of the record, empty for a file without a link, and the file that a person attached to it, if any."""

    named: objects.Document
    attached: Document | None = None
    is_linked: bool = True


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


def linked_documents(
    process: ContractingProcess, parsed: objects.Process, *, sees_all: bool
) -> Iterator[LinkedDocument]:
    """
    Yield the documents of a record in its order, then the files that were sent or attached without a link of it.

    :param sees_all: whether files are shown that nobody published, as at the desk
    """
    of_process = Q(ocid=process.ocid) | Q(about__claims__processes=process)
    links = dict(Attachment.objects.exclude(url="").filter(of_process).values_list("url", "submission__content"))
    of_record = [sha256 for sha256, _version in document_versions([process.pk]).get(process.pk, ())]
    files = {document.pk: document for document in Document.objects.filter(pk__in=[*links.values(), *of_record])}
    # One that waits to be read is already attached.
    waiting = {sha256: Document(pk=sha256) for sha256 in links.values() if sha256 not in files}
    seen = {sha256: file for sha256, file in (files | waiting).items() if sees_all or file.published_on}
    linked = set()
    for named in parsed.documents():
        sha256 = links.get(named.url, "") if named.url else ""
        linked.add(sha256)
        yield LinkedDocument(named, seen.get(sha256))
    for sha256 in of_record:
        if sha256 in seen and sha256 not in linked:
            yield LinkedDocument(objects.Document(path=""), seen[sha256], is_linked=False)
