"""
Texts that a workbook shows beside a number, and its scaling: the reader of workbooks only returns the number.

``0.0" millones"`` shows 1.5 as "1.5 millones"; ``#,##0,`` shows 1500000 as "1,500".

Sources: ECMA-376 part 1, 18.8.30 and 18.8.31 (numbers and codes of formats); Microsoft, [MS-LCID].
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

# Built-in formats without a code in the file; their currency sign depends on who opens it.
BUILT_IN = dict.fromkeys(("5", "6", "7", "8", "42", "44"), '"$"#,##0')
# The currency of "$" by locale. The United States is left out: programs set its "$" in tables of all countries.
_DOLLARS = {"80A": "MXN", "240A": "COP", "2C0A": "ARS", "340A": "CLP", "380A": "UYU", "300A": "USD", "440A": "USD"}
_MAX_LENGTH = 255
# Quoted texts, escaped letters, padding, currency signs, colours and conditions, digits, anything else.
_TOKEN = re.compile(
    r'"(?P<text>[^"]{0,255})"|\\(?P<letter>.)|_.|\*.|\[\$(?P<sign>[^\]-]{0,20})(?:-(?P<locale>[\w-]{1,12}))?\]'
    r"|\[(?P<told>[^\]]{0,30})\]|(?P<digits>[#0?.,]+|[Ee][+-]|[Gg]eneral|GENERAL)|(?P<other>.)",
    re.DOTALL,
)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s?(-?\d{1,18}(?:\.\d{1,9})?)")
# Commas after the last digit, before the decimal point or at the end.
_DIVIDING = re.compile(r"(?<!,),{1,5}(?=\.|$)")
_NUMBER = re.compile(r"\d[\d.,'’\s]{0,40}(?:E[+-]?\d{1,3})?")
_DATES = frozenset("dmyhsDMYHS")
_PUNCTUATION = " -+().:*'"


class Beside(NamedTuple):
    """The text shown beside a number, and the power of ten by which the shown number is divided."""

    text: str = ""
    power: int = 0


class _Section(NamedTuple):
    """A part of a format: the numbers that it applies to, as an operator and a limit, and what it shows."""

    condition: tuple[str, float] | None
    beside: Beside


def beside(code: str, number: float) -> Beside:
    """Return what a format shows beside a number."""
    sections = _sections(code[:_MAX_LENGTH])
    if any(section.condition for section in sections):
        fitting = (section.beside for section in sections if section.condition is None or _holds(section, number))
        return next(fitting, Beside())
    at = 1 if number < 0 else 2 if number == 0 else 0
    return sections[at if at < len(sections) else 0].beside


def shows_more(code: str) -> bool:
    """Return whether a format scales some numbers or shows texts beside them."""
    return any(any(section.beside) for section in _sections(code[:_MAX_LENGTH]))


def code_of(shown: str, number: float) -> str:
    """Return the format code that shows a number like a text of a document; ``""`` if nothing is beside it."""
    text = text_beside(_NUMBER.sub(" ", shown, count=1).replace('"', ""))
    power = _power_shown(shown, abs(number))
    return f'0{"," * (power // 3)}"{text}"' if text or power else ""


def _power_shown(shown: str, number: float) -> int:
    """Return the power of ten by which a number is divided, from its digits: decimal marks differ by country."""
    digits = "".join(filter(str.isdecimal, shown))[:20]
    for power in (0, 3, 6, 9) if digits else ():
        for decimals in range(len(digits) + 1):
            step = 10.0 ** (power - decimals)
            if abs(int(digits) * step - number) <= step * 0.51:
                return power
    return 0


def _holds(section: _Section, number: float) -> bool:
    operator, limit = section.condition or ("", 0.0)
    is_less, is_equal = number < limit, number == limit
    return (
        (is_less and "<" in operator)
        or (is_equal and "=" in operator)
        or (not is_less and not is_equal and ">" in operator)
    )


@lru_cache(maxsize=512)
def _sections(code: str) -> Sequence[_Section]:
    return [_section(tokens) for tokens in _parts(code)]


def _parts(code: str) -> Iterator[list[re.Match[str]]]:
    tokens: list[re.Match[str]] = []
    for token in _TOKEN.finditer(code):
        if token["other"] == ";":
            yield tokens
            tokens = []
        else:
            tokens.append(token)
    yield tokens


def _section(tokens: Sequence[re.Match[str]]) -> _Section:
    if any(token["other"] and token["other"] in _DATES for token in tokens):
        return _Section(None, Beside())
    condition = None
    for token in tokens:
        if token["told"] and (match := _CONDITION.fullmatch(token["told"])):
            condition = match[1], float(match[2])
    digits = "".join(token["digits"] or "" for token in tokens)
    text = text_beside("".join(map(_shown, tokens)))
    return _Section(condition, Beside(text, 3 * sum(map(len, _DIVIDING.findall(digits)))))


def text_beside(shown: str) -> str:
    """Return the text beside a number, ``""`` if it has neither letters nor currency signs."""
    text = " ".join(shown.split()).strip(_PUNCTUATION)
    return text if any(sign.isalpha() or unicodedata.category(sign) == "Sc" for sign in text) else ""


def _shown(token: re.Match[str]) -> str:
    if token["sign"] is not None:
        is_dollar = token["sign"] == "$" and token["locale"]
        return _DOLLARS.get(token["locale"].upper(), "$") if is_dollar else token["sign"]
    if token["digits"] is not None or token["told"] is not None:
        return " "
    # Padding and filling show as a space.
    return token["text"] or token["letter"] or token["other"] or " "
