"""Answers of receipt holders to the desk's questions; an answer that is not kept is shown again, not lost."""

from typing import NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _

from contracts.models import Receipt
from contracts.receipts import MAX_ANSWER, answer_question


class Typed(NamedTuple):
    """What came of an answer, in words, and the text of one that can be corrected, for its question."""

    message: str = ""
    question: str = ""
    text: str = ""


def take_answer(receipt: Receipt, given: QueryDict) -> Typed:
    """Keep the answer that a form holds, or say why it is not kept."""
    question, text = given.get("question", ""), given.get("answer", "")
    if not text.strip():
        return Typed(_("Nothing was kept: write an answer first."))
    if len(text) > MAX_ANSWER:
        message = _("Your answer is not kept yet: it has more than %(limit)d characters.") % {"limit": MAX_ANSWER}
        return Typed(message, question, text)
    if answer_question(receipt, question=question, text=text):
        return Typed(_("Your answer was kept."))
    return Typed(_("This question is no longer open; what you wrote now was not kept: %(text)s") % {"text": text})
