"""Currencies as people write them (``S/``, ``R$``, ``pesos``) → ISO 4217."""

from functools import cache

import pycountry

from contracts.ocds.fixture_tables import as_listed, fixture_rows

# ISO 4217 codes withdrawn since 1990 in the countries we read, which pycountry lacks.
_WITHDRAWN = frozenset(
    {"ARA", "BRE", "BRR", "BYR", "CUC", "ECS", "MXP", "NIC", "PEI", "SVC", "UYP", "VEB", "VEF", "ZWL"}
)


class UnclearCurrencyError(ValueError):
    """Raised if a text may mean the currencies of several countries, such as ``$`` without a country."""


@cache
def known_currencies() -> frozenset[str]:
    """Return the ISO 4217 codes, including withdrawn ones: old contracts keep their currency."""
    return frozenset({currency.alpha_3 for currency in pycountry.currencies}) | _WITHDRAWN


@cache
def _codes() -> dict[str, dict[str, str]]:
    """Return text → country → code; the country ``""`` stands for all others."""
    codes: dict[str, dict[str, str]] = {}
    for row in fixture_rows("facts/currencies"):
        codes.setdefault(_plain(row["text"]), {})[row["country"]] = row["code"]
    return codes


def _plain(text: str) -> str:
    """Return a text normalized for comparison: ``M.N.``, ``M.N`` and ``MN`` are equal."""
    return as_listed(text.replace("-", " ")).replace(".", "")


def read_currency(text: str, country: str = "") -> str:
    """
    Return the code of a currency, ``""`` if the text names none.

    A sign next to a code is ignored: ``$ MXN`` is ``MXN``.

    :param country: ISO 3166-1, to resolve ``$`` and pesos
    :raises UnclearCurrencyError: if neither text nor country is decisive
    """
    folded = _plain(text)
    code = _code(folded, country)
    if code is None:
        parts = [_code(part, country) for part in folded.split()]
        codes = {part for part in parts if part}
        if None in parts or len(codes) > 1:
            return ""
        code = codes.pop() if codes else ""
    if folded and not code:
        raise UnclearCurrencyError(text)
    return code


def currency_or_none(text: str, country: str = "") -> str:
    """Return the code of a currency; ``""`` if the text names none, or may mean several."""
    try:
        return read_currency(text, country)
    except UnclearCurrencyError:
        return ""


def is_currency(text: str) -> bool:
    """Return whether a text is only a currency, possibly an ambiguous one."""
    try:
        return bool(read_currency(text))
    except UnclearCurrencyError:
        return True


def _code(folded: str, country: str) -> str | None:
    """Return a code; ``""`` if the text is ambiguous, ``None`` if it has no meaning."""
    if folded.upper() in known_currencies():
        return folded.upper()
    meanings = _codes().get(folded)
    if meanings is None:
        return None
    return meanings.get(country) or meanings.get("", "")
