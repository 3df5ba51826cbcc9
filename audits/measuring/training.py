"""
Train the reader on notices that people read, and measure it on buyers that it has not seen.

Needs scikit-learn, which only development installs: what runs reads the weights alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, diags
from scipy.special import expit
from sklearn.feature_extraction import DictVectorizer
from sklearn.model_selection import GroupKFold

from audits.judging.dossiers.process import Dossier
from audits.matching.purchases.notice_reader import (
    FINDING_VALUE,
    NoticeReader,
    finding_features,
    word_features,
    words_of,
)
from audits.matching.reference.data import Reference
from audits.measuring.evaluation import IN_SCOPE, Count, contract_of_notice, dossier_of

Array = NDArray[Any]

FOLDS = 5
# Minimum number of rows with a feature; of the features, those with the largest weights are kept.
MIN_ROWS = 2
MAX_FEATURES = 8_000
# The inverse of how strongly weights are held near those of the start; chosen by cross-validation among 1, 3 and 10.
PLIANCY = 3.0
# The cost of missing technology relative to taking something else for it: among the rows that people read, right and
# wrong are equally frequent; among all purchases, right ones are rare. Chosen by cross-validation among 1, 1.2, 1.5
# and 1.8.
MISSED = 1.5
# The thresholds on the model card.
THRESHOLDS = (0.1, 0.2, 0.3, 0.5)


class Example(Struct, frozen=True):
    """
    One notice with the judgement of a reader: ``expected`` tells whether technology in scope is bought.

    ``is_found`` tells whether the lexicon finds a passage: only these may be held back.
    """

    buyer: str
    language: str
    features: Mapping[str, float]
    expected: bool
    is_found: bool


def example(row: Mapping[str, str], label: str, reference: Reference) -> Example | None:
    """Return a notice as an example, ``None`` where careful readers would differ (``label`` neither 0 nor 1)."""
    if label not in {"0", "1"}:
        return None
    dossier = dossier_of(contract_of_notice(row), reference)
    return example_of(dossier, row.get("buyer") or row["id"], row.get("language") or "", expected=label == "1")


def example_of(dossier: Dossier, buyer: str, language: str, *, expected: bool) -> Example:
    """Return a dossier as an example; rows of one buyer, however it is spelled, stay together."""
    return Example(
        buyer=" ".join(buyer.casefold().split()),
        language=language.lower()[:2],
        features=features_of(dossier),
        expected=expected,
        is_found=bool(dossier.scope),
    )


def features_of(dossier: Dossier) -> dict[str, float]:
    """Return the features of a dossier with their values, as ``NoticeReader.read`` adds them up."""
    folded, mentions = dossier.what_is_read
    found: dict[str, float] = {}
    for word in words_of(folded, mentions):
        for name in word_features(word):
            found[name] = found.get(name, 0.0) + 1.0
    for name in finding_features(mentions):
        found[name] = FINDING_VALUE
    return found


def train(
    examples: Sequence[Example], start: NoticeReader | None = None, card: Mapping[str, Any] | None = None
) -> NoticeReader:
    """
    Return a reader trained on examples; the same examples give the same weights.

    :param start: a reader whose weights it begins with: they are kept but where examples speak against them
    """
    start = start or NoticeReader({}, 0.0)
    vectorizer = DictVectorizer()
    counts = vectorizer.fit_transform(entry.features for entry in examples)
    names = np.array(vectorizer.feature_names_)
    expected = np.array([entry.expected for entry in examples])
    rows = np.asarray((counts > 0).sum(axis=0)).ravel()
    kept = np.flatnonzero((rows >= MIN_ROWS) | np.isin(names, list(start.weights)))
    weights, _ = _fit(counts[:, kept], expected, names[kept], start)
    kept = kept[np.argsort(-np.abs(weights) * np.sqrt(rows[kept]), kind="stable")[:MAX_FEATURES]]
    weights, bias = _fit(counts[:, kept], expected, names[kept], start)
    found = {name: weight for name, weight in start.weights.items() if name not in vectorizer.vocabulary_}
    found |= {str(names[place]): round(float(weight), 3) for place, weight in zip(kept, weights, strict=True)}
    return NoticeReader({name: weight for name, weight in found.items() if weight}, round(bias, 3), card)


def cross_validate(examples: Sequence[Example], start: NoticeReader | None = None) -> list[float]:
    """
    Return the probability of each example by a reader that no other example of its buyer taught.

    What taught the weights it starts with nobody knows here: where that was of the same buyers, they look too good.
    """
    probabilities = [0.0] * len(examples)
    groups = [entry.buyer for entry in examples]
    for seen, unseen in GroupKFold(FOLDS, shuffle=True, random_state=0).split(examples, groups=groups):
        reader = train([examples[place] for place in seen], start)
        for place in unseen:
            probabilities[place] = probability(reader, examples[place].features)
    return probabilities


def probability(reader: NoticeReader, features: Mapping[str, float]) -> float:
    """Return what a reader says of features, as ``NoticeReader.read`` says it of a notice."""
    known = {name: value for name, value in features.items() if name in reader.weights}
    size = sum(value**2 if name.startswith("l:") else value for name, value in known.items())
    score = sum(value * reader.weights[name] for name, value in known.items())
    return float(1 / (1 + np.exp(-(score / np.sqrt(max(1.0, size)) + reader.bias))))


def card_of(
    examples: Sequence[Example], probabilities: Iterable[float], sources: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """
    Return what the methodology page says about a reader: rows, and precision and recall by language and threshold.

    :param sources: where rows are from (``labelled``, ``marked``, ``decisions``) → how many
    """
    figures: dict[str, dict[str, Count]] = {}
    rows: dict[str, int] = {}
    for entry, given in zip(examples, probabilities, strict=True):
        for language in ("all", entry.language):
            rows[language] = rows.get(language, 0) + 1
            for threshold in THRESHOLDS:
                count = figures.setdefault(language, {}).setdefault(str(threshold), Count())
                count.add(expected=entry.expected, flagged=entry.is_found and given >= threshold)
    return {
        "question": IN_SCOPE,
        "rows": rows,
        "sources": dict(sources or {}),
        "buyers": len({entry.buyer for entry in examples}),
        "folds": FOLDS,
        "cross_validated": {
            language: {threshold: count.as_json() for threshold, count in by_threshold.items()}
            for language, by_threshold in figures.items()
        },
    }


def _fit(counts: csr_matrix, expected: Array, names: Array, start: NoticeReader) -> tuple[Array, float]:
    """
    Return the weight of each feature, and the bias: a logistic regression that holds weights near those of ``start``.

    Rows have one length, as ``NoticeReader.read`` measures it: findings have the square of their value as size.
    Features are scaled by how rare they are: of two that tell rows apart as well, the rare one changes more.
    """
    findings = np.char.startswith(names, "l:")
    found = np.asarray((counts[:, findings] > 0).sum(axis=1)).ravel()
    words = np.asarray(counts[:, ~findings].sum(axis=1)).ravel()
    rows = diags(1 / np.sqrt(np.maximum(words + FINDING_VALUE**2 * found, 1.0))) @ counts
    rarity = np.log(counts.shape[0] / np.asarray((counts > 0).sum(axis=0)).ravel()) / np.log(np.sqrt(counts.shape[0]))
    begun = np.array([start.weights.get(name, 0.0) for name in names])
    scores = rows @ begun + start.bias
    scaled = rows @ diags(rarity)
    sign = np.where(expected, 1.0, -1.0)
    shares = {answer: len(expected) / (2 * np.count_nonzero(expected == answer)) for answer in (False, True)}
    importance = np.where(expected, MISSED * shares[True], shares[False])

    def loss(changes: Array) -> tuple[float, Array]:
        """Return what changes of the weights, and of the bias at the end, cost; and the slope of that."""
        margin = sign * (scores + scaled @ changes[:-1] + changes[-1])
        slope = -importance * sign * expit(-margin)
        cost = importance @ np.logaddexp(0, -margin) + changes[:-1] @ changes[:-1] / (2 * PLIANCY)
        return cost, np.append(scaled.T @ slope + changes[:-1] / PLIANCY, slope.sum())

    changes = minimize(loss, np.zeros(len(names) + 1), jac=True, method="L-BFGS-B", options={"maxiter": 1000}).x
    return begun + changes[:-1] * rarity, start.bias + float(changes[-1])
