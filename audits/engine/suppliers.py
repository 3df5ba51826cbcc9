"""The suppliers that a flag is about, by its awards, contracts and parties, and those that decisions covered."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from audits.engine.judged import Judged
from audits.judging.rule.vocabulary import Finding, OutcomeKind, Subject
from audits.models import Flag, Review
from contracts.postgres.querying import query

# JSON Pointer of an award, a contract, a party or ("") the record → primary keys of its suppliers.
Places: TypeAlias = Mapping[str, Sequence[int]]
# As the record names them, so that later merges do not require rewriting rows.
_PLACES = """
    WITH named AS (
        SELECT process_id, path, organization_id, coalesce(named_as_id, organization_id) AS id FROM contracts_party
        WHERE process_id = ANY(%(flagged)s) AND 'supplier' = ANY(roles)
    ), places AS (
        SELECT id AS process_id, '' AS path, unnest(suppliers) AS organization_id FROM contracts_contractingprocess
        WHERE id = ANY(%(flagged)s)
        UNION ALL
        SELECT process_id, path, unnest(suppliers) FROM contracts_award WHERE process_id = ANY(%(flagged)s)
        UNION ALL
        SELECT process_id, path, unnest(suppliers) FROM contracts_contract
        WHERE process_id = ANY(%(flagged)s) AND basis = 'contract'
        UNION ALL
        SELECT process_id, path, organization_id FROM named
    )
    SELECT places.process_id, places.path, array_agg(DISTINCT coalesce(named.id, organization_id))
    FROM places LEFT JOIN named USING (process_id, organization_id)
    GROUP BY places.process_id, places.path
"""


def places_of_suppliers(judged: Sequence[Judged]) -> dict[int, dict[str, list[int]]]:
    """Return where the records of flagged processes name their suppliers, by primary key of the process."""
    flagged = [
        entry.subject_id
        for entry in judged
        if entry.subject is Subject.PROCESS and any(found.kind is OutcomeKind.FLAGGED for found in entry.outcomes)
    ]
    places: dict[int, dict[str, list[int]]] = defaultdict(dict)
    if flagged:
        for process_id, path, suppliers in query(_PLACES, {"flagged": flagged}):
            places[process_id][path] = suppliers
    return places


def cited(finding: Finding, places: Places) -> list[int]:
    """Return the suppliers that a finding cites; if it cites none, it is about the whole process."""
    stages = {"/".join(place.path.split("/", 3)[:3]) for place in finding.evidence}
    return sorted({supplier for stage in stages for supplier in places.get(stage, ())}) or list(places.get("", ()))


class Decided(NamedTuple):
    """A decision with its input; ``suppliers`` is ``None`` in decisions made before they were stored."""

    decision: str
    judged_digest: bytes
    suppliers: list[int] | None


def decisions_on(flags: Iterable[Flag]) -> defaultdict[int, list[Decided]]:
    """Return decisions on flags, by primary key of the flag, the latest first."""
    decided = [flag.pk for flag in flags if flag.decision]
    decisions: defaultdict[int, list[Decided]] = defaultdict(list)
    if decided:
        columns = ("flag_id", "decision", "judged_digest", "judged__suppliers")
        reviews = Review.objects.filter(flag__in=decided).order_by("-pk").values_list(*columns)
        for pk, decision, digest, suppliers in reviews:
            decisions[pk].append(Decided(decision, bytes(digest), suppliers))
    return decisions


def digest_to_ask(flag: Flag, judged_digest: bytes, suppliers: Sequence[int], decisions: Sequence[Decided]) -> bytes:
    """
    Return the judged digest of a flag, so that people are asked again once the record of a confirmed flag names a
    supplier for which nobody confirmed it.

    A confirmation concerns the suppliers named then. With further ones the digest differs, until people decide again;
    after that, the flag keeps the digest that was decided, while nothing else changes.

    :param flag: the flag before this audit
    :param judged_digest: digest of what its rule says now, regardless of suppliers
    :param suppliers: the suppliers that it is about now
    """
    last = next((entry for entry in decisions if entry.decision != Review.Decision.IN_REVIEW), None)
    if last is None:
        return judged_digest
    of_whom = last.suppliers
    if of_whom is None:
        is_asked = bytes(flag.judged_digest) == _digest_with(judged_digest, flag.suppliers)
        of_whom = [] if is_asked else flag.suppliers
    is_confirmed = last.decision in (Review.Decision.CONFIRMED, Review.Decision.FIRST_CONFIRMATION)
    if is_confirmed and not set(suppliers) <= set(of_whom):
        return _digest_with(judged_digest, suppliers)
    return last.judged_digest if last.judged_digest in _digests(judged_digest, decisions) else judged_digest


def is_same_judgement(flag: Flag, judged_digest: bytes) -> bool:
    """Return whether a flag's judged digest is that of its rule now, for its suppliers or those decided on."""
    decisions = decisions_on([flag])[flag.pk]
    possible = (judged_digest, _digest_with(judged_digest, flag.suppliers), *_digests(judged_digest, decisions))
    return bytes(flag.judged_digest) in possible


def _digests(judged_digest: bytes, decisions: Sequence[Decided]) -> list[bytes]:
    """Return the judged digests after people were asked about the suppliers of earlier decisions."""
    return [_digest_with(judged_digest, entry.suppliers) for entry in decisions if entry.suppliers is not None]


def _digest_with(judged_digest: bytes, suppliers: Sequence[int]) -> bytes:
    return hashlib.sha256(b"suppliers" + judged_digest + json.dumps(sorted(suppliers)).encode()).digest()
