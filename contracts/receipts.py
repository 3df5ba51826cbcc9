"""
Receipts of the form: made, found again by their words, followed, and taken back.

A receipt is nine made-up words of 6,400 each, 113 bits: nobody guesses it, so its SHA-256 is kept without salt.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from msgspec import Struct

from contracts.decisions.claims import PUBLISHED_SINCE
from contracts.erasing import erase_submission
from contracts.intake.documents.attaching import detach, join_documents
from contracts.intake.duplicates.repeats import of_one_release, of_strangers, visible_message, visible_state
from contracts.intake.duplicates.same_contracts import (
    MAX_DEALS,
    Deal,
    Same,
    deals_of_claims,
    same_contracts,
    visible_to_sender,
)
from contracts.intake.reading.sender_corrections import MAX_RELEASES, SentCorrection, corrections_as_sent
from contracts.models import Attachment, Claim, ContractingProcess, Document, Receipt, Submission
from contracts.ocds.folding import without_marks
from contracts.ocds.problems import Problem
from contracts.postgres.keys import key_of

WORDS = 9
MAX_ANSWER = 20_000
MAX_SAME = 20
_LETTERS = re.compile("[a-z]+")
_WORD = re.compile("[a-z]{4}")
_SYLLABLES = [consonant + vowel for consonant in "bcdfgjklmnprstvz" for vowel in "aeiou"]


class AlreadyReviewedError(Exception):
    """Raised for a receipt whose submissions a person has decided on."""


class Followed(Struct, frozen=True):
    """
    What became of a submission.

    ``state``: ``received``, ``opened`` (a bundle), ``unreadable``, ``held``, ``public`` (it says no more than public
    records, or its sender speaks for their publisher), ``accepted``, ``accepted_in_part`` (some contracts, or some of
    their values), ``rejected`` or ``erased``; ``ocids`` are those of public records, ``counts``, ``sheets`` and
    ``problems`` those of the submission; ``lacks_mapping`` where its sender is asked what the columns of a table hold;
    ``file`` is the kind and the size in bytes of a document that was read;
    ``told`` is what people say of their decisions to whoever sent it;
    ``same`` are the contracts of it that are on record already; ``corrections`` tell which values were not read as
    they were sent; ``may_go`` if it can be taken back by itself.
    """

    pk: UUID
    kind: str
    state: str
    told: list[str]
    ocids: list[str]
    counts: dict[str, int]
    sheets: list[dict[str, Any]]
    problems: list[Problem]
    lacks_mapping: bool
    same: list[Same]
    corrections: list[SentCorrection]
    may_go: bool
    file: tuple[str, int] | None


def new_words() -> str:
    """Make up the words of a receipt."""
    return " ".join("".join(secrets.choice(_SYLLABLES) for _ in range(2)) for _ in range(WORDS))


def receipt_of(words: str, kind: Receipt.Kind = Receipt.Kind.SUBMISSION) -> Receipt:
    """Return the receipt of words that were made up for what is sent, made at first: they are kept nowhere."""
    new = {"kind": kind, "made_on": timezone.now().date()}
    return Receipt.objects.get_or_create(digest=_digest(words), defaults=new)[0]


def drop_unused(receipt: Receipt) -> None:
    """Remove a receipt with which nothing came, once all that is being stored with it is."""
    with transaction.atomic():
        locked = Receipt.objects.select_for_update().filter(pk=receipt.pk)
        if locked and not receipt.submissions.exists():
            locked.delete()


def find_receipt(words: str, kind: Receipt.Kind = Receipt.Kind.SUBMISSION) -> Receipt | None:
    """Return the receipt of these words, however they are spaced and in capitals or not."""
    return Receipt.objects.filter(digest=_digest(words), kind=kind).first()


def answer_question(receipt: Receipt, *, question: str, text: str) -> bool:
    """
    Keep the answer to an open question of the desk; return whether there was one, and something in the answer.

    :param question: the key of the question, as it was sent
    :param text: at most ``MAX_ANSWER`` characters
    """
    text = text.replace("\0", " ").strip()  # PostgreSQL takes no NUL
    if not text:
        return False
    with transaction.atomic():
        # Whoever takes it back meanwhile, in another tab, erases no answer that comes after.
        locked = Receipt.objects.select_for_update().filter(pk=receipt.pk, withdrawn_on=None).first()
        if locked is None:
            return False
        open_questions = locked.questions.filter(answered_on=None, pk=key_of(question))
        return bool(open_questions.update(answer=text, answered_on=timezone.now().date()))


def follow(receipt: Receipt) -> Iterator[Followed]:
    """
    Yield what became of each submission of a receipt, in the order in which they came; of all of them ``MAX_DEALS``
    contracts are compared, and ``MAX_RELEASES`` releases read again for what was corrected.
    """
    left, unread = MAX_DEALS, MAX_RELEASES
    # No names are kept: by their places people know which is which.
    listed = Receipt.submissions.through.objects.filter(receipt=receipt).select_related("submission__content")
    submissions = [entry.submission for entry in listed.order_by("pk")]
    # Kinds only of files that were read themselves: otherwise they would reveal that somebody sent the same.
    read = [submission.content_id for submission in submissions if submission.counts.get("pages")]
    kinds = dict(Document.objects.filter(pk__in=read).values_list("pk", "kind"))
    for submission in submissions:
        claims = _claims_of(submission)
        ocids = sorted({claim.ocid for claim in claims if claim.state in _PUBLIC}) if claims else submission.ocids
        replaced = [claim for claim in claims if visible_message(claim, submission) == PUBLISHED_SINCE]
        in_place = [record for claim in replaced for record in claim.compared_with[-1:]]
        known = ContractingProcess.objects.public().filter(Q(ocid__in=ocids) | Q(pk__in=in_place))
        public = list(known.order_by("ocid").values_list("ocid", flat=True))
        state = _state(submission, {claim.state for claim in claims})
        held = [claim.pk for claim in claims if claim.decision is None][:left]
        deals = deals_of_claims(Claim.objects.filter(pk__in=held))[:left] if held else []
        left -= len(deals)
        corrections = _corrections(submission, unread)
        unread = max(unread - submission.counts.get("releases_read", 0), 0)
        yield Followed(
            pk=submission.pk,
            kind=submission.kind,
            state=state,
            told=list(dict.fromkeys(filter(None, (visible_message(claim, submission) for claim in claims)))),
            ocids=public,
            counts=submission.counts,
            sheets=submission.sheets,
            problems=submission.found_problems,
            lacks_mapping=submission.lacks_mapping and receipt.withdrawn_on is None,
            same=_same(deals, claims[0].submission, receipt) if deals else [],
            corrections=corrections,
            may_go=submission.erased_on is None and may_be_taken_back(receipt, only=submission),
            file=(kind, submission.content.size) if (kind := kinds.get(submission.content_id)) else None,
        )


def _same(deals: Sequence[Deal], sent: Submission, receipt: Receipt) -> list[Same]:
    """
    Return the contracts on record of what is held: in public, or with the same receipt.

    Senders of the same bytes get the same answer, or it would reveal that somebody sent them before. So would results
    of an earlier reading of these bytes.

    :param sent: the submission that the claims of these contracts belong to
    """
    own = Submission.objects.filter(content__in=receipt.submissions.values("content"), channel=Submission.Channel.FORM)
    among = visible_to_sender(own.filter(erased_on=None).exclude(content=sent.content_id))
    # Not for tables, where each row would read the contracts of a day.
    return same_contracts(deals, among=among, but=sent, other_amounts=len(deals) == 1)[:MAX_SAME]


def _corrections(submission: Submission, most: int) -> list[SentCorrection]:
    """Return the corrections; also those of content that others had sent before, if all of it was sent again."""
    if submission.state != "processed":
        return []
    strangers = of_strangers(submission, Submission.objects.none())
    repeated = of_one_release(strangers) | strangers.filter(submission__content=submission.content_id)
    return corrections_as_sent(submission, list(repeated.values_list("pk", flat=True)[:most]), most=most)


def _claims_of(submission: Submission) -> list[Claim]:
    """
    Return the claims of a submission and, where others had said the same before, those of theirs.

    A file that is saved anew has other bytes and says the same.
    """
    claims = list(submission.claims.select_related("decision").order_by("pk"))
    if submission.state != "processed":
        return claims
    for claim in of_strangers(submission, Submission.objects.none()).select_related("decision").order_by("pk"):
        if visible_state(claim, submission) is Claim.State.HELD:
            claim.decision = None
        claims.append(claim)
    return claims


_PUBLIC = frozenset({Claim.State.ACCEPTED, Claim.State.ACCEPTED_IN_PART})


def _state(submission: Submission, states: set[Claim.State]) -> str:
    if submission.erased_on:
        return "erased"
    if submission.state == "failed":
        return "unreadable"
    if submission.state != "processed":
        # It is read again because somebody else took the same back, which must not be revealed.
        return "held" if submission.counts else "received"
    if submission.kind == Submission.Kind.DOCUMENT:
        return _state_of_document(submission)
    if submission.kind == Submission.Kind.BUNDLE:
        return "opened" if submission.counts.get("members_taken") else "unreadable"
    if not states:
        return "public" if submission.ocids else "unreadable"
    if Claim.State.HELD in states:
        return "held"
    if not states & _PUBLIC:
        return "rejected"
    return "accepted" if states == {Claim.State.ACCEPTED} else "accepted_in_part"


def _state_of_document(document: Submission) -> str:
    """Return the state of the submission that a document came with; a document sent alone waits for the desk."""
    if document.content.removed_on:  # retention took what nobody joined to a contract
        return "erased"
    if not document.counts.get("pages"):  # pages without text are looked at by a person
        return "unreadable"
    if document.attachments.exclude(ocid="").exists():
        return "accepted"
    attachment = document.attachments.select_related("about").exclude(about=None).order_by("pk").first()
    about = attachment.about if attachment else None
    if about is None:
        return "held"
    state = _state(about, {claim.state for claim in _claims_of(about)})
    # Beside what another publishes, or several contracts, it is about nothing until a person says so.
    is_alone = len(about.ocids) == 1 and document.attachments.of_one_contract().exists()
    is_joined = is_alone and (state != "public" or about.releases.exists())
    return state if is_joined or state in {"received", "rejected", "erased"} else "held"


def may_be_taken_back(receipt: Receipt, *, only: Submission | None = None) -> bool:
    """
    Return whether nobody has decided on anything of it, or of the only one of its submissions that is asked for.

    A decision on a contract is based on the documents sent with it, not on later ones; attaching a document by hand is
    a decision on it.
    """
    of_bundle = Q(submission__in_bundles__bundle=only)
    by_hand = Attachment.objects.filter(submission__receipts=receipt).exclude(attached_by=None)
    # Claims that were taken back alone have a decision without a person.
    claims = Claim.objects.filter(submission__receipts=receipt)
    claims = claims.exclude(submission__erased_on__isnull=False, decision__decided_by=None)
    if only is not None:
        by_hand = by_hand.filter(Q(submission=only) | of_bundle)
        of_it = Q(submission=only) | Q(submission__attached__submission=only) | of_bundle
        of_it |= Q(submission__attached__submission__in_bundles__bundle=only)
        claims = claims.filter(of_it).exclude(decision__decided_at__lt=only.received_at)
    return receipt.withdrawn_on is None and not claims.exclude(decision=None).exists() and not by_hand.exists()


def take_back(receipt: Receipt, *, only: Submission | None = None) -> None:
    """
    Erase what was sent with a receipt, its records, that nobody has decided on, and what its holder answered.

    :param only: the one of its submissions that goes, so that a corrected one stands in its place: the receipt stays
    :raises AlreadyReviewedError: if somebody has
    :raises SubmissionBusyError: if a worker is processing it
    """
    with transaction.atomic():
        locked = Receipt.objects.select_for_update().get(pk=receipt.pk)
        if not may_be_taken_back(locked, only=only):
            raise AlreadyReviewedError
        submissions = locked.submissions.filter(erased_on=None)
        for submission in submissions if only is None else submissions.filter(pk=only.pk):
            if Submission.objects.filter(pk=submission.pk).exclude(erased_on=None).exists():
                continue  # with its bundle
            # The sender of the same bytes with another receipt has not taken them back.
            others = submission.receipts.filter(withdrawn_on=None).exclude(pk=locked.pk)
            if others.exists():
                detach(submission.attachments.filter(about__receipts=locked).exclude(about__receipts__in=others))
                locked.submissions.remove(submission)
            else:
                erase_submission(submission, actor=None, with_records=True)
        if only is not None:
            join_documents(locked)  # to what was sent in its place
            return
        # What its holder answered the desk was sent by them too.
        locked.questions.exclude(answer="").update(answer="", answered_on=None)
        locked.withdrawn_on = timezone.now().date()
        locked.save(update_fields=["withdrawn_on"])


def _digest(words: str) -> bytes:
    # People write them down with hyphens, commas, numbers or nothing between them, and telephones put accents on them.
    letters = "".join(_LETTERS.findall(without_marks(words).casefold()))
    return hashlib.sha256(" ".join(_WORD.findall(letters)).encode()).digest()
