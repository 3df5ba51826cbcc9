"""
The text classifier ("the reader"): the probability that a whole notice is about technology in scope.

It is a linear model over the distinct words of titles, descriptions and lots. Each word counts by itself and by its
character n-grams of three to five letters, so that inflected and unknown words count by their stems; findings of the
lexicon count too. It never raises a flag: it withholds findings if the other words of the notice speak against them,
and reports these words.

``fixtures/reference/reader.json`` has the weights; ``manage.py train`` writes them.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from math import exp, sqrt
from pathlib import Path
from typing import Any

from msgspec import Struct

from audits.matching.lexicon import Mention
from audits.matching.texts.normalize import fold
from contracts.ocds.caching import remembered

# Version of features and file; a file of another version is refused.
VERSION = 1
MIN_RUN, MAX_RUN = 3, 5
# Weight of a lexicon finding relative to one feature of a word.
FINDING_VALUE = 3.0
# Maximum number of words reported.
MAX_WORDS = 3
_REMEMBERED = 100_000

# Words about payment, legal ground and accessories: they do not say what is bought.
_HOW_BOUGHT = frozenset(
    {
        *("belt_and_road", "buyer_credit", "concession_loan", "contract_extension", "direct_route", "exclusivity"),
        *("financing", "mou_bilateral", "national_security_exemption", "secrecy_ground", "special_regime"),
        *("state_of_emergency", "tied_procurement", "training_fellowship", "turnkey"),
    }
)
_WORD = re.compile(r"[^\W_]+")


class NoticeReading(Struct, frozen=True, gc=False):
    """
    The classification of a notice.

    ``probability`` (0 to 1) is that of technology in scope; ``words`` are the words that weighed most against it, in
    descending order.
    """

    probability: float
    words: tuple[str, ...] = ()


def words_of(folded: Iterable[str], mentions: Iterable[Mention]) -> dict[str, None]:
    """
    Return the distinct words of folded texts that may say what is bought, in reading order.

    All numbers are the same word. Words of mentions about how something is bought are left out.
    """
    words = dict.fromkeys(word for text in folded for word in _WORD.findall(text))
    for found in mentions:
        if found.concept in _HOW_BOUGHT:
            for word in _WORD.findall(fold(found.written).text):
                words.pop(word, None)
    return dict.fromkeys("0" if word.isdigit() else word for word in words)


def word_features(word: str) -> list[str]:
    """Return the features of a word: itself, and its n-grams with boundary marks (``<`` and ``>``)."""
    bounded = f"<{word}>"
    runs = {
        bounded[start : start + length]
        for length in range(MIN_RUN, MAX_RUN + 1)
        for start in range(len(bounded) - length + 1)
    }
    return [f"w:{word}", *(f"c:{run}" for run in sorted(runs) if len(word) > MIN_RUN)]


def finding_features(mentions: Iterable[Mention]) -> set[str]:
    """Return the features for the lexicon's findings in the object."""
    return {f"l:{found.concept}:{found.strength}" for found in mentions if not found.negated}


class NoticeReader:
    """
    Weights, frozen.

    :param weights: feature → weight
    :param card: data for the methodology page: rows, figures by language
    """

    def __init__(self, weights: Mapping[str, float], bias: float, card: Mapping[str, Any] | None = None) -> None:
        self.weights = dict(weights)
        self.bias = bias
        self.card = dict(card or {})
        text = json.dumps([VERSION, bias, sorted(self.weights.items())])
        self.digest = hashlib.sha256(text.encode()).hexdigest()
        self._weigh = remembered(self._word_weight, kept=_REMEMBERED)

    @classmethod
    def load(cls, path: Path) -> "NoticeReader":
        """
        Return the classifier stored in a file.

        :raises FileNotFoundError: if it is missing
        :raises ValueError: if it has another version, or cannot be parsed
        """
        try:
            kept = json.loads(path.read_text(encoding="utf-8"))
            version = kept["version"]
            if version == VERSION:
                return cls(kept["weights"], kept["bias"], kept["card"])
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise ValueError(f"{path.name} holds no weights: {error}") from error
        raise ValueError(f"{path.name} is of version {version}; this program reads version {VERSION}")

    def save(self, path: Path) -> None:
        """Write the weights, one per line in alphabetical order, so that versions can be compared."""
        kept = {
            "version": VERSION,
            "card": self.card,
            "bias": self.bias,
            "weights": dict(sorted(self.weights.items())),
        }
        path.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")

    def read(self, folded: Iterable[str], mentions: Collection[Mention]) -> NoticeReading:
        """
        Return the classification of a notice.

        :param folded: its titles, descriptions and lots, folded
        :param mentions: what the lexicon found in them
        """
        weighed = {word: self._weigh(word) for word in words_of(folded, mentions)}
        found = [self.weights[name] for name in finding_features(mentions) if name in self.weights]
        norm = sqrt(max(1.0, sum(size for _, size in weighed.values()) + len(found) * FINDING_VALUE**2))
        score = (sum(weight for weight, _ in weighed.values()) + sum(found) * FINDING_VALUE) / norm + self.bias
        against = sorted((weight, word) for word, (weight, _) in weighed.items() if weight < 0)
        return NoticeReading(round(1 / (1 + exp(-score)), 4), tuple(word for _, word in against[:MAX_WORDS]))

    def _word_weight(self, word: str) -> tuple[float, int]:
        """Return the weight of a word, and the number of its features with a weight."""
        known = [self.weights[name] for name in word_features(word) if name in self.weights]
        return sum(known), len(known)
