"""
What was sent with a claim, a release or a document, as its page lists it: documents, receipts, rows of tables.

Whoever sent the same facts, their documents are listed: only the first has the releases. On the page of a receipt its
sender is asked.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from contracts.files.limits import ReaderLimits
from contracts.intake.reading.tabular import sent_row
from contracts.models import (
    Attachment,
    Claim,
    ContractingProcess,
    Document,
    DocumentPage,
    Receipt,
    Release,
    Submission,
)
from contracts.pages.display import admin_link, admin_url
from contracts.pages.stated_in_documents import MAX_PAGES, Stated
from contracts.translating import place_in_table, problem_line

MAX_DOCUMENTS = 50
# The documents in it are attached themselves.
_OF_BUNDLES = Q(submission__kind=Submission.Kind.BUNDLE)


def documents_of_claim(claim: Claim) -> SafeString | str:
    """Return what was sent with a claim: each a link to its first page, with how much was read of it."""
    return _documents_listed(_attached(claim))


def stated_beside(claim: Claim) -> Stated | None:
    """Return what the documents that were sent with a claim state, ``None`` if none was read."""
    sent = _attached(claim).filter(submission__erased_on=None).values("submission__content")
    pages = DocumentPage.objects.filter(document__in=sent).order_by("document", "number")
    # A page may hold all that is read of a document: what is not looked through is not fetched.
    read = pages.values_list("document", "number", "text", "source")[:MAX_PAGES]
    return Stated(read.iterator(chunk_size=10)) or None


def _attached(claim: Claim) -> QuerySet[Attachment]:
    return Attachment.objects.filter(Q(about__content=claim.submission.content_id) | Q(about__repeats=claim))


def count_documents(claims: Sequence[Claim]) -> Counter[UUID]:
    """Return claim → how many documents were sent with it, or with the same by others."""
    attached = Attachment.objects.filter(submission__erased_on=None).exclude(_OF_BUNDLES).order_by()
    own, others = (
        attached.filter(**{f"{path}__in": claims}).values_list(path, "submission__content")
        for path in ("about__claims", "about__repeats")
    )
    return Counter(claim for claim, _document in own.union(others))


def documents_of_process(process: ContractingProcess) -> SafeString | str:
    """Return what was sent with the releases of a process, or beside the same without being one, or attached to it."""
    accepted = Claim.objects.accepted().filter(ocid=process.ocid)
    claims = Claim.objects.filter(pk=process.claim_id) if process.claim_id else accepted
    claimed = Q(about__claims__in=claims) | Q(about__repeats__in=claims)
    releases = Release.objects.of_process(process).values("submission__content")
    # What others claim of the same ocid is theirs.
    beside = Q(about__ocids=[process.ocid], about__claims=None, about__repeats=None)
    official = Q(about__content__in=releases)
    return _documents_listed(Attachment.objects.filter(Q(ocid=process.ocid) | claimed | beside | official))


def _documents_listed(attachments: QuerySet[Attachment]) -> SafeString | str:
    listed = attachments.filter(submission__erased_on=None).exclude(_OF_BUNDLES)
    rows = listed.select_related("submission").order_by("pk").distinct()
    sent = list({row.submission.content_id: row.submission for row in rows[: MAX_DOCUMENTS + 1]}.values())
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in _lines(sent))) or "–"


def _lines(sent: Sequence[Submission]) -> Iterator[SafeString]:
    read = Document.objects.filter(reader_version__gt=0).in_bulk([submission.content_id for submission in sent])
    for submission in sent[:MAX_DOCUMENTS]:
        document = read.get(str(submission.content_id))
        if document:
            state = _("pages read: %(read)s of %(all)s") % {"read": document.pages_read, "all": document.pages}
            address, name = f"/documents/{document.pk}/pages/1", str(document)
        else:
            state = " ".join(problem_line(problem) for problem in submission.found_problems) or _("not read yet")
            address, name = admin_url(Submission, submission.pk), str(submission.content_id)[:12]
        yield format_html('<a href="{}">{}</a> <span class="quiet">{}</span>', address, name, state)
    if len(sent) > MAX_DOCUMENTS:
        yield SafeString("…")


MAX_RECEIPTS = 20


def receipts_of_submission(submission: Submission) -> SafeString | str:
    """Return the receipts of a submission, each with whether its holder was asked, and answered."""
    return _receipts_listed(Submission.objects.filter(pk=submission.pk))


def receipts_of_claim(claim: Claim) -> SafeString | str:
    """Return those of all who sent a claim: what others repeat is the claim of the first."""
    return _receipts_listed(Submission.objects.filter(Q(pk=claim.submission_id) | Q(repeats=claim)))


def written_with(claim: Claim) -> dict[UUID, bool]:
    """
    Return the submissions of other facts that came with the receipts of a claim, if it is one of facts, in the order
    of their arrival, each with whether it came later: one may correct the other.
    """
    if claim.submission.kind != Submission.Kind.SIMPLE_CONTRACT:
        return {}
    sent = set(Submission.objects.filter(Q(pk=claim.submission_id) | Q(repeats=claim)).values_list("pk", flat=True))
    listed = Receipt.submissions.through.objects.filter(
        receipt__in=Receipt.objects.filter(submissions__in=sent, withdrawn_on=None),
        submission__kind=Submission.Kind.SIMPLE_CONTRACT,
        submission__erased_on=None,
    )
    # By key, because only the day of the time is kept.
    order = dict(listed.order_by("pk").values_list("submission", "pk"))
    own = min((row for submission, row in order.items() if submission in sent), default=0)
    return {submission: row > own for submission, row in order.items() if submission not in sent}


def receipts_of_document(document: Document) -> SafeString | str:
    """Return those of all who sent a document."""
    return _receipts_listed(Submission.objects.filter(content=document.pk))


def _receipts_listed(sent: QuerySet[Submission]) -> SafeString | str:
    receipts = Receipt.objects.filter(submissions__in=sent.values("pk"), withdrawn_on=None).distinct()
    answered = Count("questions", filter=Q(questions__answered_on__isnull=False), distinct=True)
    counted = receipts.annotate(asked=Count("questions", distinct=True), answered=answered).order_by("pk")
    lines = ((admin_link(Receipt, row.pk, row), _answers(row.asked, row.answered)) for row in counted[:MAX_RECEIPTS])
    return format_html_join(mark_safe("<br>"), '{} <span class="quiet">{}</span>', lines) or "–"


def _answers(asked: int, answered: int) -> str:
    if not asked:
        return _("ask who sent it")
    return _("%(answered)d of %(asked)d questions answered") % {"answered": answered, "asked": asked}


# Limits of the process that reads a workbook up to its row while somebody waits.
_LIMITS = ReaderLimits(cpu_seconds=4, wall_seconds=7)


def place_of_release(release: Release) -> str:
    """Return sheet and row of a release that a table gave, ``""`` of any other."""
    is_row = release.submission.kind == Submission.Kind.TABLE
    return place_in_table(release.pointer, release.line) if is_row else ""


def problems_of_release(release: Release) -> list[str]:
    """Return what is wrong with the row of a release, or with its table as it begins there."""
    if release.submission.kind != Submission.Kind.TABLE:
        return []
    found = release.submission.found_problems
    return [problem_line(problem) for problem in found if problem.pointer.startswith(f"{release.pointer}/")]


def row_of_release(release: Release) -> SafeString | str:
    """Return the row that a release was read from as it was sent, each cell below its header."""
    found = sent_row(release, _LIMITS)
    if not found:
        return "–"
    return format_html(
        "{} <table><thead><tr>{}</tr></thead><tbody><tr>{}</tr></tbody></table>",
        place_of_release(release),
        format_html_join("", "<th>{}</th>", ((header,) for header, _cell in found)),
        format_html_join("", "<td>{}</td>", ((cell,) for _header, cell in found)),
    )
