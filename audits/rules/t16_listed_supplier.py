"""
A supplier, maker or brand is or was on a public list.

## Why it matters

Some governments publish lists of companies that they restrict. The lists do not bind buyers elsewhere, but these may
want to know before support, parts or licences end.

## Method

Compare suppliers by identifier, then by name, with the vendors of this installation that a public list names, and look
for their names in the words of the record. Only lists that are switched on count.

The list with the date of the listing and the date on which the vendor was taken off, if a source tells them, the name
that matched and the match value (0 to 100, at least `match_value`) are shown.

### Severity

* **medium**, by default.
* **context** (needs no decision):
  * Purchases below one of the `petty` (by currency; a bound of this project).
  * Purchases that were over before the first of the lists named the vendor: the last day of awards, signatures and
    terms is earlier, and all its listings are dated.
  * Purchases during which no list named the vendor: on the first day of awards, signatures and terms it had been taken
    off, or else the next listing came after the last.
  * The text classifier takes the whole record for technology with a probability below one half, and no classification
    code says that it is technology.

## Exclusions

* Names inside other words ("Andahuaylas", "Azteca").
* Short names without capitals or context.
* Names that the text forbids ("no se aceptan equipos de …", "… equipment is prohibited").
* Objects out of scope.
* Purchases that were called off before anything was signed or paid.

Most listed vendors come from one country because the lists do: the country itself never raises a flag.

## Sources

The public lists named in each flag, with their authority and legal effect. Table of vendors of this installation.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from audits.facts.methods.small_purchases import PETTY, modest
from audits.facts.sellers.vendors import party_evidence, supplier_matches, vendor_names
from audits.facts.stages import days_of
from audits.facts.technology.prominence import reads_otherwise
from audits.facts.technology.scope import require_scope
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Context, Evidence, Finding, Severity, Stage, rule
from audits.matching.organizations.watchlist import Entry


@rule(
    code="T16",
    title="Listed supplier",
    stage=Stage.AWARD,
    severity=Severity.MEDIUM,
    version=21,
    lists=("vendors", "public_lists"),
    sentences={
        "default": "Public lists that name or named {vendor}: {lists:listings}.",
    },
    reasons={
        "modest": "what it costs, {spent}, is below {bound}: it hardly matters who sells it",
        "listed_later": "it was listed later: the last day of the purchase is {day:date}",
        "taken_off": "no list named it during the purchase: the first day is {first:date}, the last {last:date}",
    },
)
def listed_supplier(dossier: Dossier, *, match_value: int = 80, petty: Mapping[str, int] = PETTY) -> Iterator[Finding]:
    require_scope(dossier)
    context = modest(dossier.process, petty, 1) or reads_otherwise(dossier)
    first, last = days_of(dossier.process)
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
            values={"vendor": vendor, "lists": entry.dated_listings()},
            cites=(vendor,),
            context=context or _not_listed(entry, first, last),
        )


def _not_listed(entry: Entry, first: date | None, last: date | None) -> Context | None:
    """Return that no list named the vendor during a purchase; a start in a month or year is told by its first day."""
    if last is None:
        return None
    if last.isoformat() < entry.listed_first():
        return Context("listed_later", {"day": last.isoformat()})
    if first is None or entry.may_be_listed(first, last):
        return None
    return Context("taken_off", {"first": first.isoformat(), "last": last.isoformat()})
