"""
Open a bundle: each file in a ZIP or an e-mail becomes a submission, as if it had been sent by itself.

The bundle stays as it came, sealed. Files are taken one by one, each in a transaction, so that an attempt goes on
where the one before ended. Names of files are kept of accounts alone, beside who sent them.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from msgspec import structs

from contracts.files.bundles import PLACE, Member, members_of
from contracts.files.kinds import kind_of_file
from contracts.files.limits import LIMITS, ReaderLimits
from contracts.files.unpacking import BUNDLES
from contracts.intake.documents.attaching import attach, join_documents
from contracts.intake.reading.mapping import kept_mapping
from contracts.intake.reading.report import Report
from contracts.intake.reading.tabular import Source
from contracts.intake.received.authority import Authority
from contracts.intake.received.detecting import kind_of, refuse_unless_document
from contracts.intake.received.receiving import StoredSource, store
from contracts.intake.received.spooling import CHUNK_BYTES, Spool, spool
from contracts.intake.storing import hold_unless_erased
from contracts.models import BundleMember, Receipt, Submission, SubmissionOrigin
from contracts.ocds.pointers import escape
from contracts.ocds.problems import Problem, RefusedError


def look_into(source: Source, limits: ReaderLimits) -> Iterator[Problem | None]:
    """
    Yield why each file in a bundle cannot be taken, None of one that can, and store nothing.

    The pointer includes the path, which only the sender may see: do not store it.
    """
    for member, spooled, refused in _members(source, limits):
        problem = refused or (_kind(member, spooled, looks=False)[1] if spooled else None)
        yield problem and structs.replace(problem, pointer=f"{PLACE}{member.number}/{escape(member.path)}")


def open_bundle(bundle: Submission, *, renew: Callable[[], None]) -> tuple[Report, dict[str, int]]:
    """
    Store the files in a bundle as submissions, which are due then.

    :param renew: called regularly
    :returns: the problems of those that could not be taken, at their numbers, and counts: ``members``, and
        ``members_taken`` of them
    """
    opening = _Opening(bundle)
    report, members = Report(), 0
    for member, spooled, refused in _members(StoredSource(bundle.content), LIMITS):
        renew()
        members += 1
        problem = refused or (opening.take(member, spooled) if spooled else None)
        if problem:
            report.add(structs.replace(problem, pointer=f"{PLACE}{member.number}"))
        opening.name(member)
    opening.finish()
    if not members:
        report.add(Problem("member_left_out", "none"))
    return report, {"members": members, "members_taken": bundle.members.count()}


def _members(source: Source, limits: ReaderLimits) -> Iterator[tuple[Member, Spool | None, Problem | None]]:
    """Yield the files in a bundle, each with its bytes or its problem."""
    with source.open() as file:
        kind = kind_of_file(file)
        for member in members_of(file, kind, limits):
            if member.problem:
                yield member, None, member.problem
                continue
            member.file.seek(0)
            try:
                with spool(
                    iter(partial(member.file.read, CHUNK_BYTES), b""),
                    max_unpacked_bytes=settings.VEEDOR_MAX_UNPACKED_BYTES,
                ) as spooled:
                    yield member, spooled, None
            except RefusedError as refused:
                yield member, None, refused.problems[0]


def _kind(
    member: Member, spooled: Spool, *, looks: bool = True, is_about: bool = False
) -> tuple[Submission.Kind, Problem | None]:
    """
    Return what a member is, and why it cannot be taken, if so.

    :param looks: look into a DOCX or PDF for a table of contracts
    :param is_about: it belongs to a contract, so it must be a document, whatever tables it holds
    """
    if member.is_text:
        return Submission.Kind.DOCUMENT, None
    try:
        if not is_about:
            return kind_of(spooled, looks=looks), None
        refuse_unless_document(spooled)
    except RefusedError as refused:
        return Submission.Kind.DOCUMENT, refused.problems[0]
    return Submission.Kind.DOCUMENT, None


def is_bundle(spooled: Spool) -> bool:
    """
    Return whether what was sent is a bundle.

    :raises RefusedError: if it is a container that may not be opened
    """
    if spooled.is_gzip:
        return False
    with spooled.open() as file:
        return kind_of_file(file) in BUNDLES


class _Opening:
    """How the files of a bundle are taken: in the name of its sender, with its receipts, about what it is about."""

    def __init__(self, bundle: Submission) -> None:
        self.bundle = bundle
        self.origin = SubmissionOrigin.objects.select_related("user").filter(submission=bundle).first()
        self.user: Any = self.origin.user if self.origin else None
        self.about = [row.about for row in bundle.attachments.exclude(about=None).select_related("about")]
        self.is_by_form = bundle.channel == Submission.Channel.FORM
        self.names: dict[str, str] = {}

    def take(self, member: Member, spooled: Spool) -> Problem | None:
        """Store a file; return why it cannot be, if so."""
        if self.bundle.members.filter(number=member.number).exists():  # by an attempt before
            return None
        kind, problem = _kind(member, spooled, is_about=bool(self.about))
        if problem:
            return problem
        given = kept_mapping(self.user, spooled, LIMITS) if kind is Submission.Kind.TABLE else None
        bundle = self.bundle
        with transaction.atomic():
            # In the order of who takes a receipt back.
            receipts = list(Receipt.objects.select_for_update().filter(submissions=bundle, withdrawn_on=None))
            if not hold_unless_erased(bundle):
                return None
            submission, is_new = store(
                spooled,
                channel=Submission.Channel(bundle.channel),
                kind=kind,
                user=self.user,
                publisher=bundle.publisher,
                authority=Authority(Submission.Standing(bundle.standing), bundle.speaks_for),
                file_name="" if self.is_by_form else member.path,
                given=given,
                among=Submission.objects.filter(receipts__in=receipts) if self.is_by_form and not self.user else None,
            )
            for receipt in receipts:
                receipt.submissions.add(submission)
            for about in self.about:
                attach(submission, about=about)
            BundleMember.objects.create(bundle=bundle, number=member.number, submission=submission, is_new=is_new)
        return None

    def name(self, member: Member) -> None:
        if not self.is_by_form:
            self.names[str(member.number)] = member.path

    def finish(self) -> None:
        """Keep the names, and attach the documents of receipts, now that all has arrived."""
        SubmissionOrigin.objects.filter(submission=self.bundle).update(member_names=self.names)
        for receipt in Receipt.objects.filter(submissions=self.bundle, withdrawn_on=None):
            join_documents(receipt, opened=self.bundle)
