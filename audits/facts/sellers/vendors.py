"""Vendors of the watchlists: among the suppliers of a record, and in its words."""

from collections.abc import Iterable

from audits.facts.sellers.barred import is_barred
from audits.judging.dossiers.parts import WORDS_OF_RECORD
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Evidence
from audits.matching.organizations.watchlist import NameMention, PartyMatch
from audits.matching.reference.data import VENDORS

# Minimum match value of a party, from 0 to 100, to be cited.
SURE = 80


def supplier_matches(dossier: Dossier) -> tuple[PartyMatch, ...]:
    """Return the listed vendors among suppliers."""
    return tuple(
        match
        for match in dossier.matches
        if match.entry.watchlist == VENDORS and match.value >= SURE and "supplier" in match.roles
    )


def vendor_names(dossier: Dossier, parts: Iterable[str] = WORDS_OF_RECORD) -> tuple[NameMention, ...]:
    """Return the listed vendors that the words of the record name, but for those that they bar."""
    wanted = set(parts)
    return tuple(
        name
        for name in dossier.names
        if name.entry.watchlist == VENDORS
        and name.part in wanted
        and not ((name.negated or is_barred(dossier, name)) and dossier.leaves_out(name, "denied"))
    )


def party_evidence(match: PartyMatch) -> Evidence:
    """Return a matched party as evidence: its name, and the list entry it matched, with the match value."""
    note = f"{match.entry.name}: {match.alias} ({match.value})"
    return Evidence(f"{match.path}/name", match.name, match.name, note=note)
