"""
Tax registers by country: their names in records, and the form of their numbers.

A number without a register belongs to that of its country if it has its form and the right check digit. Where no
source describes a check digit (Bolivia, Costa Rica, El Salvador, Honduras), the register must be named. Schemes are
those of org-id.guide, which has none for Uruguay. Colombian numbers are stored without the check digit, which most
records omit.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from contracts.ocds.caching import remembered
from contracts.ocds.fixture_tables import as_listed
from contracts.ocds.placeholders import registers_nobody

# The value of a character, as Instrução Normativa RFB 2.229/2024 has it: its code in ASCII, less that of 0. The places
# before a shorter number count nothing.
_VALUES = {chr(code): code - ord("0") for code in range(ord("0"), ord("Z") + 1)} | {" ": 0}
# As annex III of the algorithm of the RFC has it, where a company's is shorter than a person's by a space.
_RFC_VALUES = {letter: value for value, letter in enumerate("0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ")}


def _up_to(heaviest: int, length: int) -> tuple[int, ...]:
    """Return weights from the right, which start again at 2 after the largest one."""
    return tuple(2 + place % (heaviest - 1) for place in range(length))


class Register(NamedTuple):
    """
    A register, and its check digits: modulo 11, of the weighted sum of values.

    ``names`` are names or prefixes that records use instead of its scheme; ``form`` matches a whole number without
    punctuation, of which ``checked`` includes the check digits and ``own`` is the stored number. ``accounts`` matches
    a number as it is written before one of a portal's accounts.
    """

    scheme: str
    names: tuple[str, ...]
    form: re.Pattern[str] | None = None
    weights: Sequence[int] = ()
    # Check digit by remainder; "-" for numbers that are never issued.
    digits: str = "00987654321"
    check_digits: int = 1
    values: Mapping[str, int] = _VALUES
    accounts: re.Pattern[str] | None = None

    def is_called(self, scheme: str) -> bool:
        """Return whether a record calls this register so."""
        return scheme.upper() == self.scheme or f"{as_listed(scheme)} ".startswith(self.names)

    def without_account(self, written: str) -> str:
        """Return a number as it is written, without that of an account behind it."""
        found = self.accounts.fullmatch(written.strip()) if self.accounts else None
        return found["number"] if found else written

    def own_number(self, number: str) -> str:
        """Return the stored form of a number of this register; ``""`` unless it has the form and the check digits."""
        if registers_nobody(number) or not self.is_checked(number):
            return ""
        return self._found(number).groupdict().get("own", number)  # type: ignore[union-attr]

    def is_checked(self, number: str) -> bool:
        """Return whether a number has the form and the check digits."""
        found = self._found(number)
        if found is None:
            return False
        checked = found["checked"]
        ends = range(len(checked) - self.check_digits, len(checked))
        return all(checked[end] == self._check_digit(checked[:end]) for end in ends)

    def _found(self, number: str) -> re.Match[str] | None:
        return self.form.fullmatch(number) if self.form else None

    def _check_digit(self, text: str) -> str:
        letters = reversed(text.rjust(len(self.weights)))
        rest = sum(weight * self.values[letter] for weight, letter in zip(self.weights, letters, strict=True))
        return self.digits[rest % 11]


# Not of organizations, and so of no country's register here: CPF, Instrução Normativa RFB 1.548/2015.
CPF = Register("BR-CPF", ("cpf ",), re.compile(r"(?P<checked>[0-9]{11})"), _up_to(11, 10), check_digits=2)

REGISTERS: Mapping[str, Register] = {
    # AFIP, Clave Única de Identificación Tributaria; of rest 1 the kind of number is changed until it is 9.
    "AR": Register(
        "AR-CUIT",
        ("cuit ", "clave unica de identificacion tributaria "),
        re.compile(r"(?P<checked>(?:2[0347]|3[034]|5[015])[0-9]{9})"),
        _up_to(7, 10),
        "09987654321",
    ),
    "BO": Register("BO-NIT", ("nit ",)),
    # Instrução Normativa RFB 2.119/2022, and 2.229/2024 for those with letters, from July 2026 on.
    "BR": Register(
        "BR-CNPJ",
        ("cnpj ", "cadastro nacional da pessoa juridica "),
        re.compile(r"(?P<checked>[0-9A-Z]{12}[0-9]{2})"),
        _up_to(9, 13),
        check_digits=2,
    ),
    # Servicio de Impuestos Internos, Rol Único Tributario (DFL 3 de 1969). Numbers of eight digits are left out: they
    # are also numbers of nine without their check digit.
    "CL": Register(
        "CL-RUT",
        ("rut ", "rol unico tributario "),
        re.compile(r"(?P<checked>[0-9]{8}[0-9K])"),
        _up_to(7, 8),
        "0K987654321",
    ),
    # DIAN, Orden Administrativa 4 de 1989. Those of natural persons are left out: they are numbers of their cards.
    "CO": Register(
        "CO-NIT",
        ("nit ", "numero de identificacion tributaria "),
        re.compile(r"(?P<checked>(?P<own>[89][0-9]{8})[0-9])"),
        (3, 7, 13, 17, 19, 23, 29, 37, 41),
        "01987654321",
    ),
    "CR": Register("CR-RPJ", ("cedula juridica ", "cedula de persona juridica ")),
    # Servicio de Rentas Internas, Registro Único de Contribuyentes: behind the province 6 for public bodies and 9
    # for companies. Those of natural persons are left out.
    "EC": Register(
        "EC-RUC",
        ("ruc ", "registro unico de contribuyentes "),
        re.compile(r"(?=[0-9]{10}001\Z)(?P<checked>(?:0[1-9]|1[0-9]|2[0-4]|30|50)(?:6[0-9]{6}|9[0-9]{7}))[0-9]+"),
        _up_to(7, 9),
        "0-987654321",
        accounts=re.compile(r"(?P<number>(?:EC-RUC-)?[0-9]{10}001)-[0-9]{1,9}"),
    ),
    # Superintendencia de Administración Tributaria, FEL: reglas y validaciones.
    "GT": Register(
        "GT-NIT",
        ("nit ", "numero de identificacion tributaria "),
        re.compile(r"(?P<checked>[0-9]{6,8}[0-9K])"),
        _up_to(9, 8),
        "0K987654321",
    ),
    "HN": Register("HN-RTN", ("rtn ", "registro tributario nacional ")),
    # Servicio de Administración Tributaria, Algoritmo para generar el RFC con homoclave (0610100135506, 2006).
    "MX": Register(
        "MX-RFC",
        ("rfc ", "registro federal de contribuyentes "),
        re.compile(
            r"(?P<checked>[A-ZÑ&]{3,4}[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[1-9A-V][1-9A-Z][0-9A])"
        ),
        _up_to(13, 12),
        "0A987654321",
        values=_RFC_VALUES,
    ),
    # SUNAT, Registro Único de Contribuyentes.
    "PE": Register(
        "PE-RUC",
        ("ruc ", "registro unico de contribuyentes "),
        re.compile(r"(?P<checked>(?:1[057]|20)[0-9]{9})"),
        _up_to(7, 10),
        "10987654321",
    ),
    # Decreto-Lei 14/2013 (NIF) and 129/98 (NIPC); first digits as the tax office gives them out.
    "PT": Register(
        "PT-NIPPC",
        ("nif ", "nipc ", "numero de identificacao fiscal "),
        re.compile(r"(?P<checked>(?:[1235689][0-9]|45|7[0-9])[0-9]{7})"),
        _up_to(9, 8),
    ),
    # Subsecretaría de Estado de Tributación, Dígito verificador. Those of natural persons are left out: without their
    # check digit they are numbers of other persons' cards.
    "PY": Register(
        "PY-RUC",
        ("ruc ", "registro unico de contribuyente ", "registro unico de contribuyentes "),
        re.compile(r"(?P<checked>80[0-9]{7})"),
        _up_to(11, 8),
    ),
    "SV": Register("SV-NIT", ("nit ",)),
    # AGESIC, Modelo de datos: Registro Único Tributario of the Dirección General Impositiva.
    "UY": Register(
        "UY-RUT",
        ("rut ", "registro unico tributario "),
        re.compile(r"(?P<checked>(?:0[1-9]|1[0-9]|2[0-2])[0-9]{6}001[0-9])"),
        _up_to(9, 11),
        "0-987654321",
    ),
}


@remembered
def own_number(number: str, country: str) -> str:
    """Return the stored form of a number of a country's register; ``""`` if nothing shows that it is one."""
    return REGISTERS[country].own_number(number)
