"""The processes that figures are computed for: their purchases, and the ids of the organizations in them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct, field

from contracts.postgres.querying import query


class Target(Struct):
    """
    One process with a purchase. ``suppliers``: primary key of the organization → its ids in this record, as rules read
    them. ``currencies``: those of its own values.
    """

    process_id: int
    ocid: str
    buyer_id: int | None
    buyer_name: str
    country: str
    method: str
    date: datetime
    sectors: tuple[str, ...]
    currencies: set[str] = field(default_factory=set)
    suppliers: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))


def read_targets(process_ids: Sequence[int]) -> list[Target]:
    """Return the processes that have purchases, ordered by primary key."""
    rows = query(
        """
        SELECT q.process_id, p.ocid, q.buyer_id,
               coalesce(nullif(p.buyer_name, ''), (
                   SELECT min(party.name) FROM contracts_party party
                   WHERE party.process_id = q.process_id AND party.organization_id = q.buyer_id
               ), ''),
               q.country, q.procurement_method, q.date, q.sectors, q.currency, q.supplier_id, party.party_id
        FROM audits_purchase q
        JOIN contracts_contractingprocess p ON p.id = q.process_id
        JOIN contracts_party party ON party.process_id = q.process_id AND party.organization_id = q.supplier_id
        WHERE q.process_id = ANY(%s)
        ORDER BY q.process_id, q.supplier_id, party.party_id
        """,
        [list(process_ids)],
    )
    targets: dict[int, Target] = {}
    for process_id, ocid, buyer_id, name, country, method, date, sectors, currency, supplier, party_id in rows:
        target = targets.get(process_id)
        if target is None:
            target = targets[process_id] = Target(
                process_id, ocid, buyer_id, name, country, method, date, tuple(sectors)
            )
        if currency:
            target.currencies.add(currency)
        if party_id not in target.suppliers[supplier]:
            target.suppliers[supplier].append(party_id)
    return list(targets.values())


def in_scope(targets: Iterable[Target]) -> list[Target]:
    """Return the processes that bought technology."""
    return [target for target in targets if target.sectors]
