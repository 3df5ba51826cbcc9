"""How long a contract may last, where the words of a record say so: "up to a maximum of ten years", "hasta 8 años"."""

import re
from collections.abc import Iterator

from audits.judging.dossiers.parts import TOLD_PARTS, in_lots
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import evidence_in
from audits.judging.rule.vocabulary import Evidence

_WORDS = (
    "one two three four five six seven eight nine ten|uno dos tres cuatro cinco seis siete ocho nueve diez|"
    "um dois tres quatro cinco seis sete oito nove dez"
)
_NUMBERS = {word: number for words in _WORDS.split("|") for number, word in enumerate(words.split(), 1)}
_NUMBERS |= {"fifteen": 15, "quince": 15, "quinze": 15, "twenty": 20, "veinte": 20, "vinte": 20}
# What says that a time is a limit; then a number, in digits or as a word, and perhaps both: "diez (10) años".
_STATED = re.compile(
    r"\b(?:maximum|up to|maxim[oa]s?|hasta|ate|no (?:mayor|superior) a|nao superior a)"
    r"(?: (?:of|de|por|a|un|um|term|period|duration|total|maximum|maximo|plazo|prazo))* "
    rf"(?P<number>\d{{1,2}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
    r"(?: ?\(\d{1,2}\))? ?(?:years?|anos?)\b"
)
# What the limit is of, and how many characters before it this is looked for; and what else lasts for years.
_TERM = re.compile(
    r"\b(?:contract\w*|agreement|framework|term|duration|contrat\w+|plazo|vigencia|duracion|prazo|duracao)\b"
)
_REACH = 90
_OTHER = re.compile(
    r"\b(?:experien\w+|guarant\w+|warrant\w+|garantia\w*|support of|soporte|suporte|antiguedad|old|retention|"
    r"conserva\w+|vida util|records?|registros?)\b"
)
# Nobody is bound for longer; such a number is something else.
_MOST_YEARS = 50


def stated_terms(dossier: Dossier) -> Iterator[tuple[int, Evidence]]:
    """Yield the terms in years that titles, descriptions and lots with technology state, each with its place."""
    for text in dossier.texts:
        if text.part not in TOLD_PARTS or not in_lots(text, dossier.scope.evidence):
            continue
        folded = dossier.reference.fold(text)
        for found in _STATED.finditer(folded.text):
            around = folded.text[max(0, found.start() - _REACH) : found.start()]
            after = folded.text[found.end() : found.end() + _REACH // 3]
            number = found["number"]
            years = int(number) if number.isdigit() else _NUMBERS[number]
            if years > _MOST_YEARS or not _TERM.search(around + found[0]):
                continue
            start, end = folded.written(found.start()), folded.written(found.end() - 1) + 1
            place = evidence_in(text, start, end, "stated_term")
            if not (_OTHER.search(around + after) and dossier.leaves_out(place, "years_of_others")):
                yield years, place
