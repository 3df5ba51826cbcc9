"""How headers are compared, and the files of ``fixtures/tables`` that name them."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from contracts.ocds.fixture_tables import as_listed

FOLDER = Path(__file__).resolve().parents[3] / "fixtures" / "tables"
GENERAL = "general"
# The mapping of whoever sent a table.
GIVEN = "given"
# "valorContrato" is two words.
_WITHIN_WORDS = re.compile(r"(?<=[a-záéíóúâêôãõçñ])(?=[A-ZÁÉÍÓÚÂÊÔÃÕÇÑ])")
# Longer than headers are; a title may be as long.
MAX_LENGTH = 60
_NOT_SIGNIFICANT = re.compile(r"[\W_]+")


@cache
def read_names(name: str) -> dict[str, Any]:
    """Return what a file of headers holds."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def key(header: str) -> str:
    """
    Return a header without case, accents, spaces and signs, and without words that only link others.

    "RUC del proveedor" is "RUC Proveedor"; what is made of such words alone stays.
    """
    words = _NOT_SIGNIFICANT.split(as_listed(header))
    return "".join(word for word in words if word not in _linking()) or "".join(words)


def any_order(header: str) -> str:
    """
    Return the words of a header in the order of the alphabet, without those that only link others: "contratoValor" is
    "Valor del contrato". ``""`` if it is one word.

    That it is about a contract is left out beside two others: "Data Assinatura Contrato" is "Data de assinatura", but
    "N°" is not "N° de contrato".
    """
    if len(header) > MAX_LENGTH:
        return ""
    words = set(_NOT_SIGNIFICANT.split(as_listed(_WITHIN_WORDS.sub(" ", header)))) - _linking() - {""}
    telling = words - _of_contracts()
    words = telling if len(telling) > 1 else words
    return " ".join(sorted(words)) if len(words) > 1 else ""


def exact_key(header: str) -> str:
    """Return a header without case, accents, spaces and signs alone: digests that are stored are made of it."""
    return _NOT_SIGNIFICANT.sub("", as_listed(header))


@cache
def _of_contracts() -> frozenset[str]:
    return frozenset(read_names(GENERAL)["of_contracts"])


@cache
def _linking() -> frozenset[str]:
    return frozenset(read_names(GENERAL)["linking"])
