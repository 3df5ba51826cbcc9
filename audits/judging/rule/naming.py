"""Names of mentions and evidence in sentences, without repetitions."""

from collections.abc import Iterable, Iterator

from audits.judging.rule.vocabulary import Evidence
from audits.matching.lexicon import STRONG, Mention
from audits.matching.purchases.scope import IDENTIFICATION, INTRUSION


def named(mentions: Iterable[Mention]) -> str:
    """Return the names of mentions in the original, without repetitions, for a sentence, the strongest first."""
    return _joined(mention.written for mention in strongest_first(mentions))


def named_evidence(places: Iterable[Evidence]) -> str:
    """Return the words that the evidence marks, without repetitions, for a sentence."""
    return _joined(
        str(place.value)[place.start : place.end] if place.start is not None else str(place.value) for place in places
    )


def _joined(words: Iterable[str]) -> str:
    seen: dict[str, str] = {}
    for word in words:
        clean = " ".join(word.split())
        seen.setdefault(clean.casefold(), clean)
    shown = list(seen.values())
    return ", ".join(shown[:4]) + (" …" if len(shown) > 4 else "")


def first_of_each(mentions: Iterable[Mention]) -> Iterator[Mention]:
    """Yield the first mention of each concept and term, the strongest first: repetitions are not further evidence."""
    seen: set[tuple[str, str]] = set()
    for mention in strongest_first(mentions):
        if (mention.concept, mention.term) not in seen:
            seen.add((mention.concept, mention.term))
            yield mention


def strongest_first(mentions: Iterable[Mention]) -> list[Mention]:
    """Return mentions in order, but names of and intrusion on people first, and weak mentions last."""
    return sorted(
        mentions,
        key=lambda mention: (mention.strength != STRONG, mention.concept not in {*IDENTIFICATION, *INTRUSION}),
    )
