"""
Which suppliers of its process a flag is about, by their awards, contracts and entries among the parties, and of which
of them it was decided.
"""

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
# As the record names them, so that who is merged or parted later needs no row written anew.
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
    """Return where the records of flagged processes name their suppliers, by primary key."""
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
    """Return the suppliers that a finding cites; where it cites none, it is about all of its process."""
    stages = {"/".join(place.path.split("/", 3)[:3]) for place in finding.evidence}
    return sorted({supplier for stage in stages for supplier in places.get(stage, ())}) or list(places.get("", ()))


class Decided(NamedTuple):
    """A decision, by what it was made of; ``suppliers`` is ``None`` in those from before they were kept."""

    decision: str
    judged_digest: bytes
    suppliers: list[int] | None


def decisions_on(flags: Iterable[Flag]) -> defaultdict[int, list[Decided]]:
    """Return what people decided on flags, by the primary key of the flag, the latest first."""
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
    Return the digest of what is judged in a flag, so that a confirmed one is asked again once its record names a
    supplier of whom nobody confirmed it.

    What the public reads beside a name is what a person judged of that name. With those suppliers it says something
    else from then on, until it is decided; then it says what was decided, as long as nothing else changes.

    :param flag: as it was before this audit
    :param judged_digest: of what its rule says now, of whomever
    :param suppliers: whom it is about now
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
    """Return whether what is judged in a flag is what its rule says now, of its suppliers or of those decided on."""
    decisions = decisions_on([flag])[flag.pk]
    possible = (judged_digest, _digest_with(judged_digest, flag.suppliers), *_digests(judged_digest, decisions))
    return bytes(flag.judged_digest) in possible


def _digests(judged_digest: bytes, decisions: Sequence[Decided]) -> list[bytes]:
    """Return the digests of what is judged, once it was asked of those suppliers of whom it was decided."""
    return [_digest_with(judged_digest, entry.suppliers) for entry in decisions if entry.suppliers is not None]


def _digest_with(judged_digest: bytes, suppliers: Sequence[int]) -> bytes:
    return hashlib.sha256(b"suppliers" + judged_digest + json.dumps(sorted(suppliers)).encode()).digest()
