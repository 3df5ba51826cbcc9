"""
Formats of values in sentences, in the reader's language: ``{opening:date}``, ``{method:code}``.

A template names behind the colon what a value is, since codes and dates are stored as they are and read by people:

========================  =============================================================================
``date``                  a day or a moment (ISO 8601); a moment with the offset from UTC that was given
``code``                  codes of OCDS, alone or several with commas between; other texts stay
``country``               ISO 3166-1 alpha-2
``sector``                a sector of technology
``number``                a number that is stored as text
``group``                 a population: country, codes and months, with commas between; names stay
``percent``               a share, in whole percent
``words``                 words that were counted, or that there are none
``listings``              public lists, each with its date, month, year or ``undated`` in parentheses, and behind
                          a slash when it took the organization off
``place``                 the id of an object, or the JSON Pointer of one that has no id
``process|processes``     a number, with the word for one or for many
========================  =============================================================================

A value of another kind, as an older flag may hold one, is shown as it is.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from contracts.ocds.codelists.codes import Words, word_of, words_of
from contracts.ocds.codelists.countries import country_name
from contracts.ocds.portuguese import PORTUGAL

SECTORS: Words = {
    "ai": ("artificial intelligence", "inteligencia artificial", "inteligência artificial"),
    "surveillance": ("surveillance and biometrics", "vigilancia y biometría", "vigilância e biometria"),
    "telecoms": ("telecoms networks", "redes de telecomunicaciones", "redes de telecomunicações"),
    "cloud": ("cloud and hosting", "nube y alojamiento", "nuvem e hospedagem"),
    "command_centre": ("command centres", "centros de mando", "centros de comando"),
    "digital_identity": ("digital identity", "identidad digital", "identidade digital"),
    "software_platform": ("software platforms", "plataformas de software", "plataformas de software"),
    "cybersecurity": ("cybersecurity", "ciberseguridad", "cibersegurança"),
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
_DAY = {"en": "{day} {month} {year}", "es": "{day} de {month} de {year}", "pt": "{day} de {month} de {year}"}
_MONTH = {"en": "{month} {year}", "es": "{month} de {year}", "pt": "{month} de {year}"}
_SPAN = {"en": "{start} to {end}", "es": "{start} a {end}", "pt": "{start} a {end}"}
_NTH = {"en": "no. {number}", "es": "n.º {number}", "pt": "n.º {number}"}
_UNKNOWN_SCHEME = {"en": "scheme not given", "es": "sin nombre de la clasificación", "pt": "sem nome da classificação"}
_NO_WORDS = {"en": "none by itself", "es": "ninguna por sí sola", "pt": "nenhuma por si só"}
_UNDATED = {"en": "date not known", "es": "sin fecha conocida", "pt": "sem data conhecida"}
_TAKEN_OFF = {"en": "{start}; taken off: {end}", "es": "{start}; retirado: {end}", "pt": "{start}; retirado: {end}"}
# Portugal writes these as Brazil does.
for _wordings in (_MONTHS, _DAY, _MONTH, _SPAN, _NTH, _UNKNOWN_SCHEME, _NO_WORDS, _UNDATED, _TAKEN_OFF):
    _wordings[PORTUGAL] = _wordings["pt"]
_DATED = re.compile(r"\((undated|\d{4}(?:-\d{2}){0,2})(?:/(\d{4}(?:-\d{2}){0,2}))?\)")
_LISTED = re.compile(r"/(?:\w+/)*(\d+)")
_YEAR_MONTH = re.compile(r"(\d{4})-(\d{2})")
_YEARS = re.compile(r"\d{4} – \d{4}")
_COUNTRY = re.compile(r"[A-Z]{2}")


def decimal(text: str, language: str) -> str:
    """Return a number with the decimal mark of the language: 0,5 except in English."""
    return text if language == "en" else text.replace(".", ",")


def _month_name(month: int, language: str) -> str:
    return _MONTHS[language].split()[month - 1]


def day(value: date, language: str) -> str:
    """Return a day in words: 20 March 2024, 20 de marzo de 2024."""
    return _DAY[language].format(day=value.day, month=_month_name(value.month, language), year=value.year)


def moment(value: datetime, language: str) -> str:
    """Return a time in words, with its offset from UTC."""
    offset = value.utcoffset() or timedelta()
    clock = f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    sign = "−" if offset < timedelta() else "+"
    zone = f"{sign}{hours}" + (f":{minutes:02}" if minutes else "") if offset else ""
    return f"{day(value, language)}, {clock} UTC{zone}"


def date_in_words(text: str, language: str) -> str:
    """Return a day or time (ISO 8601) in words; any other text unchanged."""
    try:
        if len(text) > len("2024-03-20"):
            return moment(datetime.fromisoformat(text), language)
        return day(date.fromisoformat(text), language)
    except ValueError:
        return text


def _group(text: str, language: str) -> str:
    first, *others = text.split(", ")
    if _COUNTRY.fullmatch(first):
        first = country_name(first, language)
    return ", ".join([_part(first, language), *(_part(part, language) for part in others)])


def _buyer(text: str, language: str) -> str:
    """Return a buyer, whose name may contain commas, with its currency and months in parentheses."""
    name, *counted = text.rsplit(", ", 2)
    if len(counted) < 2:
        return _group(text, language)
    return f"{name} ({', '.join(_part(part, language) for part in counted)})"


def _part(text: str, language: str) -> str:
    start, _dash, end = text.partition(" – ")
    if _YEARS.fullmatch(text):
        return _SPAN[language].format(start=start, end=end)
    if _YEAR_MONTH.fullmatch(start) and _YEAR_MONTH.fullmatch(end):
        return _SPAN[language].format(start=_month(start, language), end=_month(end, language))
    return word_of(text, language)


def _month(text: str, language: str) -> str:
    year, month = text.split("-")
    return _MONTH[language].format(month=_month_name(int(month), language), year=year)


def _place(text: str, language: str) -> str:
    found = _LISTED.fullmatch(text)
    return _NTH[language].format(number=int(found[1]) + 1) if found else text


def _scheme(text: str, language: str) -> str:
    return text if text and text != "?" else _UNKNOWN_SCHEME[language]


def _listings(text: str, language: str) -> str:
    def when(told: str) -> str:
        if told == "undated":
            return _UNDATED[language]
        return _month(told, language) if _YEAR_MONTH.fullmatch(told) else date_in_words(told, language)

    def in_words(found: re.Match[str]) -> str:
        start, end = found.groups()
        return f"({_TAKEN_OFF[language].format(start=when(start), end=when(end)) if end else when(start)})"

    return _DATED.sub(in_words, text)


def _percent(text: str, _language: str) -> str:
    share = float(text)
    return "< 1 %" if 0 < share < 0.01 else f"{share:.0%}".replace("%", " %")


_FORMS: Mapping[str, Callable[[str, str], str]] = {
    "date": date_in_words,
    "code": words_of,
    "country": country_name,
    "sector": lambda text, language: word_of(text, language, SECTORS),
    "number": decimal,
    "group": _group,
    "buyer": _buyer,
    "percent": _percent,
    "words": lambda text, language: text or _NO_WORDS[language],
    "listings": _listings,
    "place": _place,
    "scheme": _scheme,
}


class Worded:
    """A value for which a template may use one of these formats; ``shown`` is its default form."""

    def __init__(self, value: object, shown: object, language: str) -> None:
        self._value, self._shown, self._language = value, shown, language

    def __format__(self, form: str) -> str:
        one, is_counted, many = form.partition("|")
        if is_counted:
            # Only the number 1 takes the singular, in all three languages.
            return f"{self._shown} {one if self._value == 1 else many}"
        if form:
            return _FORMS[form](str(self._value), self._language)
        return str(self._shown)
