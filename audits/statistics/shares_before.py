"""
The share of a supplier at earlier purchases, so that a rule asks only once when a share is reached.

A share that falls and recovers within half a year is the same question, so the highest share in that time counts. The
figure looks back, as the share itself does: if it looked ahead, each later purchase would make earlier audits due
again.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec import structs

from audits.judging.figures.bounds import BoundsInForce
from audits.judging.figures.processes import BuyerShare, ShareBefore, SourceCoverage
from audits.statistics.coverage import source_coverage
from audits.statistics.targets import Target, read_targets
from audits.statistics.windows import SPEND_WINDOW
from contracts.postgres.querying import query

# A process and a supplier of it, by their keys.
_Place = tuple[int, int]
# The latest purchase before always counts, and at most this many others within half a year before.
_SAME_QUESTION = timedelta(days=183)
_LOOKED_AT = 6


def with_shares_before(
    shares: Mapping[int, Sequence[BuyerShare]],
    targets: Sequence[Target],
    earlier: Mapping[_Place, Sequence[Target]],
    bounds: Sequence[BoundsInForce],
) -> dict[int, list[BuyerShare]]:
    """
    Return the shares of processes, each with the highest share at the buyer's earlier purchases from the same
    supplier.

    :param shares: the shares of the processes, and of the earlier ones
    :param earlier: result of ``earlier_purchases``
    :param bounds: those of the rules; a share that reaches none of them gets no earlier share (if empty, all get one)
    """
    looked_at = {
        (target.process_id, supplier): entries
        for target in targets
        for supplier, party_ids in target.suppliers.items()
        if (target.process_id, supplier) in earlier
        and (
            entries := {
                share.supplier
                for share in shares[target.process_id]
                if share.supplier in party_ids and (not bounds or any(one.is_reached_by(share) for one in bounds))
            }
        )
    }
    process_ids = {target.process_id for place in looked_at for target in earlier[place]}
    coverage = source_coverage(sorted(process_ids)) if process_ids else {}
    before = {
        (process_id, party_id): highest
        for (process_id, supplier), party_ids in looked_at.items()
        if (highest := _highest(earlier[process_id, supplier], supplier, shares, coverage))
        for party_id in party_ids
    }
    return {
        target.process_id: [
            structs.replace(share, before=before.get((target.process_id, share.supplier)))
            for share in shares[target.process_id]
        ]
        for target in targets
    }


def earlier_purchases(targets: Sequence[Target]) -> dict[_Place, list[Target]]:
    """
    Return, for each process and supplier, the earlier purchases, if there are any, the latest first. They are ordered
    by date and ocid; all but the first are from the half-year before.
    """
    places = [(target, supplier) for target in targets for supplier in target.suppliers]
    if not places:
        return {}
    rows = query(
        """
        SELECT own.process_id, own.supplier_id, earlier.process_id
        FROM unnest(
            %(processes)s::bigint[], %(suppliers)s::bigint[], %(buyers)s::bigint[], %(dates)s::timestamptz[],
            %(ocids)s::text[]
        ) AS own (process_id, supplier_id, buyer_id, date, ocid)
        CROSS JOIN LATERAL (
            SELECT q.process_id, max(q.date) AS date,
                   row_number() OVER (ORDER BY max(q.date) DESC, p.ocid COLLATE "C" DESC) AS place
            FROM audits_purchase q JOIN contracts_contractingprocess p ON p.id = q.process_id
            WHERE q.buyer_id = own.buyer_id AND q.supplier_id = own.supplier_id
                AND q.date > own.date - %(window)s AND q.date <= own.date
                AND (q.date < own.date OR p.ocid COLLATE "C" < own.ocid) AND NOT q.is_cancelled
            GROUP BY q.process_id, p.ocid ORDER BY place LIMIT %(looked_at)s
        ) earlier
        WHERE earlier.place = 1 OR earlier.date > own.date - %(same)s ORDER BY own.process_id, earlier.place
        """,
        {
            "processes": [target.process_id for target, _ in places],
            "suppliers": [supplier for _, supplier in places],
            "buyers": [target.buyer_id for target, _ in places],
            "dates": [target.date for target, _ in places],
            "ocids": [target.ocid for target, _ in places],
            "window": SPEND_WINDOW,
            "same": _SAME_QUESTION,
            "looked_at": _LOOKED_AT,
        },
    )
    known = {target.process_id: target for target in read_targets(sorted({earlier for *_, earlier in rows}))}
    found: dict[_Place, list[Target]] = defaultdict(list)
    for process_id, supplier, earlier in rows:
        if earlier in known:
            found[process_id, supplier].append(known[earlier])
    return dict(found)


def _highest(
    earlier: Sequence[Target],
    supplier: int,
    shares: Mapping[int, Sequence[BuyerShare]],
    coverage: Mapping[int, SourceCoverage],
) -> ShareBefore | None:
    """Return the highest share of a supplier at one of its earlier purchases; of equal shares, the latest."""
    found = (
        _share_of(then, supplier, shares[then.process_id], coverage[then.process_id])
        for then in earlier
        if then.process_id in coverage
    )
    return max((share for share in found if share), key=lambda share: share.share, default=None)


def _share_of(then: Target, supplier: int, shares: Sequence[BuyerShare], held: SourceCoverage) -> ShareBefore | None:
    for share in shares:
        if share.supplier in then.suppliers[supplier]:
            of_supplier = share.share, share.processes, share.suppliers, share.awards, share.largest, share.amount
            return ShareBefore(then.ocid, *of_supplier, held.months, held.own_months)
    return None
