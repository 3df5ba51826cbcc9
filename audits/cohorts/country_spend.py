"""``country_spend``: shares of suppliers in what a country spends on one sector, by currency and calendar year."""

from collections.abc import Iterable, Iterator, Mapping

from audits.cohorts.cohort_rows import Place, ids
from audits.cohorts.shares import compute_shares
from audits.contributions.contests import CONTEST
from audits.models import Cohort
from audits.statistics.populations import COUNTRY_SPEND, COUNTRY_YEARS


def compute() -> Iterator[Cohort]:
    yield from compute_shares(
        COUNTRY_SPEND,
        f"""
        SELECT q.country, sector AS part, q.currency, q.date, {CONTEST} AS contest, q.buyer_id, q.supplier_id, q.amount
        FROM audits_purchase q JOIN contracts_contractingprocess p ON p.id = q.process_id
        CROSS JOIN LATERAL unnest(q.sectors) AS sector
        WHERE q.country <> '' AND q.sectors <> '{{}}' AND q.amount > 0 AND q.currency <> ''
        """,  # noqa: S608  -- an expression of ours
        years=COUNTRY_YEARS,
    )


def readers(changed: Iterable[Cohort], before: Mapping[Place, Cohort]) -> Iterable[int]:
    """Return the processes whose dossiers hold a share of these cohorts, as they were or as they are."""
    concerned: list[tuple[str, str]] = []
    for cohort in changed:
        was = before.get((cohort.name, cohort.key))
        suppliers = {*cohort.figures["suppliers"], *(was.figures["suppliers"] if was else ())}
        concerned.extend((cohort.key, supplier) for supplier in sorted(suppliers))
    if not concerned:
        return ()
    return ids(
        """
        SELECT q.process_id FROM audits_purchase q CROSS JOIN LATERAL unnest(q.sectors) AS sector
        JOIN contracts_organization supplier ON supplier.id = q.supplier_id
        JOIN unnest(%(keys)s::text[], %(suppliers)s::text[]) AS given (key, supplier) ON given.supplier = supplier.key
            AND given.key = q.country || '|' || sector || '|' || q.currency || '|'
                || extract(year FROM q.date AT TIME ZONE 'UTC')::int
        """,
        {"keys": [key for key, _ in concerned], "suppliers": [supplier for _, supplier in concerned]},
    )
