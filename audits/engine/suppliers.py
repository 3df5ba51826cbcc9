"""Which suppliers of its process a flag cites, by their awards, contracts and entries among the parties."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from django.db import connection

from audits.engine.judged import Judged
from audits.judging.rule.vocabulary import Finding, OutcomeKind, Subject

# JSON Pointer of an award, a contract or a party → primary keys of its suppliers.
Places: TypeAlias = Mapping[str, Sequence[int]]
# Of one award and one contract all questions are about the same suppliers.
_PLACES = """
    WITH several AS (
        SELECT id FROM contracts_contractingprocess
        WHERE id = ANY(%s) AND (award_count > 1 OR contract_count > 1 OR cardinality(suppliers) > 1)
    )
    SELECT process_id, path, suppliers FROM contracts_award WHERE process_id IN (TABLE several)
    UNION ALL
    SELECT process_id, path, suppliers FROM contracts_contract
    WHERE process_id IN (TABLE several) AND basis = 'contract'
    UNION ALL
    SELECT process_id, path, ARRAY[organization_id] FROM contracts_party
    WHERE process_id IN (TABLE several) AND 'supplier' = ANY(roles)
"""


def places_of_suppliers(judged: Sequence[Judged]) -> dict[int, dict[str, list[int]]]:
    """Return where the records of flagged processes that may have several suppliers name them, by primary key."""
    flagged = [
        entry.subject_id
        for entry in judged
        if entry.subject is Subject.PROCESS and any(found.kind is OutcomeKind.FLAGGED for found in entry.outcomes)
    ]
    places: dict[int, dict[str, list[int]]] = defaultdict(dict)
    if flagged:
        with connection.cursor() as cursor:
            cursor.execute(_PLACES, [flagged])
            for process_id, path, suppliers in cursor.fetchall():
                places[process_id][path] = suppliers
    return places


def cited(finding: Finding, places: Places) -> list[int]:
    """Return the suppliers that a finding cites; none where it is about all of its process."""
    stages = {"/".join(place.path.split("/", 3)[:3]) for place in finding.evidence}
    return sorted({supplier for stage in stages for supplier in places.get(stage, ())})
