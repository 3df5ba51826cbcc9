"""The pages of the form. What is sent is held; nothing tells who sent it but what they write themselves."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts import tasks
from contracts.erasing import SubmissionBusyError
from contracts.files.limits import ReaderLimits
from contracts.intake.documents.attaching import join_documents
from contracts.intake.reading.mapping import NotMappableError, give_mapping, keep_mapping, preview_of
from contracts.intake.received.quota import QuotaExceededError
from contracts.intake.received.receiving import StoredSource
from contracts.intake.received.spooling import spool
from contracts.models import IntakePolicy, Receipt, RetentionPolicy, Submission
from contracts.models.receipt import TakenBackError
from contracts.ocds.problems import Problem, RefusedError
from contracts.pages.receipts import Typed, take_answer, words_shown, words_to_show
from contracts.pages.rendering import answer, form_page
from contracts.pages.sending.contract_form import ContractForm
from contracts.pages.sending.receipt_page import Shown
from contracts.pages.sending.tables import MappingForm, first_problems, trial_of
from contracts.proofs import prove
from contracts.receipts import (
    AlreadyReviewedError,
    drop_unused,
    find_receipt,
    follow,
    may_be_taken_back,
    new_words,
    receipt_of,
    take_back,
)
from contracts.signing_key import public_key
from contracts.submitting import PREVIEW_BYTES, TrialRunningError, submit, try_mapping
from contracts.tables.headers.given_mapping import GivenMapping
from contracts.translating import limit_in_words, problem_detail

MAX_FILES = 20
# How long files sent together are looked into while the sender waits: twenty small workbooks may take minutes. The
# sender finds the result of the others on the status page.
LOOK_SECONDS = 15.0
# Limits of the process that reads the first rows of a workbook while its sender waits.
PREVIEW_LIMITS = ReaderLimits(cpu_seconds=4, wall_seconds=7)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Sent(NamedTuple):
    """
    A sent file: its name here, and why it was refused, if it was, as ``problem_as_json`` gives it; for a bundle, which
    files in it cannot be read and why, and the number of ``members`` that can, ``None`` if it was not looked into.

    ``facts`` are label and text of each field that was filled in, which is read back once, and kept nowhere else.
    ``is_known`` if the same sender sent the same bytes before, by account or with the same receipt; ``lacks_mapping``
    if its sender can be asked at once what its columns hold.
    """

    name: str
    submission: Submission | None
    problems: Sequence[dict[str, Any]] = ()
    proof: str | None = None
    facts: Sequence[tuple[str, str]] = ()
    is_known: bool = False
    lacks_mapping: bool = False
    members: int | None = None

    def with_proof(self) -> "Sent":
        """Return it with the proof that it was sent today; none is kept."""
        if self.submission is None:
            return self
        return self._replace(proof=prove(self.submission.content_id, timezone.now().date()))


@form_page
def form(request: HttpRequest, language: str) -> HttpResponse:
    """
    Take facts, show how they are read, and take them with files; answer with a receipt.

    The holder of a receipt sends again with it: the new files join those sent before.
    """
    if not _may_send(request):
        return answer(request, "sending/closed.html", language, status=403)
    held = request.POST.get("receipt", "")
    holds = find_receipt(held) if held else None
    if held and (holds is None or holds.withdrawn_on):
        return _show(request, language, held, holds)
    sender = _sender(request, holds) if holds else request.user
    step = request.POST.get("step", "")
    facts = ContractForm(request.POST) if step else ContractForm()
    files = request.FILES.getlist("files")
    problem, refused = "", list[dict[str, Any]]()
    if step == "send" and facts.is_valid():
        if not (facts.is_filled or files):
            problem = _("Say something about the contract, or add a file.")
        elif holds:
            return _show(request, language, held, holds, *_add(holds, lambda: _send(request, facts, holds)))
        else:
            taken, refused = _take_first(request, language, facts)
            if taken:
                return taken
            problem = _("Nothing of it could be taken.")
    return answer(
        request,
        "sending/form.html",
        language,
        status=400 if problem or (step and not facts.is_valid()) else 200,
        form=facts,
        problem=problem,
        refused=refused,
        has_files=bool(files),
        is_checked=bool(step) and facts.is_valid(),
        words=held,
        new_words=words_to_show(request, Receipt.Kind.SUBMISSION),
        offers_proof=_offers_proof() and not held,
        sender=sender.get_username() if sender else "",
        kept=RetentionPolicy.in_force(),
        most_files=MAX_FILES,
        most_size=limit_in_words(settings.VEEDOR_MAX_BODY_BYTES),
    )


def _take_first(
    request: HttpRequest, language: str, facts: ContractForm
) -> tuple[HttpResponse | None, list[dict[str, Any]]]:
    """Take what comes without a receipt; answer with a new one, or with ``None`` and why nothing could be taken."""
    # Made first, so that nothing is stored that belongs to none.
    words = words_shown(request, Receipt.Kind.SUBMISSION) or new_words()
    receipt = receipt_of(words)
    typed, sent = _add(receipt, lambda: _send(request, facts, receipt))
    if typed.message:
        return _show(request, language, words, receipt, typed), []
    if not any(entry.submission for entry in sent):
        drop_unused(receipt)
        return None, [problem for entry in sent for problem in entry.problems]
    if _offers_proof() and request.POST.get("proof") == "yes":
        sent = [entry.with_proof() for entry in sent]
    receipt_page = answer(
        request,
        "sending/receipt.html",
        language,
        words=words,
        sent=sent,
        kept=RetentionPolicy.in_force(),
        # Its proof is about these bytes, which nobody else wrote down.
        written=facts.body().decode() if facts.is_filled and sent[0].proof else "",
    )
    return receipt_page, []


def _offers_proof() -> bool:
    return IntakePolicy.in_force().offers_proof and public_key() is not None


@form_page
def status(request: HttpRequest, language: str) -> HttpResponse:
    """Show what became of what was sent with a receipt; its words come in the body, and stand in no address or log."""
    words = request.POST.get("receipt", "")
    receipt = find_receipt(words) if words else None
    typed, sent = _act(request, receipt) if receipt else (Typed(), [])
    return _show(request, language, words, receipt, typed, sent)


@form_page
def table(request: HttpRequest, language: str) -> HttpResponse:
    """Ask who holds a receipt what the columns of a table hold, show what is read so, and read it so."""
    words = request.POST.get("receipt", "")
    receipt = find_receipt(words) if words else None
    submission = _submission_of(receipt, request.POST.get("submission", "")) if receipt else None
    preview = preview_of(submission, PREVIEW_LIMITS) if submission else None
    is_asked = receipt is not None and submission is not None and _may_explain(receipt, submission)
    if preview is None or submission is None or receipt is None or not is_asked:
        return _show(request, language, words, receipt)
    step = request.POST.get("step", "")
    form = MappingForm(request.POST if step else None, preview)
    trial, message = None, ""
    if step and form.is_valid():
        try:
            if step == "send":
                _give(request, receipt, submission, form.given)
                return _show(request, language, words, receipt, Typed(_("The table is read again, as you said.")))
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


def _submission_of(receipt: Receipt, named: str) -> Submission | None:
    """Return the submission of a receipt that a form names, ``None`` if there is none."""
    return receipt.submissions.filter(pk=named).first() if _UUID.fullmatch(named) else None


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
    user = _sender(request, receipt)
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


def _show(
    request: HttpRequest,
    language: str,
    words: str,
    receipt: Receipt | None,
    typed: Typed = Typed(),  # noqa: B008  -- never changed
    sent: Sequence[Sent] = (),
) -> HttpResponse:
    return answer(
        request,
        "sending/status.html",
        language,
        status=404 if words and not receipt else 200,
        words=words,
        receipt=receipt,
        message=typed.message,
        typed=typed,
        sent=sent,
        followed=[Shown(entry) for entry in follow(receipt)] if receipt else [],
        questions=receipt.questions.all() if receipt else [],
        may_be_taken_back=receipt is not None and may_be_taken_back(receipt),
        may_send=_may_send(request),
        kept=RetentionPolicy.in_force(),
        has_text=receipt is not None and receipt.submissions.filter(kind=Submission.Kind.SIMPLE_CONTRACT).exists(),
        has_bundle=receipt is not None and receipt.submissions.filter(kind=Submission.Kind.BUNDLE).exists(),
        is_one_of_several=receipt is not None and receipt.submissions.filter(erased_on=None).count() > 1,
        most_files=MAX_FILES,
        most_size=limit_in_words(settings.VEEDOR_MAX_BODY_BYTES),
    )


def _may_send(request: HttpRequest) -> bool:
    if request.user.is_authenticated:
        return request.user.has_perm("contracts.add_submission") or IntakePolicy.in_force().anonymous
    return IntakePolicy.in_force().anonymous


def _sender(request: HttpRequest, receipt: Receipt) -> Any:
    """
    Return the account in whose name something is sent, if any.

    What was sent with a receipt without a name gets none by an account that its holder is signed in with now.
    """
    if not request.user.is_authenticated:
        return None
    sent = receipt.submissions.all()
    return request.user if not sent or sent.filter(origin__user=request.user).exists() else None


def _act(request: HttpRequest, receipt: Receipt) -> tuple[Typed, list[Sent]]:
    """Do what the holder of a receipt asks for; return what to tell them, and what of their files was taken."""
    wish = request.POST.get("wish", "")
    if receipt.withdrawn_on:
        return Typed(), []
    if wish == "take back":
        return Typed(_take_back(receipt, request.POST.get("submission", ""))), []
    if wish == "add":
        if not _may_send(request):
            return Typed(_("At the moment only people with an account can send contracts here.")), []
        if not request.FILES.getlist("files"):
            return Typed(_("Nothing was added: choose a file first.")), []
        return _add(receipt, lambda: _send_files(request, receipt))
    return take_answer(receipt, request.POST) if wish == "answer" else Typed(), []


def _add(receipt: Receipt, send: Callable[[], Iterator[Sent]]) -> tuple[Typed, list[Sent]]:
    """Store what comes after a receipt was given; return what to tell its holder, and what was taken."""
    try:
        return Typed(), list(send())
    except TakenBackError:  # in another tab, or by somebody else who knows its words
        receipt.refresh_from_db()
        return Typed(_("It was taken back meanwhile: nothing sent after that is kept.")), []


def _take_back(receipt: Receipt, named: str) -> str:
    """Take back what was sent with a receipt, or the one of it that is named; return what to tell its holder."""
    only = _submission_of(receipt, named)
    if named and only is None:
        return _("There is nothing of that kind with this receipt.")
    try:
        take_back(receipt, only=only)
    except AlreadyReviewedError:
        return _("A person has decided on it; it cannot be taken back here any more.")
    except SubmissionBusyError:
        return _("It is being read at the moment. Please try again in a minute.")
    receipt.refresh_from_db()
    return _("It was taken back and erased.")


def _send(request: HttpRequest, facts: ContractForm, receipt: Receipt) -> Iterator[Sent]:
    if facts.is_filled:
        stored = _store(request, _("what you wrote"), [facts.body()], receipt, Submission.Kind.SIMPLE_CONTRACT)
        yield stored._replace(facts=facts.typed())
    yield from _send_files(request, receipt)


def _send_files(request: HttpRequest, receipt: Receipt) -> Iterator[Sent]:
    """
    Store the files of a form; their names are shown once, and not kept.

    :raises TakenBackError: if the receipt was taken back meanwhile
    """
    until = time.monotonic() + LOOK_SECONDS
    for number, file in enumerate(request.FILES.getlist("files"), 1):
        name = file.name or str(number)
        if number > MAX_FILES:
            yield _refused(name, Problem("too_many_files", values={"limit": MAX_FILES}))
        else:
            yield _store(request, name, file.chunks(), receipt, looks=time.monotonic() < until)
    join_documents(receipt)


def _store(
    request: HttpRequest,
    name: str,
    chunks: Any,
    receipt: Receipt,
    kind: Submission.Kind | None = None,
    *,
    looks: bool = True,
) -> Sent:
    try:
        taken = submit(
            iter(chunks),
            channel=Submission.Channel.FORM,
            user=_sender(request, receipt),
            kind=kind,
            keeps_unknown_tables=True,
            receipt=receipt,
            looks=looks,
        )
    except RefusedError as error:
        return _refused(name, *error.problems)
    except QuotaExceededError:
        return _refused(name, Problem("day_exceeded"))
    submission = taken.submission
    return Sent(
        name,
        submission,
        first_problems(taken.left_out),
        is_known=not taken.is_new,
        lacks_mapping=looks and _lacks_mapping(submission),
        members=taken.members,
    )


def _lacks_mapping(sent: Submission) -> bool:
    """Return whether the columns of a table are unknown; for a large one the status page asks."""
    if sent.mapping or sent.content.size > PREVIEW_BYTES:
        return False
    preview = preview_of(sent, PREVIEW_LIMITS)
    return preview is not None and not preview.is_known


def _refused(name: str, *problems: Problem) -> Sent:
    return Sent(name, None, first_problems(problems, name))
