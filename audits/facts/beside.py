"""Words directly next to a mention that exclude it: declared, each with its exclusion."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import Mention
from audits.matching.organizations.watchlist import NameMention
from audits.matching.texts.normalize import fold


class Beside(NamedTuple):
    """
    Words next to a mention, in folded text; one of the patterns is enough.

    :param code: the exclusion, a code of ``audits/judging/rule/reasons.py``
    :param reach: number of characters read before and after the mention
    :param before: is searched in the text before it
    :param written: is searched in the mention itself
    :param after: matches at the start of the text after it
    """

    code: str
    reach: int
    before: re.Pattern[str] | None = None
    written: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None

    def holds(self, dossier: Dossier, mention: Mention | NameMention) -> bool:
        return bool(
            (self.before and self.before.search(dossier.folded_before(mention, self.reach)))
            or (self.written and self.written.search(fold(mention.written).text))
            or (self.after and self.after.match(dossier.folded_after(mention, self.reach)))
        )


def exclusion_beside(dossier: Dossier, mention: Mention | NameMention, signs: Iterable[Beside]) -> str:
    """Return the exclusion of the first of ``signs`` next to a mention; ``""`` if there is none."""
    return next((sign.code for sign in signs if sign.holds(dossier, mention)), "")
