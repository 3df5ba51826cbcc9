"""
The words of a receipt that a page holds before anything is sent from it.

Whoever sends the page again, since no answer came, gets the same receipt, and nothing is there twice. The words are
signed, without a time: nobody chooses their own, which others could guess.
"""

from contextlib import suppress

from django.core import signing
from django.http import HttpRequest

from contracts.models import Receipt
from contracts.receipts import new_words

_SIGNERS = {
    Receipt.Kind.SUBMISSION: signing.Signer(salt="words of a receipt"),
    Receipt.Kind.REPLY: signing.Signer(salt="words of a receipt of a reply"),
}


def words_shown(request: HttpRequest, kind: Receipt.Kind) -> str:
    """Return the words that the page was given before it was sent, ``""`` if it was given none."""
    with suppress(signing.BadSignature):
        return str(_SIGNERS[kind].unsign_object(request.POST.get("words", "")))
    return ""


def words_to_show(request: HttpRequest, kind: Receipt.Kind) -> str:
    """Return the words for a page, signed: those that it has already, else new ones."""
    return _SIGNERS[kind].sign_object(words_shown(request, kind) or new_words())
