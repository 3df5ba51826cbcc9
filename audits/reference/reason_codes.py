"""Why people decide as they do, as codes: data, in three languages, for all rules or for a family of them."""

from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct, convert

from audits.models import Review, Verdict
from contracts.ocds.fixture_tables import fixture_rows
from contracts.translating import as_spoken, language_in_force


class ReasonCode(Struct, frozen=True, forbid_unknown_fields=True):
    """
    A code with its labels, and when to choose it. ``family`` is the letter that codes of its rules begin with, ``""``
    for all rules; ``verdict`` is what it says of a flag.
    """

    code: str
    family: str
    verdict: Verdict
    en: str
    es: str
    pt: str
    meaning_en: str
    meaning_es: str
    meaning_pt: str

    @property
    def decision(self) -> Review.Decision:
        """The decision for which it is a reason."""
        return self.verdict.decision

    @property
    def label(self) -> str:
        """In the reader's language."""
        return as_spoken(getattr(self, language_in_force()))

    @property
    def meaning(self) -> str:
        """When to choose it, in the reader's language."""
        return as_spoken(getattr(self, f"meaning_{language_in_force()}"))


@lru_cache(maxsize=1)
def reason_codes() -> dict[str, ReasonCode]:
    """
    Return all codes, by code, in their order.

    :raises msgspec.ValidationError: if a row lacks a column or has one too many
    """
    return {row["code"]: convert(row, ReasonCode) for row in fixture_rows("reference/reason_codes")}


def reasons_for(rules: Iterable[str]) -> list[ReasonCode]:
    """Return the codes that are offered for flags of all these rules."""
    families = {rule[:1] for rule in rules}
    return [entry for entry in reason_codes().values() if not entry.family or {entry.family} == families]


def reason_label(code: str | None) -> str:
    """Return what a code says; a code that is no longer in the list says itself, none ``""``."""
    known = reason_codes().get(code or "")
    return known.label if known else code or ""
