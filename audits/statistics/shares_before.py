"""
What share a supplier had at the purchase before: so a rule asks when a share is reached, and not at each purchase.

It looks back, as the share itself does. Of the purchases after one no share would tell before they are known, and each
of them would have the audits before it made again.
"""

from collections.abc import Collection, Mapping, Sequence

from msgspec import structs

from audits.judging.figures.bounds import Asked
from audits.judging.figures.processes import BuyerShare, ShareBefore
from audits.statistics.bought import read_bought
from audits.statistics.coverage import source_coverage
from audits.statistics.shares import shares_of_all
from audits.statistics.targets import Target, read_targets
from audits.statistics.windows import SPEND_WINDOW
from contracts.postgres.querying import query

# A process and a supplier of it, by their keys.
_Place = tuple[int, int]


def with_shares_before(
    targets: Sequence[Target], shares: Mapping[int, Sequence[BuyerShare]], asked: Sequence[Asked]
) -> dict[int, list[BuyerShare]]:
    """
    Return the shares of processes, each with what it was at the buyer's purchase before from the same supplier.

    :param asked: what rules ask of shares; those that none of them looks at stay without, if any is given
    """
    looked_at = {
        target.process_id: {
            share.supplier
            for share in shares.get(target.process_id, ())
            if not asked or any(one.looks_at(share) for one in asked)
        }
        for target in targets
    }
    suppliers = {
        (target.process_id, supplier): looked_at[target.process_id].intersection(party_ids)
        for target in targets
        for supplier, party_ids in target.suppliers.items()
    }
    earlier = _purchases_before([place for place, party_ids in suppliers.items() if party_ids])
    known = _shares_of({(process_id, supplier) for (_, supplier), process_id in earlier.items()})
    before = {
        (place[0], party_id): known[process_id, place[1]]
        for place, process_id in earlier.items()
        if (process_id, place[1]) in known
        for party_id in suppliers[place]
    }
    return {
        process_id: [structs.replace(share, before=before.get((process_id, share.supplier))) for share in of_process]
        for process_id, of_process in shares.items()
    }


def _purchases_before(places: Collection[_Place]) -> dict[_Place, int]:
    """Return the process of the purchase before each, in the order of dates and then of ocids, if there is one."""
    if not places:
        return {}
    rows = query(
        """
        SELECT own.process_id, own.supplier_id, earlier.process_id
        FROM unnest(%(processes)s::bigint[], %(suppliers)s::bigint[]) AS place (process_id, supplier_id)
        CROSS JOIN LATERAL (
            SELECT q.*, p.ocid FROM audits_purchase q JOIN contracts_contractingprocess p ON p.id = q.process_id
            WHERE q.process_id = place.process_id AND q.supplier_id = place.supplier_id LIMIT 1
        ) own
        CROSS JOIN LATERAL (
            SELECT q.process_id FROM audits_purchase q JOIN contracts_contractingprocess p ON p.id = q.process_id
            WHERE q.buyer_id = own.buyer_id AND q.supplier_id = own.supplier_id
                AND q.date > own.date - %(window)s AND q.date <= own.date
                AND (q.date < own.date OR p.ocid COLLATE "C" < own.ocid) AND lower(p.status) <> 'cancelled'
            ORDER BY q.date DESC, p.ocid COLLATE "C" DESC LIMIT 1
        ) earlier
        """,
        {
            "processes": [process_id for process_id, _ in places],
            "suppliers": [supplier for _, supplier in places],
            "window": SPEND_WINDOW,
        },
    )
    return {(process_id, supplier): before for process_id, supplier, before in rows}


def _shares_of(places: Collection[_Place]) -> dict[_Place, ShareBefore]:
    if not places:
        return {}
    targets = read_targets(sorted({process_id for process_id, _ in places}))
    shares = shares_of_all(targets, read_bought(targets))
    coverage = source_coverage([target.process_id for target in targets])
    return {
        (target.process_id, supplier): ShareBefore(
            target.ocid,
            share.share,
            share.processes,
            share.suppliers,
            share.awards,
            share.largest,
            held.months,
            held.own_months,
        )
        for target in targets
        if (held := coverage.get(target.process_id))
        for supplier, party_ids in target.suppliers.items()
        if (target.process_id, supplier) in places
        for share in shares[target.process_id]
        if share.supplier in party_ids
    }
