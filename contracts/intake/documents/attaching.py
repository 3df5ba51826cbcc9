"""
Relation between documents and processes.

A document belongs to the process made from the releases with which it was sent, whoever sent these first; to the
public process once a person accepts their claim; and to processes to which a person attached it. Documents sent later,
or with a contract that is already public, wait for a person. If a table has several processes, a person decides which
one a document is about.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from contracts.documents.texts import ReadDocument, ReadPage
from contracts.models import Attachment, Change, ContractingProcess, Document, DocumentPage, Receipt, Submission
from contracts.postgres.locks import lock_until_commit
from contracts.postgres.querying import query
from contracts.signals import documents_changed

# Pairs of process and document, as rows (process_id, sha256), with the version of the text.
_PAIRS = """
    WITH pairs AS (
        SELECT p.id AS process_id, s.content_id AS sha256
        FROM contracts_contractingprocess p
        JOIN contracts_attachment a ON a.ocid = p.ocid AND a.ocid <> ''
        JOIN contracts_submission s ON s.id = a.submission_id AND s.erased_on IS NULL
        WHERE {about_ocid}
        UNION
        SELECT p.id, s.content_id
        FROM contracts_attachment a
        JOIN contracts_submission s ON s.id = a.submission_id AND s.erased_on IS NULL
        JOIN contracts_submission told ON told.id = a.about_id
        JOIN (
            SELECT submission_id, id AS claim_id FROM contracts_claim
            -- Who said the same first has the claim.
            UNION ALL SELECT submission_id, claim_id FROM contracts_claim_repeated_by
        ) says ON says.submission_id = told.id
        JOIN contracts_claim c ON c.id = says.claim_id
        LEFT JOIN contracts_claimdecision d ON d.id = c.decision_id
        JOIN contracts_contractingprocess p ON p.claim_id = c.id OR (
            p.ocid = c.ocid AND p.claim_id IS NULL AND d.kind IN ('accepted', 'accepted_in_part')
            -- Of strangers only what lay before the person who decided, see ``AttachmentQuerySet.of_one_contract``.
            AND (
                d.decided_by_id IS NOT NULL AND a.id <= d.last_attachment
                OR c.submission_id = told.id AND told.standing = 'trusted'
            )
        )
        WHERE {about_claim} AND {is_of_one}
        UNION
        SELECT p.id, s.content_id
        FROM contracts_attachment a
        JOIN contracts_submission s ON s.id = a.submission_id AND s.erased_on IS NULL
        JOIN contracts_submission told ON told.id = a.about_id
        -- Of who speaks for the publisher.
        JOIN contracts_release r ON r.submission_id = told.id AND r.claim_id IS NULL
        JOIN contracts_contractingprocess p ON p.ocid = r.ocid AND p.claim_id IS NULL
        WHERE {about_release} AND {is_of_one}
    )
    SELECT pairs.process_id, pairs.sha256, document.reader_version, document.pages_read, document.pages
    FROM pairs
    JOIN contracts_document document ON document.content_id = pairs.sha256 AND document.reader_version > 0
    JOIN contracts_contractingprocess p ON p.id = pairs.process_id AND p.verification <> 'retired'
    ORDER BY 1, 2
"""


def attach(
    submission: Submission,
    *,
    about: Submission | None = None,
    process: ContractingProcess | None = None,
    url: str = "",
    attached_by: Any = None,
) -> Attachment | None:
    """
    Attach a document to its submission or to a process, within a transaction.

    :param submission: submission of the document
    :param url: the link in the record for which it is the file
    :returns: the attachment, of a bundle for the documents in it; ``None`` if it is neither
    """
    if submission.kind not in {Submission.Kind.DOCUMENT, Submission.Kind.BUNDLE}:
        return None
    # A held claim may get another row when it is accepted; what it was sent with stays the same.
    if process is not None and process.claim is not None:
        about, process = process.claim.submission, None
    attachment, is_new = Attachment.objects.get_or_create(
        submission=submission,
        about=about,
        ocid=process.ocid if process else "",
        url=url,
        defaults={"attached_on": timezone.now().date(), "attached_by": attached_by},
    )
    if is_new:
        announce(submission.content_id)
        if process is not None:
            tell_of_published(Change.Kind.DOCUMENT_ADDED, [submission.content_id], processes=[process.pk])
    return attachment


def join_documents(receipt: Receipt, *, opened: Submission | None = None) -> None:
    """
    Attach the documents of a receipt to its facts or, without facts, to its only record, in any order of arrival.

    Attached documents stay where they are: if facts are rewritten, the documents sent with them are attached. Call it
    once everything of the receipt is stored: otherwise, the first of two records would get all documents.

    :param opened: a bundle whose files are stored; until they are, nobody knows what else comes
    """
    with transaction.atomic():
        # Waits for a concurrent withdrawal.
        locked = Receipt.objects.select_for_update().filter(pk=receipt.pk).first()
        # Missing if the page was sent twice at once, and nothing of it could be accepted.
        about = _facts_of(locked, opened) if locked else None
        if locked and about:
            documents = locked.submissions.filter(erased_on=None, kind=Submission.Kind.DOCUMENT)
            for document in documents.exclude(attachments__about__receipts=locked):
                attach(document, about=about)


def _facts_of(receipt: Receipt, opened: Submission | None) -> Submission | None:
    # In order of arrival, of which rows only have the day.
    listed = Receipt.submissions.through.objects.filter(receipt=receipt, submission__erased_on=None).order_by("pk")
    sent = [entry.submission for entry in listed.select_related("submission")]
    facts = [entry for entry in sent if entry.kind == Submission.Kind.SIMPLE_CONTRACT]
    bundles = [entry for entry in sent if entry.kind == Submission.Kind.BUNDLE and entry != opened]
    if any(bundle.state in {"received", "processing"} for bundle in bundles):
        return None
    records = facts[-1:] or [entry for entry in sent if entry.kind not in _BESIDE_RECORDS]
    return records[0] if len(records) == 1 else None


# Kinds that are no record.
_BESIDE_RECORDS = {Submission.Kind.DOCUMENT, Submission.Kind.BUNDLE}


def announce(*keys: str) -> None:
    """Announce that the documents of processes change, in the transaction that changes them."""
    process_ids = sorted({process_id for sha256 in keys for process_id in processes_of(sha256)})
    if process_ids:
        documents_changed.send(sender=None, process_ids=process_ids)


def announce_documents_of(submission: Submission) -> None:
    """Announce that documents of a submission now belong to known processes, as ``announce`` does."""
    announce(*Attachment.objects.filter(about=submission).values_list("submission__content", flat=True))


def tell_of_published(kind: Change.Kind, keys: Iterable[str], *, processes: Collection[int] | None = None) -> None:
    """
    Write that documents which a person published are, or are no longer, with public processes.

    :param keys: SHA-256 of documents; what is not published is told to nobody
    :param processes: primary keys of those that are told of; by default all that a document belongs to
    """
    published = Document.objects.filter(pk__in=keys).exclude(published_on=None).order_by("pk")
    for sha256 in published.values_list("pk", flat=True):
        of_document = processes_of(sha256) if processes is None else processes
        public = ContractingProcess.objects.public().filter(pk__any_of=of_document).order_by("pk")
        Change.objects.bulk_create(Change(kind=kind, ocid=ocid) for ocid in public.values_list("ocid", flat=True))


def detach(attachments: QuerySet[Attachment]) -> None:
    """Delete attachments, within a transaction."""
    announce(*attachments.values_list("submission__content", flat=True).distinct())
    attachments.delete()


def remove_documents(keys: Sequence[str]) -> list[str]:
    """
    Delete texts of documents with their attachments, within a transaction.

    :returns: the SHA-256 of their copies that nothing else uses, whose bytes must be deleted too
    """
    documents = Document.objects.filter(pk__in=keys)
    tell_of_published(Change.Kind.DOCUMENT_REMOVED, keys)
    announce(*documents.values_list("pk", flat=True))
    # Waits for a concurrent reading, or makes it wait for this deletion.
    locked = documents.select_for_update(of=["self"]).values_list("cleaned", flat=True)
    copies = {copy for copy in locked if copy}
    lock_until_commit(copies)
    Attachment.objects.filter(submission__content__in=keys).delete()
    documents.delete()
    return unused_copies(copies)


def unused_copies(copies: Collection[str]) -> list[str]:
    """Return which copies, by SHA-256, were not sent by anybody and belong to no document."""
    used = Submission.objects.filter(content__in=copies, erased_on=None).values_list("content", flat=True)
    others = Document.objects.filter(cleaned__in=copies).values_list("cleaned", flat=True)
    return sorted({*copies} - set(used) - set(others))


def processes_of(sha256: str) -> list[int]:
    """Return the processes to which a document belongs, by primary key."""
    return sorted({process_id for process_id, _sha256 in processes_with([sha256])})


def processes_with(keys: Iterable[str]) -> list[tuple[int, str]]:
    """Return (primary key of a process, SHA-256 of a document that belongs to it) of all of some documents."""
    condition = "s.content_id = ANY(%(value)s)"
    rows = _pairs(condition, condition, condition, list(keys))
    return [(process_id, sha256) for process_id, sha256, *_version in rows]


def document_versions(process_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Return process → its documents with text: SHA-256, and version of the text."""
    found: dict[int, list[tuple[str, str]]] = {}
    if not Document.objects.exists():
        return found
    conditions = ("p.id = ANY(%(value)s)", _OF_PROCESSES.format(ocid="r.ocid"), _OF_PROCESSES.format(ocid="c.ocid"))
    for process_id, sha256, *version in _pairs(*conditions, list(process_ids)):
        found.setdefault(process_id, []).append((sha256, " ".join(map(str, version))))
    return found


# Documents stay attached to an erased submission that had one contract.
_IS_OF_ONE = "(jsonb_array_length(told.ocids) = 1 OR told.erased_on IS NOT NULL)"
# The ocids first: there are many releases, and few processes are requested.
_OF_PROCESSES = """
    p.id = ANY(%(value)s) AND {ocid} IN (
        SELECT coalesce(own.ocid, named.ocid) FROM contracts_contractingprocess named
        LEFT JOIN contracts_claim own ON own.id = named.claim_id WHERE named.id = ANY(%(value)s)
    )
"""


def _pairs(about_ocid: str, about_release: str, about_claim: str, value: Any) -> list[tuple[Any, ...]]:
    # The conditions are constants of this module.
    conditions = {"about_ocid": about_ocid, "about_release": about_release, "about_claim": about_claim}
    return query(_PAIRS.format(**conditions, is_of_one=_IS_OF_ONE), {"value": value})


def read_documents(keys: Iterable[str]) -> dict[str, ReadDocument]:
    """Return the documents with these SHA-256, with their texts."""
    wanted = sorted(set(keys))
    pages: dict[str, list[ReadPage]] = {}
    rows = DocumentPage.objects.filter(document__in=wanted).order_by("document", "number")
    for row in rows:
        pages.setdefault(row.document_id, []).append(row.as_read)
    return {
        document.pk: ReadDocument(
            sha256=document.pk,
            kind=document.kind,
            page_count=document.pages,
            pages_read=document.pages_read,
            pages=tuple(pages.get(document.pk, ())),
        )
        for document in Document.objects.filter(pk__in=wanted)
    }
