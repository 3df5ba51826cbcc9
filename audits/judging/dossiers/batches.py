"""
Records that are judged in groups, step by step, which keeps processor caches warm.

Lexicon, lists, patterns and rules take far more memory than processor caches have. Running one step for several
records keeps its data there; running all steps for each record takes half as long again.
"""

from collections.abc import Iterable, Mapping
from operator import attrgetter

from audits.judging.dossiers.process import Dossier

# Larger groups gain nothing. Long texts are cached up to a million letters (``matching.reference``): a group takes
# half of them, so that no rule folds them again.
MAX_DOSSIERS = 50
MAX_LETTERS = 500_000

_STAGES = tuple(map(attrgetter, ("mentions", "matches", "sectors")))


def batches_of(dossiers: Mapping[int, Dossier]) -> list[list[int]]:
    """Return the keys of dossiers in their order, split into groups."""
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
    """Compute for dossiers what nearly all rules ask for."""
    read = list(dossiers)
    for stage in _STAGES:
        for dossier in read:
            stage(dossier)
