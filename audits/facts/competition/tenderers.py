"""Participants in a tender, as far as the record names them."""

from collections import defaultdict
from datetime import UTC, datetime
from typing import NamedTuple

from audits.facts.stages import name_of
from audits.indicators.competition import NOT_SUBMITTED
from audits.judging.dossiers.known_facts import fact_of_process
from audits.judging.dossiers.process import Dossier
from audits.judging.rule.vocabulary import Evidence, InsufficientDataError, NotApplicableError
from audits.matching.organizations.names import is_named_as_firm
from audits.matching.texts.normalize import fold_phrase
from contracts.ocds.parsing.objects import BidStatistic, OrganizationReference, Party, Process
from contracts.ocds.placeholders import is_of_anybody

# Measures of the bid extension's codelist: all bidders before any was excluded; then those left after an evaluation.
AFTER_EVALUATION = ("qualifiedBidders", "validBids")
MEASURES = ("bidders", "bids", *AFTER_EVALUATION)
# Categories in which natural persons are hired.
_HIRING = frozenset({"services", "consultingServices"})
_NEVER = datetime.min.replace(tzinfo=UTC)


class _Key(NamedTuple):
    """A name, id or number of an organization; ``scheme`` if it is the number of its identifier."""

    scheme: str
    text: str


def count_tenderers(process: Process) -> tuple[int, Evidence]:
    """
    Return the number of participants, and its place in the record: in this order, the number of tenderers, their list,
    those of submitted bids, or the statistics of bids. If only suppliers have bids, the record is a notice of results,
    which counts other bidders in its statistics.

    :raises InsufficientDataError: if there is none of these, or they may not cover all
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
    bidders = {tenderer.key for bid in process.bids if bid.status not in NOT_SUBMITTED for tenderer in bid.tenderers}
    if not bidders:
        return _statistic(process)
    suppliers = {supplier.key for supplier in process.suppliers()}
    if bidders <= suppliers and _count_more(process, len(bidders)):
        try:
            return _statistic(process)
        except InsufficientDataError:
            raise InsufficientDataError("/bids/details", "suppliers_alone") from None
    return len(bidders), Evidence("/bids/details", sorted(bidders), note="bids")


def require_no_contest(process: Process) -> None:
    """
    Require a purchase that is known not to be open: by its method, or at most one tenderer.

    :raises InsufficientDataError: if the record has neither
    :raises NotApplicableError: if any supplier could win
    """
    tender = process.tender
    if tender.method == "open":
        raise NotApplicableError("method_is", method="open")
    if tender.method:
        return
    if not require_no_rivals(process) and not (
        tender.method_details or tender.method_label or tender.method_rationale
    ):
        raise InsufficientDataError("/tender/procurementMethod")


def require_no_rivals(process: Process) -> bool:
    """Return whether the number of participants is known; raises NotApplicableError if it is more than one."""
    try:
        count, _ = count_tenderers(process)
    except InsufficientDataError:
        return False
    if count > 1:
        raise NotApplicableError("competed", count=count)
    return True


def hired_person(dossier: Dossier, evidence: Evidence) -> str:
    """
    Return the only tenderer if a contest hires it, and it has the name of a person; else ``""``. Calls for consultants
    list the person chosen. ``evidence`` is that of ``count_tenderers``.
    """
    process = dossier.process
    tenderers = process.tender.tenderers
    if evidence.note != "tenderers" or process.tender.category not in _HIRING:
        return ""
    texts = (
        process.tender.title,
        process.tender.description,
        process.tender.method_details,
        process.tender.method_label,
    )
    words = dossier.reference.words
    # A "concurso" is often one for firms.
    if not any(words.pattern("contest_of_persons").search(fold_phrase(text)) for text in texts):
        return ""
    name = name_of(process, tenderers[0])
    return "" if is_named_as_firm(name, words) else name


def listed_buyer(process: Process) -> str:
    """Return the name of the only tenderer if it is the buyer's, entered by mistake; else ``""``."""
    named = {name_of(process, tenderer) for tenderer in process.tender.tenderers}
    buyers = {fold_phrase(name_of(process, body)) for body in (process.buyer, process.tender.procuring_entity) if body}
    return next((name for name in named if fold_phrase(name) in buyers), "") if len(named) == 1 else ""


def count_winners(process: Process) -> int:
    """Return the number of separate winners: suppliers that share an award may have bid together."""
    winners: list[set[_Key]] = []
    for award in process.awards:
        if keys := {key for supplier in award.suppliers for key in _keys(process, supplier)}:
            same = [winner for winner in winners if not winner.isdisjoint(keys)]
            winners = [*(winner for winner in winners if winner not in same), keys.union(*same)]
    return len(winners)


def by_firm(process: Process) -> list[list[OrganizationReference]]:
    """
    Return the tenderers, grouped by shared id, identifier or name, in the order of the record. Those with different
    identifiers of one scheme are never grouped.
    """
    tenderers = process.tender.tenderers
    by_key: dict[_Key, dict[_Firm, None]] = defaultdict(dict)
    firms: list[_Firm] = []
    for place, tenderer in enumerate(tenderers):
        firm = _Firm(set(_keys(process, tenderer)), place)
        near = {known: None for key in firm.keys for known in by_key.get(key, ())}
        for known in sorted(near, key=lambda known: known.since):
            if not known.differs(firm):
                firm = _joined(known, firm, by_key)
        for key in firm.keys if firm.since < 0 else ():
            by_key[key][firm] = None
        firm.since = place
        firms.append(firm)
    standing = sorted(dict.fromkeys(firms), key=lambda firm: firm.since)
    return [[tenderers[place] for place in sorted(firm.places)] for firm in standing if firm.places]


class _Firm:
    """Tenderers that are the same firm: its keys, and their places in the record, the latest ``since``."""

    def __init__(self, keys: set[_Key], place: int) -> None:
        self.keys = keys
        self.schemes = {key.scheme: key for key in keys if key.scheme}
        self.places = [place]
        self.since = -1

    def differs(self, other: "_Firm") -> bool:
        """Return whether both have identifiers of one scheme that differ: they are different firms."""
        few, many = sorted((self.schemes, other.schemes), key=len)
        return any(many.get(scheme, key) != key for scheme, key in few.items())


def _joined(one: _Firm, two: _Firm, by_key: dict[_Key, dict[_Firm, None]]) -> _Firm:
    """Merge the firm with fewer keys into the other one, so that a list of thousands of one firm stays fast."""
    few, many = sorted((one, two), key=lambda firm: len(firm.keys))
    for key in few.keys | (many.keys if many.since < 0 else set()):
        by_key[key].pop(few, None)
        by_key[key][many] = None
    many.keys |= few.keys
    many.schemes |= few.schemes
    many.places += few.places
    few.places = []
    many.since = max(one.since, two.since)
    return many


@fact_of_process
def _require_suppliers(process: Process) -> None:
    """Require a list that may contain all participants: some publishers list others than the awarded ones."""
    keys = {key for tenderer in process.tender.tenderers for key in _keys(process, tenderer)}
    for award in process.awards:
        for supplier in award.suppliers:
            if (own := _keys(process, supplier)) and keys.isdisjoint(own):
                name = name_of(process, supplier)
                raise InsufficientDataError("/tender/tenderers", "supplier_not_listed", supplier=name)


@fact_of_process
def _keys(process: Process, reference: OrganizationReference) -> frozenset[_Key]:
    """Return the keys that distinguish an organization: its id, identifier and names, except shared ones."""
    # A number that is used for anybody does not identify a party.
    of_anybody = is_of_anybody(reference.id)
    party = None if of_anybody else process.party(reference)
    named, shared = {fold_phrase(reference.name), *(_names(party) if party else ())}, _shared_names(process)
    keys = {_Key("", name) for name in named if name and name not in shared}
    if reference.id and not of_anybody:
        keys.add(_Key("", reference.id))
    if party and party.identifier and not is_of_anybody(party.identifier):
        keys.update((_Key("", party.identifier), _identity(party)))
    return frozenset(keys)


def _names(party: Party) -> set[str]:
    return {fold_phrase(name) for name in (party.name, party.legal_name)} - {""}


def _identity(party: Party) -> _Key:
    return _Key(fold_phrase(party.scheme), "".join(filter(str.isalnum, party.identifier.upper())))


@fact_of_process
def _shared_names(process: Process) -> frozenset[str]:
    """
    Return the names that do not distinguish organizations: those shared by parties with different identifiers of one
    scheme, and legal names shared by parties with different names, because some publishers write the registry's name
    there.
    """
    identities: dict[str, set[_Key]] = defaultdict(set)
    named: dict[str, set[str]] = defaultdict(set)
    for party in process.parties:
        for name in _names(party):
            if party.identifier and party.scheme and not is_of_anybody(party.identifier):
                identities[name].add(_identity(party))
        legal_name, name = fold_phrase(party.legal_name), fold_phrase(party.name)
        if legal_name and name != legal_name:
            named[legal_name].add(name)
    differing = (name for name, keys in identities.items() if _differ(keys))
    return frozenset((*differing, *(name for name, of in named.items() if len(of) > 1)))


def _count_more(process: Process, bidders: int) -> bool:
    """Return whether statistics, of all lots or of one, count more bidders, or more bids, than the record lists."""
    bids = sum(bid.status not in NOT_SUBMITTED for bid in process.bids)
    listed = dict.fromkeys(MEASURES, bidders) | {"bids": bids, "validBids": bids}
    return any(
        (entry.value or 0) > listed[entry.measure] for entry in process.bid_statistics if entry.measure in listed
    )


def _statistic(process: Process) -> tuple[int, Evidence]:
    """Return the count for the whole process in the statistics of the bid extension."""
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


def _differ(keys: set[_Key]) -> bool:
    """Return whether keys contain several identifiers of one scheme: they belong to several firms."""
    schemes = [key.scheme for key in keys if key.scheme]
    return len(schemes) > len(set(schemes))
