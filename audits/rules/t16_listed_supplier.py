"""
A supplier, maker or brand is on a public list.

## Why it matters

Some governments publish lists of firms that they restrict. A buyer elsewhere is not bound by them, but may want to
know before support, parts or licences end.

## Method

Compare suppliers by identifier, then by name, with the vendors of this installation that a public list names, and
look for their names in the words of the record. Only lists that are switched on count. The list, the name that
matched and the match value (0 to 100, at least `match_value`) are shown.

## Exclusions

* Names inside other words ("Andahuaylas", "Azteca").
* Short names without capitals or context.
* Objects out of scope.
* Purchases that were called off before anything was signed or paid.

Most listed vendors come from one country because the lists do: the country itself raises nothing.

## Sources

The public lists named in each flag, with their authority and legal effect. Table of vendors of this installation.
"""

from collections.abc import Iterator

from audits.facts.procurement.vendors import party_evidence, supplier_matches, vendor_names
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Change, Evidence, Finding, Severity, Stage, rule
from audits.matching.watchlist import Entry


@rule(
    code="T16",
    title="Listed supplier",
    stage=Stage.AWARD,
    severity=Severity.MEDIUM,
    version=6,
    changes={
        2: Change(
            "2026-11-25",
            "The thing bought must be technology too, else the finding is withheld; each text is read in its own "
            "language, each lot by itself.",
        ),
        3: Change(
            "2026-11-27",
            "Words with other meanings count only where the notice reads more clearly like technology, and "
            "words within the name of a buyer no longer tell what is bought.",
        ),
        4: Change("2026-11-28", "Not asked of what was called off before anything was signed or paid."),
        5: Change(
            "2026-11-29",
            "What only a long list names, behind its first words, is not what is bought.",
        ),
        6: Change(
            "2026-11-29",
            "What an exclusion sets aside, or a text denies, is withheld, with the exclusion and the passage.",
        ),
    },
    sentences={
        "default": "Public lists that name {vendor}: {lists}.",
    },
)
def listed_supplier(dossier: Dossier, *, match_value: int = 80) -> Iterator[Finding]:
    require_scope(dossier)
    found: dict[str, tuple[Entry, list[Evidence]]] = {}
    for match in supplier_matches(dossier):
        if match.entry.listings and match.value >= match_value:
            found.setdefault(match.entry.name, (match.entry, []))[1].append(party_evidence(match))
    for name in vendor_names(dossier):
        if name.entry.listings:
            found.setdefault(name.entry.name, (name.entry, []))[1].append(dossier.evidence(name, name.entry.name))
    for vendor, (entry, evidence) in found.items():
        yield Finding(
            evidence=tuple(evidence),
            values={"vendor": vendor, "lists": ", ".join(entry.listings)},
            cites=(vendor,),
        )
