"""
Receipts in pages: their words exist before a form is sent; and answers to the desk's questions.

A sender who sends a page again after a lost response gets the same receipt, and nothing is stored twice. The words are
signed, without a time, so that nobody can choose their own, which others could guess. A refused answer is shown again,
not lost.
"""

from contextlib import suppress
from typing import NamedTuple

from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from contracts.models import Receipt
from contracts.receipts import MAX_ANSWER, answer_question, new_words

_SIGNERS = {
    Receipt.Kind.SUBMISSION: signing.Signer(salt="words of a receipt"),
    Receipt.Kind.REPLY: signing.Signer(salt="words of a receipt of a reply"),
}


def words_shown(request: HttpRequest, kind: Receipt.Kind) -> str:
    """Return the words that the page was given before it was sent, ``""`` if it had none."""
    with suppress(signing.BadSignature):
        return str(_SIGNERS[kind].unsign_object(request.POST.get("words", "")))
    return ""


def words_to_show(request: HttpRequest, kind: Receipt.Kind, *, are_new: bool = False) -> str:
    """
    Return signed words for a page: those that it already has, else new ones.

    :param are_new: force new words, for instance if the submission with the previous ones was taken back
    """
    return _SIGNERS[kind].sign_object((not are_new and words_shown(request, kind)) or new_words())


class Typed(NamedTuple):
    """The message about an answer and, if it can be corrected, its text and question."""

    message: str = ""
    question: str = ""
    text: str = ""


def take_answer(receipt: Receipt, given: QueryDict) -> Typed:
    """Store the answer of a form, or return why it is refused."""
    question, text = given.get("question", ""), given.get("answer", "")
    if not text.strip():
        return Typed(_("Nothing was saved: write an answer first."))
    if len(text) > MAX_ANSWER:
        message = _("Your answer is not saved yet: it has more than %(limit)d characters.") % {"limit": MAX_ANSWER}
        return Typed(message, question, text)
    if answer_question(receipt, question=question, text=text):
        return Typed(_("Your answer was kept."))
    return Typed(_("This question is no longer open; your new text was not saved: %(text)s") % {"text": text})
