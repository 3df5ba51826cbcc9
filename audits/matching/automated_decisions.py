"""
Machines that rate, rank, select or decide about people, in a text: "predicción de deserción escolar".

No list of phrases holds them all: a sentence says it with a word for judging and, near it, one for people or their
cases. Some words for judging are of machines alone ("score", "propensity"); others, which committees use too
("selection", "risk"), need an algorithm or the like in their sentence. The words are lists of ``words.csv``.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from audits.matching.normalize import Folded
from audits.matching.words import Words

# Maximum distance in characters between a word for judging and the people judged.
_NEAR = 60
_SENTENCE = re.compile(r"(?:[^.;\n]|[.;](?! ))+")
# A sentence that counts people judges none: "predict the number of applicants".
_COUNTS = re.compile(
    r"\b(?:cantidad|count|demanda?|flow|flujo|fluxo|number|numero|quantidade|quantit\w+|throughput|traffic|volumen?s?)\b"
)
# Machines that talk, write and read, and judge nobody by that.
_TALKS = re.compile(
    r"\b(?:(?:asistente|assistente|agente)s? (?:conversacion|inteligent|virtua)|\w{0,10}bots?\b|conversational|gpt|"
    r"language model|modelos? de (?:lenguaje|linguagem)\b|ocr\b|reconocimiento (?:de )?(?:caracteres|voz)|speech|"
    r"traduc|transcri|translat|virtual (?:agent|assistant)|voice)"
)


def automated_decisions(folded: Folded, words: Words) -> Iterator[tuple[int, int]]:
    """Yield the places in a folded text, each from the word for judging to the people, or the other way round."""
    text = folded.text
    if not words.pattern("of_machines", "automatic").search(text) or _TALKS.search(text):
        return
    by_machine, judging = words.pattern("of_machines"), words.pattern("judging", "of_machines")
    automatic, programs, judged = words.pattern("automatic"), words.pattern("programs"), words.pattern("judged")
    is_program = bool(programs.search(text))
    for sentence in _SENTENCE.finditer(text):
        if automatic.search(sentence[0]):
            signs = judging
        elif is_program:
            signs = by_machine
        else:
            continue
        if _COUNTS.search(sentence[0]):
            continue
        people = [place.span() for place in judged.finditer(text, *sentence.span())]
        for sign in signs.finditer(text, *sentence.span()) if people else ():
            start, end = _nearest(people, sign.span())
            if start - _NEAR <= sign.end() and sign.start() <= end + _NEAR:
                yield min(start, sign.start()), max(end, sign.end())


def _nearest(people: Sequence[tuple[int, int]], sign: tuple[int, int]) -> tuple[int, int]:
    """Return the place, of those in reading order, that is nearest to a sign."""
    after = bisect_right(people, sign)
    beside = people[max(0, after - 1) : after + 1]
    return min(beside, key=lambda place: max(place[0] - sign[1], sign[0] - place[1]))
