"""
Which documents belong to which processes.

A document belongs to the process made of the releases that it was sent with, whoever sent these first, to the public
one once a person accepts their claim, and to those that a person attached it to. What comes later, or with a contract
that is public already, waits for a person. Of several processes that a table tells of it is about one or another,
which a person says.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from contracts.documents.texts import ReadDocument, ReadPage
from contracts.models import Attachment, ContractingProcess, Document, DocumentPage, Receipt, Submission
from contracts.postgres.locks import lock_until_commit
from contracts.postgres.querying import query
from contracts.signals import documents_changed

# The pairs of process and document, as rows (process_id, sha256) with what was read of the document.
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
    Attach a document to the submission that it came with, or to a process; part of a transaction.

    :param submission: of the document
    :param url: the link of the record that it stands for
    :returns: the attachment; ``None`` if the submission is no document
    """
    if submission.kind != Submission.Kind.DOCUMENT:
        return None
    # A held claim may get another row when it is accepted; what it was sent with stays.
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
    return attachment


def join_documents(receipt: Receipt) -> None:
    """
    Join the documents of a receipt to the facts or, without such, the only records that came with it, before or after.

    Those that are joined already stay where they are: facts that are written anew have what comes with them. It is
    asked once all that comes together is stored: of two records, the first would have all documents, else.
    """
    with transaction.atomic():
        # Who takes it back waits, or is waited for.
        locked = Receipt.objects.select_for_update().filter(pk=receipt.pk).first()
        # Gone if its page was sent twice at once, and nothing of it could be taken.
        about = _facts_of(locked) if locked else None
        if locked and about:
            documents = locked.submissions.filter(erased_on=None, kind=Submission.Kind.DOCUMENT)
            for document in documents.exclude(attachments__about__receipts=locked):
                attach(document, about=about)


def _facts_of(receipt: Receipt) -> Submission | None:
    # In the order in which they came, of which their rows tell the day alone.
    listed = Receipt.submissions.through.objects.filter(receipt=receipt, submission__erased_on=None).order_by("pk")
    sent = [entry.submission for entry in listed.select_related("submission")]
    facts = [entry for entry in sent if entry.kind == Submission.Kind.SIMPLE_CONTRACT]
    records = facts[-1:] or [entry for entry in sent if entry.kind != Submission.Kind.DOCUMENT]
    return records[0] if len(records) == 1 else None


def announce(*keys: str) -> None:
    """Tell that documents belong to processes now, or soon no longer; part of the transaction that changes it."""
    process_ids = sorted({process_id for sha256 in keys for process_id in processes_of(sha256)})
    if process_ids:
        documents_changed.send(sender=None, process_ids=process_ids)


def announce_documents_of(submission: Submission) -> None:
    """Tell that it is known now which processes documents belong to that came with a submission; as ``announce``."""
    announce(*Attachment.objects.filter(about=submission).values_list("submission__content", flat=True))


def detach(attachments: QuerySet[Attachment]) -> None:
    """Remove attachments; part of a transaction."""
    announce(*attachments.values_list("submission__content", flat=True).distinct())
    attachments.delete()


def remove_documents(keys: Sequence[str]) -> list[str]:
    """
    Remove what was read of documents, with what they were attached to; part of a transaction.

    :returns: the SHA-256 of their copies that nothing else needs: their bytes are to go too
    """
    documents = Document.objects.filter(pk__in=keys)
    announce(*documents.values_list("pk", flat=True))
    # One that is being read waits here, or this waits for the copy that it makes.
    locked = documents.select_for_update(of=["self"]).values_list("cleaned", flat=True)
    copies = {copy for copy in locked if copy}
    lock_until_commit(copies)
    Attachment.objects.filter(submission__content__in=keys).delete()
    documents.delete()
    return unused_copies(copies)


def unused_copies(copies: Collection[str]) -> list[str]:
    """Return those of some copies, by SHA-256, that nobody has sent and no document has."""
    used = Submission.objects.filter(content__in=copies, erased_on=None).values_list("content", flat=True)
    others = Document.objects.filter(cleaned__in=copies).values_list("cleaned", flat=True)
    return sorted({*copies} - set(used) - set(others))


def processes_of(sha256: str) -> list[int]:
    """Return the processes that a document belongs to, by primary key."""
    condition = "s.content_id = %(value)s"
    rows = _pairs(condition, condition, condition, sha256)
    return sorted({process_id for process_id, *_rest in rows})


def document_versions(process_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """Return process → its documents that were read: SHA-256, and what tells one reading of it from another."""
    found: dict[int, list[tuple[str, str]]] = {}
    if not Document.objects.exists():
        return found
    conditions = ("p.id = ANY(%(value)s)", _OF_PROCESSES.format(ocid="r.ocid"), _OF_PROCESSES.format(ocid="c.ocid"))
    for process_id, sha256, *version in _pairs(*conditions, list(process_ids)):
        found.setdefault(process_id, []).append((sha256, " ".join(map(str, version))))
    return found


# To one that was erased documents stay joined if it had one contract.
_IS_OF_ONE = "(jsonb_array_length(told.ocids) = 1 OR told.erased_on IS NOT NULL)"
# The ocids first: there are many releases, and few processes are asked for.
_OF_PROCESSES = """
    p.id = ANY(%(value)s) AND {ocid} IN (
        SELECT coalesce(own.ocid, named.ocid) FROM contracts_contractingprocess named
        LEFT JOIN contracts_claim own ON own.id = named.claim_id WHERE named.id = ANY(%(value)s)
    )
"""


def _pairs(about_ocid: str, about_release: str, about_claim: str, value: Any) -> list[tuple[Any, ...]]:
    # The conditions are those of this module.
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
