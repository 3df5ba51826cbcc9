"""Which suppliers of its process a flag is about, by their awards, contracts and entries among the parties."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from audits.engine.judged import Judged
from audits.judging.rule.vocabulary import Finding, OutcomeKind, Subject
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
