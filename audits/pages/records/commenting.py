"""Requests for comment as sentences."""

from datetime import date

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from msgspec import Struct

from audits.models import CommentRequest, CommentRequestEntry
from contracts.pages.display import day

_HOW = {
    CommentRequest.How.LETTER: _lazy("by letter"),
    CommentRequest.How.EMAIL: _lazy("by e-mail"),
    CommentRequest.How.ACCESS_REQUEST: _lazy("by an access-to-information request"),
    CommentRequest.How.TELEPHONE: _lazy("by telephone"),
    CommentRequest.How.IN_PERSON: _lazy("in person"),
    CommentRequest.How.OTHER: _lazy("by other means"),
}
# Sentence by result; "" while there is none.
_SENTENCES = {
    "": _lazy("asked for comment on %(day)s %(how)s; no answer so far."),
    CommentRequestEntry.Kind.ANSWERED: _lazy("asked for comment on %(day)s %(how)s; answered on %(then)s."),
    CommentRequestEntry.Kind.REFUSED: _lazy("asked for comment on %(day)s %(how)s; refused to comment, on %(then)s."),
    CommentRequestEntry.Kind.NO_ANSWER: _lazy("asked for comment on %(day)s %(how)s; no answer by %(then)s."),
}


class ShownRequest(Struct, frozen=True):
    """A request for comment, as in ``CommentRequestRow`` and as a sentence."""

    organization: str
    asked_on: date
    how: str
    answer_by: date | None
    outcome: str
    outcome_on: date | None

    @property
    def sentence(self) -> str:
        values = {"day": day(self.asked_on), "how": _HOW[CommentRequest.How(self.how)], "then": day(self.outcome_on)}
        said = str(_SENTENCES[self.outcome]) % values
        if self.answer_by:
            said = f"{said} {_('An answer was asked for by %(day)s.') % {'day': day(self.answer_by)}}"
        return f"{self.organization}: {said}" if self.organization else capfirst(said)
