"""Words right beside a mention by which it does not count: declared, each with the exclusion that then holds."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import Mention
from audits.matching.normalize import fold
from audits.matching.watchlist import NameMention


class Beside(NamedTuple):
    """
    Words beside a mention, all of folded text; one of the patterns is enough.

    :param code: the exclusion, a code of ``audits/judging/rule/reasons.py``
    :param reach: how many characters before and after the mention are read
    :param before: is searched in what stands before it
    :param written: is searched in the mention itself
    :param after: begins what follows it
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
    """Return the exclusion of the first of ``signs`` that stands beside a mention, ``""`` if none does."""
    return next((sign.code for sign in signs if sign.holds(dossier, mention)), "")
