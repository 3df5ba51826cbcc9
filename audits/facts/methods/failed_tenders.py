"""Earlier failed tenders, from the words of the record or the ground that it cites."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from audits.facts.methods.grounds import cited_grounds
from audits.judging.dossiers.parts import GROUND_PARTS, HEAD_PARTS
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.evidence import evidence_in
from audits.judging.rule.vocabulary import Evidence
from audits.matching.texts.normalize import Folded

# Maximum distance of a tender and its number from the word for failing, in characters of folded text.
_BEFORE, _AFTER = 110, 70

_NUMBERS = {
    **dict.fromkeys(("dos", "duas", "dois", "two", "twice", "segunda", "segundo", "second"), 2),
    **dict.fromkeys(("tres", "three", "tercera", "tercer", "tercero", "terceira", "terceiro", "third"), 3),
    **dict.fromkeys(("cuatro", "quatro", "four", "cuarta", "cuarto", "quarta", "quarto", "fourth"), 4),
    **dict.fromkeys(("cinco", "five", "quinta", "quinto", "fifth"), 5),
}
_NUMBER = r"(?P<number>dos|duas|dois|two|tres|three|cuatro|quatro|four|cinco|five|0?[2-9])(?: \(\w{1,9}\))?"
_ORDINAL = r"(?P<ordinal>segund[ao]|second|tercer[ao]?|terceir[ao]|third|cuart[ao]|quart[ao]|fourth|quint[ao]|fifth)"
_ONE = (
    r"(?:licitac(?:ion|ao)|convocatoria|invitacion|subasta|concurso|process?o|procedimi?ento|pregao|certame|chamada|"
    r"llamado|leilao|tender(?:ing)?|bidding|procurement|procedure|auction)"
)
_MANY = (
    r"(?:licitac(?:iones|oes)|convocatorias|invitaciones|subastas|concursos|process?os|procedimi?entos|pregoes|"
    r"certames|chamadas|llamados|leiloes|tenders|biddings|procurements|procedures|auctions)"
)
_EARLIER = r"(?:anteriore?s|previ[oa]s|precedentes|previous|earlier|prior|past)"
_KIND = (
    rf"(?:{_EARLIER}|consecutiv[oa]s|consecutive|sucesiv[oa]s|sucessiv[oa]s|public[oa]s|public|open|competitive|"
    r"(?:intentos|tentativas|process?os) de)"
)
_TIMES = r"(?:veces|vezes|ocasiones|ocasioes|oportunidades|times|occasions)"
_TIME = r"(?:vez|ocasion|ocasiao|oportunidad|oportunidade|time)"
# Words that may stand between a tender and the word for failing without meaning another tender.
_BETWEEN = (
    r"(?: (?:de|del|la|el|a|o|da|do|public[ao]|nacional|internacional|privada|abreviada|electronica|que|fue|fueron|"
    r"foi|foram|ha|han|sido|tambien|tambem|resulto|resultou|quedo|restou|se|declaro|declarad[ao]s?|was|were|has|have|had|"
    r"been|also))*"
)
_SOME = r"(?:,? [\w/.°º]{1,30}){0,8}"

_FAILED = re.compile(r"\b(?:(?:desiert|desert|fracass?ad|frustrad)[oa]s?|failed(?! to\b)|unsuccessful)\b")
# Nearly all texts contain none of these, and checking for them is cheaper than the expression.
_STEMS = ("desert", "desiert", "fracas", "frustrad", "failed", "unsuccess")
_CLAUSE_END = re.compile(r"[.;:!?](?: |$)")
# A tender is meant if it is named, or if the verb is used for nothing else.
_DECLARED = re.compile(r"\b(?:declar\w{1,10}(?: como)?|qued\w{1,5}|result\w{1,6}|rest(?:ou|aram|ar)) $")
_TENDER_BEFORE = re.compile(rf"\b(?:{_ONE}|{_MANY})\b[^;]{{0,60}}$")
_TENDER_AFTER = re.compile(rf"^[^;]{{0,40}}\b(?:{_ONE}|{_MANY})\b")
# "Será declarada desierta si …", "no fue declarada desierta".
_NOT_SO = re.compile(
    r"\bdeclarar(?:an?|ao|se)? $|"
    r"\b(?:seran?|serao|sean?|sejam?|ser|podran?|podera|be)(?: (?:considerad|declarad)[oa]s?)?(?: como)? $|"
    r"\b(?:no|nao|not|never|nunca)(?: (?:se|fue|fueron|foi|foram|ha|han|haya|sido|habia|tendo|resulto|quedo|declaro|"
    r"considerad[oa]s?|declarad[oa]s?|was|were|have|has|been))+ $"
)
_OFTEN = rf"(?:{_NUMBER} {_TIMES}|{_ORDINAL} {_TIME}|(?P<twice>twice))\b"


class _Shape(NamedTuple):
    """Required texts before and after the word, and whether they contain a number."""

    before: re.Pattern[str]
    after: re.Pattern[str]
    is_told: bool = True


_ANY = re.compile("")
_MANY_AFTER = re.compile(rf"^(?: {_KIND})* {_MANY}\b")
_SHAPES = (
    _Shape(re.compile(rf"\b{_OFTEN}(?: \w{{1,20}}){{0,4}} $"), _ANY),
    _Shape(_ANY, re.compile(rf"^(?:,? \w{{1,20}}){{0,7}},? \(?{_OFTEN}")),
    _Shape(re.compile(rf"\b{_ORDINAL} {_ONE}\b{_BETWEEN} $"), _ANY),
    _Shape(re.compile(rf"\b{_NUMBER}(?: {_KIND})* {_MANY}\b{_SOME},? $"), _ANY),
    _Shape(_ANY, re.compile(rf"^(?: (?:en|em|in|n[oa]s|las|los|as|os|the)){{0,2}} {_NUMBER}(?: {_KIND})* {_MANY}\b")),
    _Shape(re.compile(rf"\b{_NUMBER}(?: {_KIND})* $"), _MANY_AFTER),
    _Shape(re.compile(rf"\b(?:{_EARLIER} {_MANY}|{_MANY} {_EARLIER})\b{_SOME},? $"), _ANY, is_told=False),
    _Shape(re.compile(rf"\b{_EARLIER} $"), _MANY_AFTER, is_told=False),
    _Shape(_ANY, re.compile(rf"^ (?:{_EARLIER} {_MANY}|{_MANY} {_EARLIER})\b"), is_told=False),
)


class Failure(NamedTuple):
    """Words about ``least`` failed tenders or more, by the words if it ``is_told``; offsets in the original text."""

    least: int
    is_told: bool
    start: int
    end: int


def failures(folded: Folded) -> Iterator[Failure]:
    """
    Yield mentions of failed tenders in a folded text, in reading order: "declarada desierta en dos ocasiones".

    Without a number one is assumed: a plural alone is the name of a ground in many methods ("por licitaciones públicas
    desiertas").
    """
    if not any(stem in folded.text for stem in _STEMS):
        return
    for found in _FAILED.finditer(folded.text):
        before = _CLAUSE_END.split(folded.text[max(0, found.start() - _BEFORE) : found.start()])[-1]
        after = _CLAUSE_END.split(folded.text[found.end() : found.end() + _AFTER])[0]
        is_of_tender = _DECLARED.search(before) or _TENDER_BEFORE.search(before) or _TENDER_AFTER.search(after)
        if is_of_tender and not _NOT_SO.search(before):
            count, is_told, first, last = _counted(before, after)
            start = folded.written(found.start() - len(before) + first)
            yield Failure(count, is_told, start, folded.written(found.end() + last - 1) + 1)


def _counted(before: str, after: str) -> tuple[int, bool, int, int]:
    """Return the number of failed tenders, whether it is stated, and its range from ``before`` to ``after``."""
    for shape in _SHAPES:
        ahead, behind = shape.before.search(before), shape.after.search(after)
        if ahead and behind:
            words = [word for word in (*ahead.groups(), *behind.groups()) if word]
            count = max((_NUMBERS[word] if word in _NUMBERS else int(word) for word in words), default=2)
            first = len(before) if shape.before is _ANY else ahead.start()
            return count, shape.is_told, first, behind.end()
    return 1, False, len(before), 0


_PARTS = frozenset({*HEAD_PARTS, *GROUND_PARTS})


class FailedTenders(NamedTuple):
    """``least`` is the minimum number of failed tenders; ``is_told`` whether ``words`` state it."""

    least: int
    is_told: bool
    words: str
    places: tuple[Evidence, ...]


def failed_tenders_in_words(dossier: Dossier) -> FailedTenders | None:
    """
    Return the largest number in the record, ``None`` if there is none.

    Titles, descriptions, reasons and the name of the method are read. A legal ground for failed tenders counts as one.
    """
    counts = [
        (found, evidence_in(text, found.start, found.end))
        for text in dossier.texts
        if text.part in _PARTS
        for found in failures(dossier.reference.fold(text))
    ]
    grounds = cited_grounds(dossier, ("failed_tender",))
    if counts:
        most, place = max(counts, key=lambda entry: (entry[0].least, entry[0].is_told))
        words = str(place.value)[most.start : most.end]
        return FailedTenders(most.least, most.is_told, words, (place, *grounds))
    return FailedTenders(1, False, grounds[0].note, grounds) if grounds else None
