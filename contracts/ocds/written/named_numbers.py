"""Tax numbers with the name of their register: typed after a name, or named by a header."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from contracts.ocds.fixture_tables import as_listed
from contracts.ocds.placeholders import registers_nobody
from contracts.ocds.written.tax_numbers import REGISTERS, Register

_SIGNS = re.compile(r"[^0-9A-ZÑ&]")
# Between a name, its register and its number.
_BETWEEN = " \t,;:.()–-"
# Minimum length without a check digit: shorter numbers are row numbers, or stand for anybody.
_BARE = re.compile(r"[0-9]{6,14}")
# From a Colombian "RUT" people copy the NIT, mostly without its check digit. Chile's number has as many digits, so
# without a hyphen it is ambiguous; after a hyphen, the last digit is a check digit.
_OF_TWO_COUNTRIES = re.compile(r"[89][0-9]{8}")
_CNPJ = r"[0-9]{2}\.[0-9]{3}\.[0-9]{3}/[0-9]{4}-[0-9]{2}"
# "11.222.333/0001-81 - ACME Ltda", "ACME Ltda [11.222.333/0001-81]".
_WITH_CNPJ = re.compile(
    rf"(?P<before>{_CNPJ}) ?[-–|:] ?(?P<name>[^\W\d_].*)"
    rf"|\A(?P<first>[^\[\]()]*\w[.)]?) ?(?:[\[(](?P<bracketed>{_CNPJ})[\])]|[-–|] ?(?P<behind>{_CNPJ}))"
)
_IN_GROUPS = re.compile(r"[.,\s)]")


class NamedNumber(NamedTuple):
    """A name without the number after it, the number, and the scheme of its register."""

    name: str
    scheme: str
    number: str


def number_in_name(text: str, country: str) -> NamedNumber | None:
    """
    Return the name and number in a text: ``ACME Ltda, CNPJ 11.222.333/0001-81``.

    A number that is written as those of Brazilian firms alone are needs no name of the register beside it.

    :param country: country of the register; if unknown, the one whose check digit is right
    """
    words = text.split()
    if country in {"", "BR"} and (marked := _WITH_CNPJ.fullmatch(" ".join(words))):
        number = _SIGNS.sub("", marked["before"] or marked["bracketed"] or marked["behind"])
        name = marked["name"] or marked["first"]
        return NamedNumber(name, "BR-CNPJ", number) if REGISTERS["BR"].is_checked(number) else None
    for place in range(len(words) - 1, 0, -1):
        # "NIT:1020304050" is one word.
        called, _colon, first = words[place].strip(_BETWEEN).partition(":")
        named = [entry for entry in _registers(country) if f"{as_listed(called)} " in entry.names]
        if not named:
            continue
        written = (first, *words[place + 1 :])
        behind = [sign for word in written if (sign := _SIGNS.sub("", word.upper()))]
        # Without a check digit that shows one number, "1020304050 2024" are two.
        is_checked = all(register.form for register in named)
        is_clear = country or not _is_of_two_countries("".join(written), named)
        found = [register for register in named if is_clear and _is_of(register, "".join(behind), country)]
        name = " ".join(words[:place]).strip(_BETWEEN.replace(".", ""))
        if len(found) == 1 and (is_checked or (country and len(behind) == 1)) and _is_of_one(name, called):
            return NamedNumber(name, found[0].scheme, "".join(behind))
        return None
    return None


def _is_of_one(name: str, called: str) -> bool:
    """Return whether a name is that of one body: "A, NIT 1, y B" and "Consorcio C (líder: A" are not."""
    words = as_listed(name).replace(":", " ").split()
    return bool(name) and as_listed(called) not in words and name.count("(") == name.count(")")


def scheme_of_header(header: str, number: str, country: str) -> str:
    """Return the scheme of a register without known check digits, if a header names it."""
    register = REGISTERS.get(country)
    if register is None or register.form is not None:
        return ""
    return (
        register.scheme
        if _is_named(register, header) and _is_of(register, _SIGNS.sub("", number.upper()), country)
        else ""
    )


def misspelt(header: str, number: str, country: str) -> str:
    """
    Return the scheme of the register named by a header, if a number has its form but not its check digits.

    :param country: country of the register; if unknown, the only one with this name and form. Registers without a
        known form may match too: "NIT" alone does not identify the nine digits of Colombia, nor does "RUT"
    """
    written = _SIGNS.sub("", number.upper())
    named = [entry for entry in _registers(country) if _is_named(entry, header)]
    if not country and _is_of_two_countries(number, named):
        return ""
    found = [entry for entry in named if entry.form is None or entry.form.fullmatch(written)]
    is_wrong = len(found) == 1 and found[0].form and not found[0].own_number(written) and not registers_nobody(written)
    return found[0].scheme if is_wrong else ""


def _registers(country: str) -> list[Register]:
    """Return the register of a country; if that is unknown, all."""
    return [REGISTERS[country]] if country in REGISTERS else [] if country else list(REGISTERS.values())


def _is_named(register: Register, header: str) -> bool:
    return any(f" {name}" in f" {as_listed(header)} " for name in register.names)


def _is_of_two_countries(number: str, named: Sequence[Register]) -> bool:
    """Return whether a number below the name of Chile's register may be Colombian without its check digit."""
    return REGISTERS["CL"] in named and _OF_TWO_COUNTRIES.fullmatch(_IN_GROUPS.sub("", number)) is not None


def _is_of(register: Register, number: str, country: str) -> bool:
    if register.form is not None:
        return bool(register.own_number(number))
    return bool(country) and _BARE.fullmatch(number) is not None and not registers_nobody(number)
