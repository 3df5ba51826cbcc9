"""
Receipts as pages hold them: their words before anything is sent from a page, and answers to the desk's questions.

Whoever sends a page again, since no answer came, gets the same receipt, and nothing is there twice. The words are
signed, without a time: nobody chooses their own, which others could guess. An answer that is not kept is shown again,
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
    """Return the words that the page was given before it was sent, ``""`` if it was given none."""
    with suppress(signing.BadSignature):
        return str(_SIGNERS[kind].unsign_object(request.POST.get("words", "")))
    return ""


def words_to_show(request: HttpRequest, kind: Receipt.Kind, *, are_new: bool = False) -> str:
    """
    Return the words for a page, signed: those that it has already, else new ones.

    :param are_new: new ones in any case, as where what was sent with the others was taken back
    """
    return _SIGNERS[kind].sign_object((not are_new and words_shown(request, kind)) or new_words())


class Typed(NamedTuple):
    """What came of an answer, in words, and the text of one that can be corrected, for its question."""

    message: str = ""
    question: str = ""
    text: str = ""


def take_answer(receipt: Receipt, given: QueryDict) -> Typed:
    """Keep the answer that a form holds, or say why it is not kept."""
    question, text = given.get("question", ""), given.get("answer", "")
    if not text.strip():
        return Typed(_("Nothing was saved: write an answer first."))
    if len(text) > MAX_ANSWER:
        message = _("Your answer is not saved yet: it has more than %(limit)d characters.") % {"limit": MAX_ANSWER}
        return Typed(message, question, text)
    if answer_question(receipt, question=question, text=text):
        return Typed(_("Your answer was kept."))
    return Typed(_("This question is no longer open; your new text was not saved: %(text)s") % {"text": text})
