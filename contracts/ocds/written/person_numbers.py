"""
Numbers that identify natural persons, and what the public sees of them.

`fixtures/facts/person_numbers.csv` says which schemes and forms are those of persons, and which of firms; numbers of
other schemes are left alone. A number without a scheme is a person's if it has the form, and where there is one the
check digit, of a number of its country.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import cycle
from typing import NamedTuple

from contracts.ocds.caching import remembered
from contracts.ocds.fixture_tables import as_listed, fixture_rows
from contracts.ocds.placeholders import is_of_anybody
from contracts.ocds.written.tax_numbers import CPF, REGISTERS

# Stands for what is hidden, before the last characters.
HIDDEN = "•••••"
SHOWN = 3
# A longer text is no number.
_MAX_LENGTH = 40
# "BR-CPF-12345678909": an identifier as org-id.guide writes it.
_WITH_SCHEME = re.compile(r"(?P<scheme>[A-Za-z]{2}-[A-Za-z]{2,8})(?P<between>[-:/ ]{1,2})(?P<number>.+)")
_NOT_LETTERS = re.compile(r"[^a-z]+")
_SPANISH_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"


class _Row(NamedTuple):
    """A form of numbers: ``shown`` has ``#`` for the characters that the public sees; empty: the last ones."""

    country: str
    form: re.Pattern[str]
    is_right: Callable[[str, str], bool]
    is_person: bool
    shown: str
    # Whether no other number looks so, wherever it stands.
    is_distinct: bool


def masked(scheme: str, number: str, country: str) -> str:
    """
    Return what the public sees of a number: ``***.456.789-**``, ``•••••789``; "" if it is no natural person's.

    :param scheme: what a record calls the register; "" if it names none
    :param country: ISO 3166-1 alpha-2, of the organization or else of the record; "" if unknown
    """
    return _masked(number, scheme, country) if number else ""


def masked_id(text: str, countries: Iterable[str]) -> str:
    """Return an id without the number of a person that it is, with its scheme or without; "" if it is none."""
    found = _WITH_SCHEME.fullmatch(text)
    if found:
        mask = masked(found["scheme"], found["number"], found["scheme"][:2].upper())
        return f"{found['scheme']}{found['between']}{mask}" if mask else ""
    return next(filter(None, (masked("", text, country) for country in countries)), "")


@remembered
def names_scheme(name: str) -> bool:
    """Return whether the name of a member is that of a register of persons: ``cpf``, ``cedula``."""
    return len(name) > 2 and plain_scheme(name) in _named()


@cache
def countries_known() -> frozenset[str]:
    """Return the countries of which there are numbers."""
    return frozenset(row["country"] for row in fixture_rows("facts/person_numbers"))


@remembered
def _masked(number: str, scheme: str, country: str) -> str:
    written = "".join(number.upper().split()).replace(".", "")
    bare = written.replace("-", "").replace("/", "")
    if not 4 <= len(bare) <= _MAX_LENGTH or is_of_anybody(bare) or len(set(bare)) == 1:
        return ""
    for row in _rows(scheme, country):
        own = next((text for text in (written, bare) if row.form.fullmatch(text)), "")
        if own and row.is_right(bare, row.country):
            return _shown(bare, row.shown) if row.is_person else ""
    return ""


def _shown(number: str, shown: str) -> str:
    if not shown:
        return HIDDEN + number[-SHOWN:]
    places = sum(sign in "#*" for sign in shown)
    letters = iter(number.rjust(places, "0"))
    return "".join(_shown_sign(sign, letters) for sign in shown)


def _shown_sign(sign: str, letters: Iterable[str]) -> str:
    if sign not in "#*":
        return sign
    letter = next(iter(letters))
    return letter if sign == "#" else "*"


@cache
def _rows(scheme: str, country: str) -> tuple[_Row, ...]:
    """Return the forms to compare with: those that the scheme names in the country, or else in any."""
    if not scheme.strip():
        unnamed = _named()[""]
        if country:
            return tuple(row for row in unnamed if row.country == country)
        return tuple(row for row in unnamed if row.is_distinct)
    rows = _of_scheme(plain_scheme(scheme))
    return tuple(row for row in rows if row.country == country) or rows


def plain_scheme(scheme: str) -> str:
    """Return a scheme as the table has it: ``BR-CPF`` is ``br cpf``."""
    return _NOT_LETTERS.sub(" ", as_listed(scheme)).strip()


def _of_scheme(plain: str) -> tuple[_Row, ...]:
    """Return the forms of a scheme: "cedula de ciudadania no" begins with the name of one."""
    words = plain.split()
    for length in range(len(words), 0, -1):
        if rows := _named().get(" ".join(words[:length])):
            return rows
    return ()


@cache
def _named() -> Mapping[str, tuple[_Row, ...]]:
    """Return name of a scheme → its forms, and those of numbers without a scheme under ""."""
    found: dict[str, list[_Row]] = {"": []}
    for row in fixture_rows("facts/person_numbers"):
        entry = _Row(
            row["country"],
            re.compile(row["form"]),
            _CHECKS[row["check"]],
            row["kind"] == "person",
            row["shown"],
            bool(row["check"]) or "[A-Z]{4}" in row["form"],
        )
        for name in row["names"].split("|"):
            found.setdefault(name, []).append(entry)
    return {name: tuple(rows) for name, rows in found.items()}


def _is_cpf(number: str, _country: str) -> bool:
    return CPF.is_checked(number.zfill(11))


def _is_of_register(number: str, country: str) -> bool:
    return REGISTERS[country].is_checked(number)


def _is_rut(number: str, country: str) -> bool:
    return REGISTERS[country].is_checked(number.zfill(9))


def _is_luhn(number: str, _country: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = (int(digit) * factor for digit, factor in zip(reversed(number), cycle((1, 2)), strict=False))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _is_cedula_of_ecuador(number: str, country: str) -> bool:
    return _is_luhn(number[:10], country)


def _is_cedula_of_uruguay(number: str, _country: str) -> bool:
    """Weights 2, 9, 8, 7, 6, 3, 4; the sum with the check digit is a multiple of ten."""
    weighted = zip(number.zfill(8), (2, 9, 8, 7, 6, 3, 4, 1), strict=True)
    return sum(int(digit) * weight for digit, weight in weighted) % 10 == 0


def _is_cui_of_guatemala(number: str, _country: str) -> bool:
    """Eight digits, their check digit modulo 11, department and municipality."""
    rest = sum(int(digit) * weight for weight, digit in enumerate(number[:8], start=2)) % 11
    return rest == int(number[8]) and 1 <= int(number[9:11]) <= 22


def _is_dni_of_spain(number: str, _country: str) -> bool:
    """The letter is that of the number modulo 23; X, Y and Z stand for 0, 1 and 2."""
    digits = number[:-1].translate(str.maketrans("XYZ", "012"))
    return _SPANISH_LETTERS[int(digits) % 23] == number[-1]


_CHECKS: Mapping[str, Callable[[str, str], bool]] = {
    "": lambda _number, _country: True,
    "cpf": _is_cpf,
    "register": _is_of_register,
    "rut": _is_rut,
    "luhn": _is_luhn,
    "cedula_ec": _is_cedula_of_ecuador,
    "cedula_uy": _is_cedula_of_uruguay,
    "cui_gt": _is_cui_of_guatemala,
    "dni_es": _is_dni_of_spain,
}
