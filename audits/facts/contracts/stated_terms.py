"""Term of a contract in the words of a record: "a maximum of ten years", "vigencia de 72 meses", "renews itself"."""

import re
from collections.abc import Iterator

from audits.facts.beside import Beside, exclusion_beside
from audits.facts.contracts.contract_terms import DAYS_IN_YEAR, Term
from audits.judging.dossiers.parts import PROSE_PARTS, WORDS_OF_RECORD, in_lots
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import evidence_in
from audits.matching.lexicon import Mention
from audits.matching.texts.word_lists import any_of

_WORDS = (
    "one two three four five six seven eight nine ten|uno dos tres cuatro cinco seis siete ocho nueve diez|"
    "um dois tres quatro cinco seis sete oito nove dez"
)
_NUMBERS = {word: number for words in _WORDS.split("|") for number, word in enumerate(words.split(), 1)}
_NUMBERS |= {"fifteen": 15, "quince": 15, "quinze": 15, "twenty": 20, "veinte": 20, "vinte": 20}
# A number, in digits or as a word, and perhaps both ("diez (10) años"), of years or months.
_LENGTH = re.compile(
    rf"\b(?P<number>\d{{1,3}}|{any_of(sorted(_NUMBERS, key=len, reverse=True))})"
    r"(?: ?\([a-z0-9 ]{1,20}\))?[ -](?:(?P<years>years?|anos?)|months?|meses)\b"
)
# Each of them contains one of these, and checking for these first is much faster.
_LENGTH_SIGNS = ("ano", "meses", "month", "year")
# Words before it that show a limit, its subject, and the distance in characters within which they are searched.
_LIMIT = re.compile(
    r"\b(?:maximum|up to|maxim[oa]s?|hasta|ate|no (?:mayor|superior) a|nao superior a)"
    r"(?: (?:of|de|por|a|un|um|term|period|duration|total|maximum|maximo|plazo|prazo))* $"
)
_TERM = re.compile(
    r"\b(?:contract\w*|agreement|framework|term|duration|contrat\w+|plazo|vigencia|duracion|prazo|duracao)\b"
)
_REACH = 90
# Words for a term right before it: "vigencia del contrato: 72 meses", "prazo de execução de", "contract period of".
_STATED = re.compile(
    r"\b(?:agreement|concesion|concessao|concession|contract|contract period|duracao|duracion|duration|initial|"
    r"lapso|periodo|plazo|prazo|subscription|term|vigencia)"
    r"(?:[ :,-]{1,3}(?:contractual|contratual|contrato|contract|da|de|del|do|ejecucion|es|execucao|for|initial|"
    r"inicial|is|maximo|minimo|of|operacion|operacao|period|periodo|por|prestacion|servicio|sera|term|total|un|um|vigencia))*"
    r"[ :,-]{1,3}$"
)
# "Arrendamiento de … por 10 años": a service for that time; and "a ten-year contract", by the words after it.
_FOR = re.compile(
    r"\b(?:alquiler|aluguel|arrendamiento|concesion|concessao|lease|leasing|locacao|operacao|operacion|operation|ppp|"
    r"rental|service|services|servicio|servicios|servico|servicos|subscription|suscripcion)\b[^.;]{0,120} "
    r"(?:durante|for|por)(?: (?:a|el|o|un|um))? $"
)
_OF_CONTRACT = re.compile(r" (?:agreement|concession|contract|lease|subscription|term)\b")
# Other things that last for years.
_OTHER = re.compile(
    r"\b(?:experien\w+|guarant\w+|warrant\w+|garantia\w*|support of|soporte|suporte|antiguedad|old|retention|"
    r"conserva\w+|vida util|records?|registros?|last|ultimos)\b"
)
# What is renewed is what is bought, and not the contract: "renovación automática de 750 licencias".
_RENEWED = (Beside("goods_renewed", 40, after=re.compile(r" (?:de|of) (?:\d+ )?(?:licenc|licens|subscri|suscripci)")),)
# Maximum term: a larger number is something else.
_MAX_YEARS = 50
_MONTHS = 12
# The owner of a term that words tell.
STATED = "stated"


def renewals(dossier: Dossier) -> tuple[Mention, ...]:
    """Return the words by which a contract renews itself."""
    return tuple(
        mention
        for mention in dossier.mentions_of("automatic_renewal", parts=WORDS_OF_RECORD)
        if not dossier.leaves_out(mention, exclusion_beside(dossier, mention, _RENEWED))
    )


def stated_terms(dossier: Dossier) -> Iterator[Term]:
    """Yield the terms that titles, descriptions and lots with technology state; their owner is ``STATED``."""
    for text in dossier.texts:
        if text.part not in PROSE_PARTS or not in_lots(text, dossier.scope.evidence):
            continue
        folded = dossier.reference.fold(text)
        if not any(sign in folded.text for sign in _LENGTH_SIGNS):
            continue
        for found in _LENGTH.finditer(folded.text):
            number = int(found["number"]) if found["number"].isdigit() else _NUMBERS[found["number"]]
            years = number if found["years"] else number / _MONTHS
            before = folded.text[max(0, found.start() - _REACH - _REACH) : found.start()]
            after = folded.text[found.end() : found.end() + _REACH // 3]
            if years > _MAX_YEARS or not _states_term(before, after):
                continue
            start, end = folded.span(found.start(), found.end())
            place = evidence_in(text, start, end, "stated_term")
            if not (_OTHER.search(before[-_REACH:] + after) and dossier.leaves_out(place, "years_of_others")):
                yield years * DAYS_IN_YEAR, STATED, (place,)


def _states_term(before: str, after: str) -> bool:
    """Return whether the words around a number of years say that somebody is bound for that time."""
    limit = _LIMIT.search(before)
    if limit and _TERM.search(before[max(0, limit.start() - _REACH) :]):
        return True
    return bool(_STATED.search(before) or _FOR.search(before) or _OF_CONTRACT.match(after))
