"""``market_shares``: shares of suppliers in a market, by calendar year."""

from collections.abc import Iterable, Iterator, Mapping

from audits.cohorts.cohort_rows import Place, ids
from audits.cohorts.shares import compute_shares
from audits.contributions.contests import CONTEST
from audits.models import Cohort
from audits.statistics.markets import IN_MARKET, MARKET_SHARES, MARKET_YEARS


def compute() -> Iterator[Cohort]:
    yield from compute_shares(
        MARKET_SHARES,
        f"""
        SELECT q.country, q.subjects[1] AS part, q.currency, q.date, {CONTEST} AS contest, q.buyer_id, q.supplier_id,
               q.amount
        FROM audits_purchase q JOIN contracts_contractingprocess p ON p.id = q.process_id WHERE {IN_MARKET}
        """,  # noqa: S608  -- conditions of ours
        years=MARKET_YEARS,
    )


def readers(changed: Iterable[Cohort], before: Mapping[Place, Cohort]) -> Iterable[int]:
    """Return the suppliers whose dossiers hold a share of these markets, as they were or as they are."""
    suppliers: set[str] = set()
    for cohort in changed:
        if cohort.name == MARKET_SHARES:
            was = before.get((cohort.name, cohort.key))
            suppliers.update(cohort.figures["suppliers"], was.figures["suppliers"] if was else ())
    if not suppliers:
        return ()
    return ids("SELECT id FROM contracts_organization WHERE key = ANY(%(keys)s)", {"keys": sorted(suppliers)})
