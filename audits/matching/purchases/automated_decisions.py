"""
Machines that rate, rank, select or decide about people, in a text: "predicción de deserción escolar".

A list of phrases could not be complete, so a sentence counts if it has a word for judging and, near it, one for people
or their cases. Some words for judging are used only of machines ("score", "propensity"); others, which committees use
too ("selection", "risk"), need an algorithm or the like in their sentence. "Automatic" is not enough, because doors
and buses are automatic too: it counts if a program is named, beside a word for judging or people. The words are lists
of ``words.csv``.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache

from audits.matching.texts.normalize import Folded
from audits.matching.texts.word_lists import Words

# Maximum distance in characters between a word for judging and the people judged.
_NEAR = 60
_SENTENCE = re.compile(r"(?:[^.;\n]|[.;](?! ))+")
# Sentences that do not judge people: about their number ("predict the number of applicants"), weather or maintenance,
# or people who decide by data.
_NO_JUDGING = re.compile(
    r"\b(?:(?:amostragem|cantidad|chuvas?|count|demanda?|enchentes?|flood\w*|flow|flujo|fluxo|inunda\w+|lluvias?|"
    r"meteorolog\w+|muestreos?|number|numero|quantidade|quantit\w+|sampling|throughput|traffic|volumen?s?|weather)\b|"
    r"(?:corretiva|correctivo|manutencao|mantenimiento|preventiva|preventivo|preventive),? (?:and |e |y )?predi|"
    r"predictive maintenance\b|data driven decision|decisiones basadas en datos|decisoes baseadas em dados)"
)
# Machines that talk, write and read, which is not judging people.
_TALKS = re.compile(
    r"\b(?:(?:asistente|assistente|agente)s? (?:conversacion|inteligent|virtua)|\w{0,10}bots?\b|conversational|gpt|"
    r"language model|modelos? de (?:lenguaje|linguagem)\b|ocr\b|reconocimiento (?:de )?(?:caracteres|voz)|speech|"
    r"traduc|transcri|translat|virtual (?:agent|assistant)|voice)"
)


def automated_decisions(folded: Folded, words: Words) -> Iterator[tuple[int, int]]:
    """Yield the places in a folded text, each from the word for judging to the people, or the other way round."""
    text = folded.text
    of_machines, automatic = words.pattern("of_machines"), words.pattern("automatic")
    if not ("automat" in text or automatic.search(text) or of_machines.search(text)) or _TALKS.search(text):
        return
    judging, judged = words.pattern("judging", "of_machines"), words.pattern("judged")
    is_program = bool(words.pattern("programs").search(text))
    for sentence in _SENTENCE.finditer(text):
        if automatic.search(sentence[0]) or (is_program and _automatic_on_people(words).search(sentence[0])):
            signs = judging
        elif is_program:
            signs = _by_machine(words)
        elif "automat" in sentence[0]:
            signs = of_machines
        else:
            continue
        if _NO_JUDGING.search(sentence[0]):
            continue
        people = [place.span() for place in judged.finditer(text, *sentence.span())]
        for sign in signs.finditer(text, *sentence.span()) if people else ():
            start, end = _nearest(people, sign.span())
            if start - _NEAR <= sign.end() and sign.start() <= end + _NEAR:
                yield min(start, sign.start()), max(end, sign.end())


@lru_cache(maxsize=4)
def _by_machine(words: Words) -> re.Pattern[str]:
    """
    Return a pattern for tasks that only machines do, or that are done automatically: "clasificación y orden
    automático".
    """
    judging = words.any_of("judging")
    return re.compile(
        rf"\b(?:{words.any_of('of_machines')}|automat\w+ (?:d[aeo] |del |of |se )?{judging}|"
        rf"{judging}(?: (?:and|e|o|or|ou|y) \w+| de (?:forma|maneira|manera|modo))? automat\w+)\b"
    )


@lru_cache(maxsize=4)
def _automatic_on_people(words: Words) -> re.Pattern[str]:
    """Return a pattern for automated tasks on people: "análise automatizada dos alunos"."""
    return re.compile(rf"\bautomat\w+ (?:a |a?os |d[aeo]s? |del |de l[ao]s |of )?{words.any_of('judged')}\b")


def _nearest(people: Sequence[tuple[int, int]], sign: tuple[int, int]) -> tuple[int, int]:
    """Return the place, of those in reading order, that is nearest to a sign."""
    after = bisect_right(people, sign)
    beside = people[max(0, after - 1) : after + 1]
    return min(beside, key=lambda place: max(place[0] - sign[1], sign[0] - place[1]))
