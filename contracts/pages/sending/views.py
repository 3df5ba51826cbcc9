"""The form and the status page of what was sent by it. What is sent is held."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from contracts.erasing import SubmissionBusyError
from contracts.models import IntakePolicy, Receipt, RetentionPolicy
from contracts.pages.receipts import Typed, take_answer, words_shown, words_to_show
from contracts.pages.rendering import answer, form_page
from contracts.pages.sending.contract_form import ContractForm
from contracts.pages.sending.receipt_page import show_receipt, submission_of
from contracts.pages.sending.storing import MAX_FILES, Sent, may_send, send, send_files, sender_of, store_for
from contracts.receipts import AlreadyReviewedError, drop_unused, find_receipt, new_words, receipt_of, take_back
from contracts.signing_key import public_key
from contracts.translating import limit_in_words


@form_page
def form(request: HttpRequest, language: str) -> HttpResponse:
    """
    Take facts, show how they are read, and take them with files; answer with a receipt.

    The holder of a receipt sends again with it: the new files join those sent before.
    """
    if not may_send(request):
        return answer(request, "sending/closed.html", language, status=403)
    held = request.POST.get("receipt", "")
    holds = find_receipt(held) if held else None
    if held and (holds is None or holds.withdrawn_on):
        return show_receipt(request, language, held, holds)
    sender = sender_of(request, holds) if holds else request.user
    step = request.POST.get("step", "")
    facts = ContractForm(request.POST) if step else ContractForm()
    files = request.FILES.getlist("files")
    problem, refused = "", list[dict[str, Any]]()
    if step == "send" and facts.is_valid():
        if not (facts.is_filled or files):
            problem = _("Say something about the contract, or add a file.")
        elif holds:
            return show_receipt(request, language, held, holds, *store_for(holds, lambda: send(request, facts, holds)))
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
    typed, sent = store_for(receipt, lambda: send(request, facts, receipt))
    if typed.message:
        return show_receipt(request, language, words, receipt, typed), []
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
    return show_receipt(request, language, words, receipt, typed, sent)


def _act(request: HttpRequest, receipt: Receipt) -> tuple[Typed, list[Sent]]:
    """Do what the holder of a receipt asks for; return what to tell them, and what of their files was taken."""
    wish = request.POST.get("wish", "")
    if receipt.withdrawn_on:
        return Typed(), []
    if wish == "take back":
        return Typed(_take_back(receipt, request.POST.get("submission", ""))), []
    if wish == "add":
        if not may_send(request):
            return Typed(_("At the moment only people with an account can send contracts here.")), []
        if not request.FILES.getlist("files"):
            return Typed(_("Nothing was added: choose a file first.")), []
        return store_for(receipt, lambda: send_files(request, receipt))
    return take_answer(receipt, request.POST) if wish == "answer" else Typed(), []


def _take_back(receipt: Receipt, named: str) -> str:
    """Take back what was sent with a receipt, or the one of it that is named; return what to tell its holder."""
    only = submission_of(receipt, named)
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
