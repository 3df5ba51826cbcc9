"""
One company is listed several times among the tenderers.

## Why it matters

A list of three tenderers looks like competition. If one company is on it several times, fewer competed than were
counted.

## Method

Compare the tenderers by identifier, unless it is a generic one of a tax office (`XAXX010101000`), and by name.
Tenderers with different identifiers of one scheme are different companies, whatever their names: a shared name is that
of a registry, or a coincidence.

Flag the process if a company is on the list at least `times` times, and `numberOfTenderers` counts each entry, or is
not given and the list names nobody else.

### Severity

* **medium**: nobody else is named.
* **low**: everything else.
* **context** (needs no decision): at least three other companies are listed, so that one extra entry hardly makes the
  tender look more contested; or the company's bids have as many different prices as it has entries, so that each may
  be a bid for another lot or variant; or the purchase costs less than one of the `trifles` (by currency, about ten
  thousand euros).

## Exclusions

* Cancelled tenders.
* Tenders of several lots: the list may name a company for each lot.
* Lists that repeat a company while `numberOfTenderers` counts companies: the number is right, and the list may have an
  entry for each item.
* Entries whose numbers differ only in leading zeros ("05349", "5349"): they are the same company, listed twice when
  two tables were joined.

## Sources

A question of this project: among real records that people read, one listed a company three times as a tenderer.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from audits.facts.competition.bids import ids_of
from audits.facts.competition.tenderers import by_firm
from audits.facts.methods.small_purchases import TRIFLES, trifle
from audits.facts.money import money
from audits.facts.stages import name_of, standing_tender
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import (
    Context,
    Evidence,
    Finding,
    InsufficientDataError,
    NotApplicableError,
    Severity,
    Stage,
    rule,
)
from contracts.ocds.parsing.objects import OrganizationReference, Process

# So many others compete that one entry more adds little.
_MANY_OTHERS = 3
_LEADING_ZEROS = re.compile(r"(?<!\d)0+(?=\d)")


@rule(
    code="R082",
    title="Tenderer listed several times",
    stage=Stage.TENDER,
    severity=Severity.LOW,
    version=8,
    sentences={
        "default": "{name} stands {count} times among the {entries} tenderers; the record counts {counted}.",
        "alone": "{name} fills all {entries} entries of the list of tenderers.",
    },
    reasons={
        "many_others": "{others} other firms are listed",
        "bids_for_entries": "it made bids of {prices} different prices: each entry may stand for one of them",
        "several_lots": "the tender has several lots, and may list a firm for each",
    },
)
def tenderer_listed_repeatedly(
    dossier: Dossier, *, times: int = 2, trifles: Mapping[str, int] = TRIFLES
) -> Iterator[Finding]:
    tender = standing_tender(dossier)
    if not tender.tenderers:
        raise InsufficientDataError("/tender/tenderers")
    if len(tender.lots) > 1:
        raise NotApplicableError("several_lots")
    entries = len(tender.tenderers)
    firms = by_firm(dossier.process)
    is_alone = len(firms) == 1
    counted = {entries, None} if is_alone else {entries}
    for firm in firms:
        if _entries(firm) >= times and tender.number_of_tenderers in counted:
            name = name_of(dossier.process, firm[0])
            values = {"name": name, "entries": entries}
            yield Finding(
                evidence=tuple(
                    Evidence(tenderer.path, {"id": tenderer.id, "name": tenderer.name}) for tenderer in firm
                ),
                values=values if is_alone else values | {"count": len(firm), "counted": tender.number_of_tenderers},
                sentence="alone" if is_alone else "default",
                severity=Severity.MEDIUM if is_alone else Severity.LOW,
                cites=(firm[0].id or name,),
                context=_many_others(len(firms) - 1)
                or _bids_for_entries(dossier.process, firm)
                or trifle(dossier, trifles),
            )


def _many_others(others: int) -> Context | None:
    return Context("many_others", {"others": others}) if others >= _MANY_OTHERS else None


def _bids_for_entries(process: Process, firm: Sequence[OrganizationReference]) -> Context | None:
    ids = ids_of(firm)
    prices = {price for bid in process.bids if ids & ids_of(bid.tenderers) and (price := money(bid.value))}
    return Context("bids_for_entries", {"prices": len(prices)}) if len(prices) >= len(firm) else None


def _entries(firm: Sequence[OrganizationReference]) -> int:
    """Return how many entries a firm has; those of one number, with and without its leading zeros, are one."""
    written = {entry.id for entry in firm}
    return len(firm) - len(written) + len({_LEADING_ZEROS.sub("", number) for number in written})
