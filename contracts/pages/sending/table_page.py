"""The page on which the holder of a receipt says what the columns of a table hold: asked, tried, and read so."""

from contextlib import suppress

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from contracts import tasks
from contracts.erasing import SubmissionBusyError
from contracts.intake.documents.attaching import join_documents
from contracts.intake.reading.mapping import NotMappableError, give_mapping, keep_mapping, preview_of
from contracts.intake.received.quota import QuotaExceededError
from contracts.intake.received.receiving import StoredSource
from contracts.intake.received.spooling import spool
from contracts.intake.trying import TrialRunningError, try_mapping
from contracts.models import Receipt, Submission
from contracts.ocds.problems import Problem, RefusedError
from contracts.pages.receipts import Typed
from contracts.pages.rendering import answer, form_page
from contracts.pages.sending.mapping_form import MappingForm, trial_of
from contracts.pages.sending.receipt_page import show_receipt, submission_of
from contracts.pages.sending.storing import PREVIEW_LIMITS, sender_of
from contracts.receipts import AlreadyReviewedError, find_receipt, may_be_taken_back, take_back
from contracts.submitting import submit
from contracts.tables.headers.given_mapping import GivenMapping
from contracts.translating import problem_detail


@form_page
def table(request: HttpRequest, language: str) -> HttpResponse:
    """Ask who holds a receipt what the columns of a table hold, show what is read so, and read it so."""
    words = request.POST.get("receipt", "")
    receipt = find_receipt(words) if words else None
    submission = submission_of(receipt, request.POST.get("submission", "")) if receipt else None
    preview = preview_of(submission, PREVIEW_LIMITS) if submission else None
    is_asked = receipt is not None and submission is not None and _may_explain(receipt, submission)
    if preview is None or submission is None or receipt is None or not is_asked:
        return show_receipt(request, language, words, receipt)
    step = request.POST.get("step", "")
    form = MappingForm(request.POST if step else None, preview)
    trial, message = None, ""
    if step and form.is_valid():
        try:
            if step == "send":
                _give(request, receipt, submission, form.given)
                return show_receipt(
                    request, language, words, receipt, Typed(_("The table is read again, as you said."))
                )
            report = try_mapping(submission, form.given)
            trial = trial_of(report.package.get("sheets", []), report.problems, report.problem_count)
        except AlreadyReviewedError:
            message = _("A person has decided on it; it cannot be read again.")
        except QuotaExceededError:
            message = problem_detail(Problem("day_exceeded"))
        except (NotMappableError, SubmissionBusyError, TrialRunningError):
            message = _("It is being read at the moment. Please try again in a minute.")
    return answer(
        request,
        "sending/table.html",
        language,
        status=400 if step and not form.is_valid() else 200,
        words=words,
        submission=submission,
        preview=preview,
        form=form,
        trial=trial,
        message=message,
    )


def _may_explain(receipt: Receipt, submission: Submission) -> bool:
    """Return whether a table may be read again: no row of it was read, or nobody has decided on what was."""
    if receipt.withdrawn_on:
        return False
    return not submission.counts.get("releases_read") or may_be_taken_back(receipt, only=submission)


def _give(request: HttpRequest, receipt: Receipt, submission: Submission, given: GivenMapping) -> None:
    """
    Read a table by a mapping, and keep it for the next one of the same account.

    What was read of it before is taken back, and the same bytes come in its place.
    """
    user = sender_of(request, receipt)
    if not submission.counts.get("releases_read"):
        give_mapping(submission, given)
        tasks.enqueue(str(submission.pk))
    else:
        with transaction.atomic(), spool(StoredSource(submission.content).chunks()) as spooled:
            # Another tab may have done so meanwhile: what it said is being read then.
            held = Receipt.objects.select_for_update().get(pk=receipt.pk)
            if not held.submissions.filter(pk=submission.pk, erased_on=None).exists():
                raise NotMappableError
            take_back(receipt, only=submission)
            submit(
                spooled.chunks(),
                channel=Submission.Channel.FORM,
                user=user,
                kind=Submission.Kind.TABLE,
                receipt=receipt,
                given=given,
                looks=False,
            )
            join_documents(receipt)
    if user:
        with suppress(RefusedError):  # it keeps too many already: this table is read all the same
            keep_mapping(user, given)
