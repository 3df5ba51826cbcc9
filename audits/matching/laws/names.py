"""
Tokens of a text for citations, and the laws that it names.

Laws are named by title ("TOCAF", "Código dos Contratos Públicos") or by kind and number, in any spelling: "Lei nº
14.133/2021", "Lei Federal n. 14.133, de 1º de abril de 2021", "D.S. 0181", "Decreto-Lei 18/2008".
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from audits.matching.texts.normalize import Folded, fold_phrase

HEAD = r"art(?:iculos?|igos?|s)?(?![a-z])\.?(?:os?\b)?|arto(?![a-z])"
_STATUTES = (
    r"ley(?:es)?|lei|decretos?|dlr?|ds|d\. ?s\.?|d\. ?l\.?|dec\.|reglamentos?|regulamentos?|resolucion|resolucao|"
    r"codigo|constitucion|constituicao|estatutos?|acuerdo|acordo|portaria|ordenanza|normas?|directivas?|diretiva|"
    r"circular|instrucao|instruccion|regimento|clt"
)
_UNITS = (
    r"n\.? ?os?\b|n°|n(?=\. ?\d)|nro|nral|nal|num(?:eral(?:es)?|erais|eros?|s)?|inc(?:isos?|s)?|"
    r"lit(?:eral(?:es)?|s)?|letras?|al(?=\.)|(?:sub ?)?alineas?|frac(?:c(?:ion(?:es)?|s)?|ion(?:es)?)?|"
    r"fr(?=\.| [ivxl]+\b)|f(?=\. ?[ivxl])|apartados?|ap(?=\.)|puntos?|items?|causal(?:es)?|supuestos?"
)
_TOKENS = (
    rf"(?P<head>{HEAD})|(?P<statute>(?:{_STATUTES})(?![a-z]))"
    rf"|(?P<skipped>(?:paragrafos?|parrafos?|caput)(?![a-z])|par\.|§+)|(?P<unit>(?:{_UNITS})(?![a-z])\.?)"
    r"|(?P<number>\d+(?:\.\d+)*(?:/\d+)?(?:\.?o\b|°)?)|(?P<word>[^\W\d_]+)|(?P<sign>[^\w\s])"
)
# "do", "de la", "del Texto Único de la": connects an article with its law.
LINKS = frozenset(
    {"de", "del", "da", "do", "dos", "das", "la", "el", "lo", "los", "las", "o", "a", "os", "as", "the", "of"}
    | {"dicha", "citada", "referida", "mencionada", "misma", "vigente", "texto", "unico", "ordenado", "general"}
)
# Between the kind of a law and its number: "Decreto Supremo N° 0181", "Lei Federal nº 14.133".
_TITLES = frozenset(
    {"supremo", "ejecutivo", "ley", "lei", "legislativo", "regional", "federal", "nacional", "delegado", "gubernativo"}
)
_NUMBERED = re.compile(
    rf"({_STATUTES})(?: (?:supremo|ejecutivo|delegado|lei|ley|legislativo|regional|de la|a la))* "
    r"(\d[\d.]*)(?:(?:/| de (?:.* )?| )(\d{2,4}))?(?:[/ ]\w+)*"
)
# Maximum number of words between a law and its article.
REACH = 7
# Numbers below a hundred repeat every year, so only the year identifies the law.
_SMALL = 2
_YEAR = 4
_ACRONYM = 3
# A text counts as written in capitals if this many words before an acronym are.
_MAX_SHOUT = 30


class Token(NamedTuple):
    """
    A word, number or punctuation mark, folded; ``kind`` is a group of ``_TOKENS`` or ``law``. Numbers have no "º".

    ``start`` and ``end`` are offsets in the folded text.
    """

    kind: str
    value: str
    start: int
    end: int
    is_capital: bool


class NamedLaw(NamedTuple):
    """The laws that a name in a text may mean, none if it is not on record; and the position after the name."""

    laws: tuple[str, ...]
    after: int


class LawNames:
    """Finds the laws of one country by name and number, in pairs of a name ("TOCAF") and its law."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._named: dict[str, tuple[str, ...]] = {}
        self._numbered: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for name, law in names:
            folded = fold_phrase(name)
            if match := _NUMBERED.fullmatch(folded):
                key = (_family(match[1]), _plain(match[2]))
                self._numbered.setdefault(key, []).append((law, match[3] or ""))
            else:
                self._named[folded] = (*self._named.get(folded, ()), law)
        phrases = "|".join(sorted(map(re.escape, self._named), key=len, reverse=True))
        self._tokens = re.compile(rf"(?P<law>(?:{phrases})(?![a-z0-9]))|{_TOKENS}" if phrases else _TOKENS)

    def split(self, folded: Folded, text: str) -> list[Token]:
        """Return the tokens of a text."""
        found = []
        for match in self._tokens.finditer(folded.text):
            kind, value = match.lastgroup or "", match[0]
            if kind == "number":
                value = value.removesuffix("°").removesuffix("o").removesuffix(".")
            found.append(Token(kind, value, *match.span(), text[folded.written(match.start())].isupper()))
        return found

    def after(self, tokens: list[Token], place: int) -> NamedLaw | None:
        """Return the law named from ``place`` on; ``None`` if there is none: "… do Código dos Contratos Públicos"."""
        linked = False
        at, last = place, min(len(tokens), place + REACH)
        while at < last and (tokens[at].value in LINKS or tokens[at].value in {",", "(", "/", ":"}):
            linked = linked or tokens[at].value not in {",", "(", "/", ":", "a", "o"}
            at += 1
        if at >= last:
            return None
        token = tokens[at]
        if token.kind in {"law", "statute"}:
            return self._at(tokens, at)
        is_acronym = token.kind == "word" and token.is_capital and len(token.value) >= _ACRONYM
        if (linked and token.kind == "word") or (is_acronym and _is_written_small(tokens, at)):
            return NamedLaw((), place)
        return None

    def before(self, tokens: list[Token], place: int) -> NamedLaw | None:
        """Return the law named directly before ``place``, or ``None``: "Ley 1150 de 2007, artículo 2"."""
        found = None
        for start in range(place - 1, max(-1, place - 1 - 2 * REACH), -1):
            if tokens[start].kind in {"law", "statute"}:
                named = self._at(tokens, start)
                # The longest name counts: "Decreto-Lei 18/2008" is not "Lei 18/2008".
                if named is not None and named.after <= place and all(map(_is_gap, tokens[named.after : place])):
                    found = named
        return found

    def _at(self, tokens: list[Token], place: int) -> NamedLaw | None:
        """Return the law that is named at ``place``; ``None`` for "the law" without a name."""
        token = tokens[place]
        if token.kind == "law":
            return NamedLaw(self._named[token.value], place + 1)
        family = _family(token.value)
        between = _TITLES | LINKS if family == "reglamento" else _TITLES
        at, last = place + 1, min(len(tokens), place + 1 + REACH)
        while at < last and (tokens[at].kind == "unit" or tokens[at].value in between or tokens[at].value == "."):
            at += 1
        if at < last and tokens[at].kind == "number":
            number, _, year = tokens[at].value.partition("/")
            after = at + 1
            if not year:
                year, after = _year(tokens, after)
            laws = self._numbered.get((family, _plain(number)), [])
            return NamedLaw(tuple(dict.fromkeys(law for law, own in laws if _is_year(number, year, own))), after)
        at = place + 1
        is_bare = at >= len(tokens) or (tokens[at].kind == "sign" and tokens[at].value != '"')
        return None if is_bare and family == "ley" else NamedLaw((), at)


def _year(tokens: list[Token], at: int) -> tuple[str, int]:
    """Return the year after the number of a law ("de 2007", "-06", "de 27 de junio de 2006"), if any, and its end."""
    if at < len(tokens) and tokens[at].kind == "number" and tokens[at].start - tokens[at - 1].end == 1:
        return tokens[at].value, at + 1
    is_date = False
    for step in range(at, min(at + REACH, len(tokens))):
        token = tokens[step]
        if token.kind == "number":
            if len(token.value) == _YEAR:
                return token.value, step + 1
            is_date = True
        elif token.value not in {"de", "del", "da", ","} and not (is_date and token.kind == "word"):
            break
    return "", at


def _is_year(number: str, year: str, own: str) -> bool:
    """Return whether a number, with or without a year, may mean a law of the year ``own``."""
    if not year:
        return not own or len(_plain(number)) > _SMALL
    return not own or year[-2:] == own[-2:]


def _is_gap(token: Token) -> bool:
    """Return whether a token may stand between a law and its article: "Decreto 33411-H, en su artículo"."""
    is_suffix = token.kind == "word" and token.is_capital and len(token.value) <= _ACRONYM
    return token.kind == "sign" or token.value in LINKS or token.value in {"en", "su"} or is_suffix


def _is_written_small(tokens: list[Token], at: int) -> bool:
    """Return whether the words before a place are not all in capitals, so that capitals there are significant."""
    before = tokens[max(0, at - _MAX_SHOUT) : at]
    return any(token.kind == "word" and not token.is_capital and len(token.value) > 1 for token in before)


def _family(word: str) -> str:
    """Return the canonical name of a kind of law."""
    if word.startswith(("ley", "lei")):
        return "ley"
    if word.startswith(("reglamento", "regulamento")):
        return "reglamento"
    return "decreto" if word.startswith("d") else word


def _plain(number: str) -> str:
    return number.partition("/")[0].replace(".", "").lstrip("0")
