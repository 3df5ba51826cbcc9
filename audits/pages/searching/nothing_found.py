"""
Suggestions when a search finds nothing: other spellings, a technology in another language, an organization.

Records are in the language of their buyer: "surveillance cameras" does not occur in contracts for cámaras de
videovigilancia, but both are terms of the same technology in the lexicon.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from django.urls import reverse
from rapidfuzz import fuzz, process

from audits.matching.purchases.scope import SECTOR_OF
from audits.models import LexiconTerm, WatchlistEntry
from contracts.api.reconciliation.matching import Candidate, Wanted, candidates_of, known_schemes
from contracts.models import Organization
from contracts.names.finding import number_alone
from contracts.ocds.folding import folded
from contracts.pages.rendering import EVERYONE
from contracts.postgres.search import with_words
from contracts.postgres.time_limits import in_time

# Minimum similarity of a suggested name, 0 to 100; longest text taken for a name; time limit of the statement in
# seconds.
NAMES_ALIKE, MAX_NAME, ALIKE_SECONDS = 70.0, 200, 1.0
# Shorter words are particles ("de la") or ambiguous.
MIN_WORD = 4
# Minimum similarity of a misspelt word, 0 to 100: allows one wrong letter in six.
ALIKE = 80.0
# Names are compared with words that share this prefix, which an index serves.
BEGINNING = 4
MAX_NAMES = 500
# Words with this prefix in common are the same: "camera" and "cameras", "biometric" and "biometrics".
STEM = 6
_WORD = re.compile(r"\w+")


class Meant(NamedTuple):
    """What a text may mean: ``text`` in another spelling ("" if it is correct), and technology sectors."""

    text: str
    sectors: list[str]


def what_is_meant(text: str) -> Meant:
    """Match the longer words of a text against the lexicon, in all its languages, and against names."""
    known = list(_words_of_technologies())
    respelt = _respelt(text, {word for _sector, word in known})
    return Meant(respelt, _sectors_named(respelt or text, known))


def organizations_alike(text: str) -> list[tuple[str, str]]:
    """Return (name, address) of organizations with names similar to a text that matched nothing."""
    if not text.strip() or len(text) > MAX_NAME:
        return []
    unsaid: list[Candidate] = []
    found = in_time(ALIKE_SECONDS, partial(_organizations_alike, text), unsaid)
    return [(one.organization["name"], reverse("organization-page", args=[one.organization["pk"]])) for one in found]


def _organizations_alike(text: str) -> list[Candidate]:
    # A number may be an id in any register.
    schemes = known_schemes() if any(map(str.isdigit, text)) else ()
    return candidates_of(Wanted(name=number_alone(text) or text), EVERYONE, schemes, NAMES_ALIKE)[0]


def _sectors_named(text: str, known: Sequence[tuple[str, str]]) -> list[str]:
    """Return the sectors whose terms contain every longer word of a text."""
    asked = {word[:STEM] for word in folded(text).split() if len(word) >= MIN_WORD}
    stems: dict[str, set[str]] = {}
    for sector, word in known:
        stems.setdefault(sector, set()).add(word[:STEM])
    return [sector for sector, words in stems.items() if asked and asked <= words]


def _respelt(text: str, known: set[str]) -> str:
    """Return a text with each longer unknown word replaced by the nearest known one; "" if none is near."""
    known = known.union(_words_of_watchlists())
    changed = [_nearest(word, known) for word in _WORD.findall(text)]
    nearest = iter(changed)
    return _WORD.sub(lambda found: next(nearest) or found[0], text) if any(changed) else ""


def _nearest(written: str, known: set[str]) -> str:
    """Return the known word nearest to a misspelt one; "" if it is known, too short or has no match."""
    word = folded(written)
    if len(word) < MIN_WORD or word in known or word.isdecimal():
        return ""
    named = set(_words_of_names(word[:BEGINNING]))
    found = process.extractOne(word, sorted(known | named), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return found[0] if found and found[0] != word else ""


def _words_of_technologies() -> Iterator[tuple[str, str]]:
    """Yield each longer word of the terms of technologies, with its sector."""
    terms = LexiconTerm.objects.filter(concept__in=SECTOR_OF, enabled=True).values_list("concept", "term")
    for concept, term in terms:
        yield from ((SECTOR_OF[concept], word) for word in _longer_words(term))


def _words_of_watchlists() -> Iterator[str]:
    names = WatchlistEntry.objects.filter(enabled=True, watchlist__enabled=True).values_list("name", flat=True)
    for name in names:
        yield from _longer_words(name)


def _words_of_names(beginning: str) -> Iterator[str]:
    """Yield the longer words of organizations' names that begin with a prefix."""
    found = with_words(Organization.objects.visible_to(EVERYONE), beginning, "")
    for name in found.order_by("pk").values_list("name", flat=True)[:MAX_NAMES]:
        yield from (word for word in _longer_words(name) if word.startswith(beginning))


def _longer_words(text: str) -> list[str]:
    return [word for word in folded(text).split() if len(word) >= MIN_WORD]
