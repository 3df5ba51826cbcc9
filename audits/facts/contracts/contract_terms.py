"""The length of contracts, from the periods of a record."""

from collections.abc import Iterator
from datetime import timedelta

from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Evidence
from contracts.ocds.parsing.objects import Period

DAYS_IN_YEAR = 365.25
# Length in days, owner of the period (id of a lot, award or contract, or ``tender``), and its place.
Term = tuple[float, str, tuple[Evidence, ...]]


def contract_terms(dossier: Dossier) -> list[Term]:
    """Return the length of each period of tender, lots, awards and contracts."""
    process = dossier.process
    found = [("tender", process.tender.contract_period)]
    found.extend((lot.id or "lot", lot.contract_period) for lot in process.tender.lots)
    found.extend((award.id or "award", award.contract_period) for award in process.awards)
    found.extend((contract.id or "contract", contract.period) for contract in process.contracts)
    return [(days, stage, evidence) for stage, period in found if period for days, evidence in _lengths(period)]


def _lengths(period: Period) -> Iterator[tuple[float, tuple[Evidence, ...]]]:
    """Yield each length in days stated by a period, with its place."""
    ends = (("endDate", period.end), ("maxExtentDate", period.max_extent))
    for name, end in ends:
        if period.start and end and end >= period.start:
            yield (
                (end - period.start) / timedelta(days=1),
                (
                    Evidence(f"{period.path}/startDate", period.start.isoformat()),
                    Evidence(f"{period.path}/{name}", end.isoformat()),
                ),
            )
    if period.duration_days is not None:
        yield period.duration_days, (Evidence(f"{period.path}/durationInDays", period.duration_days),)
