"""Fast paths agree with slow ones, on generated texts with odd characters, markers and terms."""

import random
from functools import cache
from pathlib import Path

import pytest

from audits.matching.lexicon import NEGATIVE, Span, _is_masked, choose
from audits.matching.products import unlisted as products
from audits.matching.products.words import product_words
from audits.matching.reference.data import Reference
from audits.matching.texts import negation
from audits.matching.texts.normalize import _DROP, _fold_letter, fold
from audits.matching.texts.phrases import PhraseIndex

REFERENCE = Path(__file__).parents[3] / "fixtures" / "reference"
TEXTS = 3000
SIGNS = [
    *"ﬁﬂßİıŉǅ™…“”’´–—€华为カΩς𝔸🎥",
    *"\u0301\u0308\u200b\u200d\ufeff\u00ad\u2010\u2028\u3000\xa0\x85\x01\x1f\r\n\t",
    *"-_·()[]\"',.;:!?/| ",
]
CUES = [
    *("no incluye", "No se contempla", "não inclui", "nao esta incluida", "no forma parte", "does not include"),
    *("not including", "excluye", "excluding", "exclusive of", "with the exception of", "con excepción de"),
    *("excetuados", "other than", "sin", "SEM", "without", "with no", "ni", "nem", "nor", "salvo", "except for"),
    *("ningun tipo de", "el uso de", "sistemas de", "the use of", "pero", "sino", "but", "is not included"),
    *("queda excluido", "no requerido", "are not covered"),
]


@cache
def reference() -> Reference:
    return Reference.read(REFERENCE)


def odd_texts() -> list[str]:
    rng = random.Random(5)
    terms = [term.term for term in reference().terms]
    names = [entry.name for entry in reference().entries]

    def part() -> str:
        kind = rng.random()
        if kind < 0.4:
            text = rng.choice(terms)
        elif kind < 0.8:
            text = rng.choice(CUES)
        elif kind < 0.9:
            text = rng.choice(names)
        else:
            text = "".join(rng.choices(SIGNS, k=rng.randint(1, 4)))
        if rng.random() < 0.15:
            place = rng.randint(0, len(text))
            text = text[:place] + rng.choice(SIGNS) + text[place:]
        return text.upper() if rng.random() < 0.1 else text

    gaps = [" "] * 6 + ["", "  ", "\n", "-\n", ", ", ": ", "/"]
    return ["".join(part() + rng.choice(gaps) for _ in range(rng.randint(1, 12))) for _ in range(TEXTS)]


@pytest.fixture(scope="module")
def texts() -> list[str]:
    return odd_texts()


def test_each_folded_letter_stands_for_the_one_as_written(texts):
    for text in texts:
        folded = fold(text)
        assert _DROP not in folded.text
        for place, letter in enumerate(folded.text):
            expected = _fold_letter(text[folded.written(place)])
            # Signs outside Latin-1 that no phrase holds are "?" in text that is of Windows otherwise.
            assert letter == expected or (letter == "?" and ord(expected) > 255), (text, place)


def test_a_mention_is_denied_as_the_cues_say(texts):
    denied = 0
    for text in texts:
        folded = fold(text).text
        for start, end, _ in reference()._index.find(folded)[0]:
            before = folded[max(0, start - negation.REACH_BEFORE) : start]
            clause = before[negation._last_clause_end(before) :]
            expected = bool(
                negation._NEAR_CUE.search(before)
                or negation._FAR_CUES.search(clause)
                or negation._AFTER_CUES.match(folded[end : end + negation.REACH_AFTER])
            )
            assert negation.is_negated(folded, start, end) is expected, (folded, start, end)
            denied += expected
    assert denied > TEXTS  # else nothing was tried


def test_the_index_tells_of_every_trace(texts):
    for text in texts:
        folded = fold(text).text
        found = reference()._index.find(folded)[1]
        assert found is any(trace in f" {folded} " for trace in negation.NEGATION_MARKERS), folded


def test_a_phrase_that_is_a_trace_too_is_both():
    index = PhraseIndex({"without": "phrase"}, ["without", " no "])
    assert index.find("without") == ([(0, 7, "phrase")], True)
    assert index.find("withoutness") == ([], True)
    assert index.find("no") == ([], True)
    assert index.find("nota") == ([], False)


def plainly_chosen(spans: list[Span]) -> list[Span]:
    masks = [(start, end) for start, end, term in spans if term.concept == NEGATIVE]
    kept: list[Span] = []
    for start, end, term in sorted(spans, key=lambda span: (span[0] - span[1], span[0])):
        rivals = any(start < last and first < end for first, last, other in kept if other.concept == term.concept)
        reach = max((last - first for first, last in masks), default=0)
        if term.concept != NEGATIVE and not _is_masked(sorted(masks), reach, start, end) and not rivals:
            kept.append((start, end, term))
    return sorted(kept, key=lambda span: (span[0], span[1], span[2].concept))


def test_the_longest_of_each_concept_is_chosen(texts):
    for text in texts:
        hits = reference()._index.find(fold(text).text)[0]
        spans = [(start, end, term) for start, end, (terms, _) in hits for term, *_ in terms.get("", ())]
        assert choose(spans) == plainly_chosen(spans), text


def test_products_are_those_that_are_found_without_looking_for_their_signs_first(monkeypatch):
    signs = ("Acme®", "Acme ™", "Acme (R)", "Acme(TM)", "DENOMINADO Acme", "denominada «Acme»", "Designado por Acme")
    words = (
        *signs,
        "llamado Acme",
        "Llamadas Acme",
        "Named Acme",
        "called (Acme",
        "[HP]",
        "ERP AIRC",
        "SIG «Acme»",
        "",
    )
    texts = [f"{text} {words[number % len(words)]} {text}" for number, text in enumerate(odd_texts()[:600])]
    patterns = product_words(reference().words)

    def found() -> list[list[products.Product]]:
        return [list(products._products(text, fold(text), "es", patterns, names=True)) for text in texts]

    quickly = found()
    for ahead in ("_MARKS", "_CALLING"):
        monkeypatch.setattr(products, ahead, ("",))
    assert quickly == found()
    assert sum(map(bool, quickly)) > len(texts) / 2
