"""
The share that a supplier had at the purchase before, so that a rule asks once, when a share is reached.

It looks back, as the share itself does. Of the purchases after one no share would tell before they are known, and each
of them would have the audits before it made again.
"""

from collections.abc import Mapping, Sequence

from msgspec import structs

from audits.judging.figures.bounds import Asked
from audits.judging.figures.processes import BuyerShare, ShareBefore, SourceCoverage
from audits.statistics.coverage import source_coverage
from audits.statistics.targets import Target, read_targets
from audits.statistics.windows import SPEND_WINDOW
from contracts.postgres.querying import query

# A process and a supplier of it, by their keys.
_Place = tuple[int, int]


def with_shares_before(
    shares: Mapping[int, Sequence[BuyerShare]],
    targets: Sequence[Target],
    earlier: Mapping[_Place, Target],
    asked: Sequence[Asked],
) -> dict[int, list[BuyerShare]]:
    """
    Return the shares of processes, each with what it was at the buyer's purchase before from the same supplier.

    :param shares: those of the processes, and of the earlier ones
    :param earlier: as ``earlier_purchases`` returns it
    :param asked: what rules ask of shares; those that none of them looks at stay without, if any is given
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
                if share.supplier in party_ids and (not asked or any(one.looks_at(share) for one in asked))
            }
        )
    }
    coverage = source_coverage(sorted({earlier[place].process_id for place in looked_at})) if looked_at else {}
    before = {
        (process_id, party_id): _share_of(then, supplier, shares[then.process_id], coverage[then.process_id])
        for (process_id, supplier), party_ids in looked_at.items()
        if (then := earlier[process_id, supplier]).process_id in coverage
        for party_id in party_ids
    }
    return {
        target.process_id: [
            structs.replace(share, before=before.get((target.process_id, share.supplier)))
            for share in shares[target.process_id]
        ]
        for target in targets
    }


def earlier_purchases(targets: Sequence[Target]) -> dict[_Place, Target]:
    """Return the purchase before that of each process and supplier, by date and then ocid, where there is one."""
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
            SELECT q.process_id FROM audits_purchase q JOIN contracts_contractingprocess p ON p.id = q.process_id
            WHERE q.buyer_id = own.buyer_id AND q.supplier_id = own.supplier_id
                AND q.date > own.date - %(window)s AND q.date <= own.date
                AND (q.date < own.date OR p.ocid COLLATE "C" < own.ocid) AND NOT q.is_cancelled
            ORDER BY q.date DESC, p.ocid COLLATE "C" DESC LIMIT 1
        ) earlier
        """,
        {
            "processes": [target.process_id for target, _ in places],
            "suppliers": [supplier for _, supplier in places],
            "buyers": [target.buyer_id for target, _ in places],
            "dates": [target.date for target, _ in places],
            "ocids": [target.ocid for target, _ in places],
            "window": SPEND_WINDOW,
        },
    )
    known = {target.process_id: target for target in read_targets(sorted({earlier for *_, earlier in rows}))}
    return {(process_id, supplier): known[earlier] for process_id, supplier, earlier in rows if earlier in known}


def _share_of(then: Target, supplier: int, shares: Sequence[BuyerShare], held: SourceCoverage) -> ShareBefore | None:
    for share in shares:
        if share.supplier in then.suppliers[supplier]:
            return ShareBefore(
                then.ocid,
                share.share,
                share.processes,
                share.suppliers,
                share.awards,
                share.largest,
                share.amount,
                held.months,
                held.own_months,
            )
    return None
