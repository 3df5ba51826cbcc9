"""Normalize headers for comparison, and read the files of ``fixtures/tables``."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from contracts.ocds.fixture_tables import as_listed

FOLDER = Path(__file__).resolve().parents[3] / "fixtures" / "tables"
GENERAL = "general"
# Name of a sender's own mapping.
GIVEN = "given"
# "valorContrato" is two words.
_WITHIN_WORDS = re.compile(r"(?<=[a-záéíóúâêôãõçñ])(?=[A-ZÁÉÍÓÚÂÊÔÃÕÇÑ])")
# Longer texts are titles, not headers.
MAX_LENGTH = 60
_NOT_SIGNIFICANT = re.compile(r"[\W_]+")


@cache
def read_names(name: str) -> dict[str, Any]:
    """Return the content of a file of headers."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def key(header: str) -> str:
    """
    Return a header without case, accents, spaces and signs, and without linking words: "RUC del proveedor" is "RUC
    Proveedor". A header of linking words alone stays.
    """
    words = _NOT_SIGNIFICANT.split(as_listed(header))
    return "".join(word for word in words if word not in _linking()) or "".join(words)


def any_order(header: str) -> str:
    """
    Return the words of a header in alphabetical order, without linking words: "contratoValor" is "Valor del contrato".
    ``""`` for a single word.

    The word for a contract is dropped beside two others: "Data Assinatura Contrato" is "Data de assinatura", but "N°"
    is not "N° de contrato".
    """
    if len(header) > MAX_LENGTH:
        return ""
    words = set(_NOT_SIGNIFICANT.split(as_listed(words_apart(header)))) - _linking() - {""}
    telling = words - _of_contracts()
    words = telling if len(telling) > 1 else words
    return " ".join(sorted(words)) if len(words) > 1 else ""


def words_apart(header: str) -> str:
    """Return a header with spaces between words that programs join: "valorContrato" is "valor Contrato"."""
    return _WITHIN_WORDS.sub(" ", header)


def exact_key(header: str) -> str:
    """Return a header without case, accents, spaces and signs. Stored digests depend on it, so it must not change."""
    return _NOT_SIGNIFICANT.sub("", as_listed(header))


@cache
def _of_contracts() -> frozenset[str]:
    return frozenset(read_names(GENERAL)["of_contracts"])


@cache
def _linking() -> frozenset[str]:
    return frozenset(read_names(GENERAL)["linking"])
