"""The receipts that something was sent with, as its page lists them: there its sender is asked."""

from django.db.models import Count, Q, QuerySet
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from contracts.models import Claim, Document, Receipt, Submission
from contracts.pages.display import admin_link

MAX_RECEIPTS = 20


def receipts_of_submission(submission: Submission) -> SafeString | str:
    """Return the receipts of a submission, each with whether its holder was asked, and answered."""
    return _listed(Submission.objects.filter(pk=submission.pk))


def receipts_of_claim(claim: Claim) -> SafeString | str:
    """Return those of all who sent a claim: what others repeat is the claim of the first."""
    return _listed(Submission.objects.filter(Q(pk=claim.submission_id) | Q(repeats=claim)))


def receipts_of_document(document: Document) -> SafeString | str:
    """Return those of all who sent a document."""
    return _listed(Submission.objects.filter(content=document.pk))


def _listed(sent: QuerySet[Submission]) -> SafeString | str:
    receipts = Receipt.objects.filter(submissions__in=sent.values("pk"), withdrawn_on=None).distinct()
    answered = Count("questions", filter=~Q(questions__answer=""), distinct=True)
    counted = receipts.annotate(asked=Count("questions", distinct=True), answered=answered).order_by("pk")
    lines = ((admin_link(Receipt, row.pk, row), _state(row.asked, row.answered)) for row in counted[:MAX_RECEIPTS])
    return format_html_join(mark_safe("<br>"), '{} <span class="quiet">{}</span>', lines) or "–"


def _state(asked: int, answered: int) -> str:
    if not asked:
        return _("ask who sent it")
    return _("%(answered)d of %(asked)d questions answered") % {"answered": answered, "asked": asked}
