"""
What a search that finds nothing may mean: words spelt otherwise, a technology in another language, an organization.

Records are written in the language of their buyer: a search in English for "surveillance cameras" finds no words in
contracts for cámaras de videovigilancia, but the technology whose terms in the lexicon these are.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

from django.urls import reverse
from rapidfuzz import fuzz, process

from audits.matching.scope import SECTOR_OF
from audits.models import LexiconTerm, WatchlistEntry
from contracts.api.reconciliation.matching import Candidate, Wanted, candidates_of, known_schemes
from contracts.models import Organization
from contracts.names.finding import number_alone
from contracts.ocds.folding import folded
from contracts.pages.rendering import EVERYONE
from contracts.postgres.search import with_words
from contracts.postgres.time_limits import in_time

# Minimum similarity, of 100, of a name to a text to be suggested; texts longer than this are not names, and slower
# statements are stopped.
NAMES_ALIKE, MAX_NAME, ALIKE_SECONDS = 70.0, 200, 1.0
# Shorter words are joints ("de la"), or mean too many things.
MIN_WORD = 4
# Minimum similarity, of 100, of a misspelt word to the right one: a word of six letters may have one wrong.
ALIKE = 80.0
# Words of names that begin alike are compared: an index finds those of four letters.
BEGINNING = 4
MAX_NAMES = 500
# Words are the same to here: "camera" and "cameras", "biometric" and "biometrics".
STEM = 6
_WORD = re.compile(r"\w+")


class Meant(NamedTuple):
    """What the words of a text may mean: ``text`` spelt otherwise, "" if it is not, and technology sectors."""

    text: str
    sectors: list[str]


def what_is_meant(text: str) -> Meant:
    """Return what the longer words of a text may mean, by the lexicon in any of its languages and by names."""
    known = list(_words_of_technologies())
    respelt = _respelt(text, {word for _sector, word in known})
    return Meant(respelt, _sectors_named(respelt or text, known))


def organizations_alike(text: str) -> list[tuple[str, str]]:
    """Return (name, address) of organizations that words which nothing holds may mean, such as misspelt names."""
    if not text.strip() or len(text) > MAX_NAME:
        return []
    unsaid: list[Candidate] = []
    found = in_time(ALIKE_SECONDS, partial(_organizations_alike, text), unsaid)
    return [(one.organization["name"], reverse("organization-page", args=[one.organization["pk"]])) for one in found]


def _organizations_alike(text: str) -> list[Candidate]:
    # A number is looked for in every register.
    schemes = known_schemes() if any(map(str.isdigit, text)) else ()
    return candidates_of(Wanted(name=number_alone(text) or text), EVERYONE, schemes, NAMES_ALIKE)[0]


def _sectors_named(text: str, known: Sequence[tuple[str, str]]) -> list[str]:
    """Return the sectors of whose terms every longer word of a text is one."""
    asked = {word[:STEM] for word in folded(text).split() if len(word) >= MIN_WORD}
    stems: dict[str, set[str]] = {}
    for sector, word in known:
        stems.setdefault(sector, set()).add(word[:STEM])
    return [sector for sector, words in stems.items() if asked and asked <= words]


def _respelt(text: str, known: set[str]) -> str:
    """Return a text with each longer word that is no known one replaced by the nearest; "" if none is near."""
    known = known.union(_words_of_watchlists())
    changed = [_nearest(word, known) for word in _WORD.findall(text)]
    nearest = iter(changed)
    return _WORD.sub(lambda found: next(nearest) or found[0], text) if any(changed) else ""


def _nearest(written: str, known: set[str]) -> str:
    """Return the known word that a word is likely misspelt for; "" for one that is known, short or like none."""
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
    """Yield the longer words of organizations' names that begin so."""
    found = with_words(Organization.objects.visible_to(EVERYONE), beginning, "")
    for name in found.order_by("pk").values_list("name", flat=True)[:MAX_NAMES]:
        yield from (word for word in _longer_words(name) if word.startswith(beginning))


def _longer_words(text: str) -> list[str]:
    return [word for word in folded(text).split() if len(word) >= MIN_WORD]
