"""
Records that are read in groups: one step for all of them, then the next, which keeps processor caches warm.

Lexicon, lists, patterns and the rules themselves take far more memory than the caches of a processor hold. What is
used for one record after another stays there; who does everything for one record and then for the next finds little of
it there, and takes half as long again.
"""

from collections.abc import Iterable, Mapping
from operator import attrgetter

from audits.judging.dossiers.process import Dossier

# More together gain nothing. What was read of long texts is kept for a million letters (``matching.reference``): a
# group takes half of them, so that no rule reads them anew.
MAX_DOSSIERS = 50
MAX_LETTERS = 500_000

_STAGES = tuple(map(attrgetter, ("mentions", "matches", "sectors")))


def batches_of(dossiers: Mapping[int, Dossier]) -> list[list[int]]:
    """Return the keys of dossiers in their order, parted into so many as are read together."""
    groups: list[list[int]] = []
    letters = 0
    for key, dossier in dossiers.items():
        own = sum(len(text.value) for text in dossier.texts)
        if not groups or len(groups[-1]) == MAX_DOSSIERS or letters + own > MAX_LETTERS:
            groups.append([])
            letters = 0
        groups[-1].append(key)
        letters += own
    return groups


def read_ahead(dossiers: Iterable[Dossier]) -> None:
    """Let dossiers read from their records what nearly all rules ask for."""
    read = list(dossiers)
    for stage in _STAGES:
        for dossier in read:
            stage(dossier)
