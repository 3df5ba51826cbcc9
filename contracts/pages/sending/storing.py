"""Store what a form sends: facts and files. Nothing tells who sent it but what they write themselves."""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.files.limits import ReaderLimits
from contracts.intake.documents.attaching import join_documents
from contracts.intake.reading.mapping import preview_of
from contracts.intake.received.quota import QuotaExceededError
from contracts.models import IntakePolicy, Receipt, Submission
from contracts.models.receipt import TakenBackError
from contracts.ocds.problems import Problem, RefusedError
from contracts.pages.receipts import Typed
from contracts.pages.sending.contract_form import ContractForm
from contracts.pages.sending.mapping_form import first_problems
from contracts.proofs import prove
from contracts.submitting import PREVIEW_BYTES, submit

MAX_FILES = 20
# How long files sent together are looked into while the sender waits: twenty small workbooks may take minutes. The
# sender finds the result of the others on the status page.
LOOK_SECONDS = 15.0
# Limits of the process that reads the first rows of a workbook while its sender waits.
PREVIEW_LIMITS = ReaderLimits(cpu_seconds=4, wall_seconds=7)


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


def may_send(request: HttpRequest) -> bool:
    if request.user.is_authenticated:
        return request.user.has_perm("contracts.add_submission") or IntakePolicy.in_force().anonymous
    return IntakePolicy.in_force().anonymous


def sender_of(request: HttpRequest, receipt: Receipt) -> Any:
    """
    Return the account in whose name something is sent, if any.

    What was sent with a receipt without a name gets none by an account that its holder is signed in with now.
    """
    if not request.user.is_authenticated:
        return None
    sent = receipt.submissions.all()
    return request.user if not sent or sent.filter(origin__user=request.user).exists() else None


def store_for(receipt: Receipt, send: Callable[[], Iterator[Sent]]) -> tuple[Typed, list[Sent]]:
    """Store what comes after a receipt was given; return what to tell its holder, and what was taken."""
    try:
        return Typed(), list(send())
    except TakenBackError:  # in another tab, or by somebody else who knows its words
        receipt.refresh_from_db()
        return Typed(_("It was taken back meanwhile: nothing sent after that is kept.")), []


def send(request: HttpRequest, facts: ContractForm, receipt: Receipt) -> Iterator[Sent]:
    if facts.is_filled:
        stored = _store(request, _("what you wrote"), [facts.body()], receipt, Submission.Kind.SIMPLE_CONTRACT)
        yield stored._replace(facts=facts.typed())
    yield from send_files(request, receipt)


def send_files(request: HttpRequest, receipt: Receipt) -> Iterator[Sent]:
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
            user=sender_of(request, receipt),
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
