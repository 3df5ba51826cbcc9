"""Who took part in a tender, as far as the record names them."""

from datetime import UTC, datetime

from audits.facts.stages import name_of
from audits.judging.vocabulary import Evidence, InsufficientDataError
from audits.matching.normalize import fold_phrase
from contracts.ocds.views import BidStatistic, Process, Reference

# Of the codelist of the bid extension: who bid, before any was discounted; then what was left after an evaluation.
AFTER_EVALUATION = ("qualifiedBidders", "validBids")
MEASURES = ("bidders", "bids", *AFTER_EVALUATION)
NOT_SUBMITTED = frozenset({"invited", "withdrawn"})
_NEVER = datetime.min.replace(tzinfo=UTC)


def count_tenderers(process: Process) -> tuple[int, Evidence]:
    """
    Return how many took part, and where the record says so.

    That is the first of the number of tenderers, their list, the tenderers of submitted bids, the statistics of bids.

    :raises InsufficientDataError: if none tells it, or the list lacks the supplier of an award
    """
    tender = process.tender
    if tender.tenderers:
        _require_suppliers(process)
    if tender.number_of_tenderers is not None:
        path = f"{tender.path}/numberOfTenderers"
        return tender.number_of_tenderers, Evidence(path, tender.number_of_tenderers, note="numberOfTenderers")
    if tender.tenderers:
        names = [name_of(process, tenderer) for tenderer in tender.tenderers]
        return len(set(names)), Evidence(f"{tender.path}/tenderers", names, note="tenderers")
    bidders = {
        tenderer.id or tenderer.name
        for bid in process.bids
        if bid.status not in NOT_SUBMITTED
        for tenderer in bid.tenderers
    }
    if bidders:
        return len(bidders), Evidence("/bids/details", sorted(bidders), note="bids")
    return _statistic(process)


def by_firm(process: Process) -> list[list[Reference]]:
    """Return the tenderers, those that share an id, an identifier or a name together, in the order of the record."""
    firms: list[tuple[set[str], list[Reference]]] = []
    for tenderer in process.tender.tenderers:
        keys = _keys(process, tenderer)
        same = [firm for firm in firms if not firm[0].isdisjoint(keys)]
        merged = (keys.union(*(firm[0] for firm in same)), [*(entry for firm in same for entry in firm[1]), tenderer])
        firms = [firm for firm in firms if firm not in same]
        firms.append(merged)
    return [tenderers for _, tenderers in firms]


def _require_suppliers(process: Process) -> None:
    """Let pass lists that may be those of all who took part: some publishers list others than they award."""
    keys = {key for tenderer in process.tender.tenderers for key in _keys(process, tenderer)}
    for award in process.awards:
        for supplier in award.suppliers:
            if (own := _keys(process, supplier)) and keys.isdisjoint(own):
                name = name_of(process, supplier)
                raise InsufficientDataError("/tender/tenderers", "supplier_not_listed", supplier=name)


def _keys(process: Process, reference: Reference) -> set[str]:
    """Return what tells an organization from another: its id, its identifier and its name."""
    party = process.party(reference)
    named = (reference.name, party.name if party else "", party.legal_name if party else "")
    keys = {fold_phrase(name) for name in named if name.strip()}
    keys.update(entry for entry in (reference.id, party.identifier if party else "") if entry)
    return keys


def _statistic(process: Process) -> tuple[int, Evidence]:
    """Return the count of the whole process that the bid extension gives."""
    single_lot = len(process.tender.lots) < 2
    latest: dict[str, BidStatistic] = {}
    for entry in sorted(process.bid_statistics, key=lambda entry: entry.date or _NEVER):
        whole = entry.value is not None and entry.value == entry.value.to_integral_value()
        if whole and (single_lot or not entry.related_lots):
            latest[entry.measure] = entry
    for measure in MEASURES:
        if found := latest.get(measure):
            value = int(found.value or 0)
            return value, Evidence(f"{found.path}/value", value, note=measure)
    raise InsufficientDataError("/tender/numberOfTenderers")
