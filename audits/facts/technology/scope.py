"""Decide which records the T-rules apply to, and which of their texts are complete enough to be read."""

from collections.abc import Callable, Iterable
from functools import partial

from audits.facts.stages import is_called_off, only_cancels
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import WORDS_OF_RECORD, in_lots
from audits.judging.dossiers.process import Dossier
from audits.judging.dossiers.record_texts import NO_TEXT
from audits.judging.rule.vocabulary import Evidence, InsufficientDataError, NotApplicableError
from audits.matching.lexicon import Mention
from contracts.ocds.parsing.objects import Text

# Common maximum lengths of table columns, in characters, and the last characters of a complete text.
_LIMITS = frozenset({140, 150, 200, 250, 254, 255, 256, 300, 400, 500, 512, 600, 1000, 1024, 2000, 2048, 4000, 4096})
_ENDS = (".", "!", "?", ")", "]", '"', "”", "»")


def require_scope(dossier: Dossier) -> None:
    """
    Require a text that says what is bought, technology in scope, and a purchase that stands.

    :raises InsufficientDataError: if no text says what is bought
    :raises NotApplicableError: if it is not in scope, or the purchase was cancelled
    """
    refusal = _refusal(dossier)
    if refusal is not None:
        raise refusal()


@cached_fact  # called by all T-rules
def _refusal(dossier: Dossier) -> Callable[[], NotApplicableError | InsufficientDataError] | None:
    """
    Return a factory of the error by which the T-rules do not apply, see ``require_scope``; ``None`` if they apply.

    The error itself is not cached: it would keep the frames in which it was raised, and with them the whole batch,
    until the next garbage collection.
    """
    if not dossier.scope:
        reason = dossier.unread
        if reason:
            return partial(InsufficientDataError, "/tender/title" if reason == NO_TEXT else "/language", reason)
        return partial(NotApplicableError, "not_in_scope")
    if only_cancels(dossier.process) or (dossier.process.stages() and is_called_off(dossier.process)):
        return partial(NotApplicableError, "called_off")
    return None


def about_technology(dossier: Dossier, places: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the places that are in a lot with technology, or in no lot; all, if the technology is in no lot."""
    lots = {text.path: text.lot for text in dossier.texts}
    known = {place.lot for place in dossier.scope.evidence}
    return tuple(place for place in places if "" in known or lots.get(place.path, "") in {"", *known})


def readable_text(dossier: Dossier, about: Iterable[Mention]) -> tuple[Text, ...]:
    """Return the readable texts other than titles; with ``about``, only those about the lots of mentions."""
    about = tuple(about)
    return tuple(
        text
        for text in dossier.texts
        if text.part in WORDS_OF_RECORD - {"title", "classification"}
        and in_lots(text, about)
        and dossier.is_readable(text)
    )


def is_cut(text: str) -> bool:
    """Return whether a text has a length at which tables truncate, and does not end like a complete text."""
    return len(text) in _LIMITS and not text.rstrip().endswith(_ENDS)
