"""
Stored statistics of populations (``Cohort``), for the processes that belong to them.

``audits.cohorts`` computes the rows; the two agree on names and keys.
"""

from collections.abc import Iterable, Sequence

from audits.contributions.sources import OBSERVED, SOURCE
from audits.judging.figures.processes import Fences, PublisherPractice, SupplierShare
from audits.models import Cohort
from audits.statistics.habits import sample_size
from audits.statistics.targets import Target
from contracts.postgres.querying import query

# The names of the cohorts.
PRICE_GAPS = "price_gaps"
PUBLISHER_PRACTICE = "publisher_practice"
COUNTRY_SPEND = "country_spend"

# Minimum number of values of a cohort used as a process's own kind.
MIN_COHORT = 10
# Years of the spend of a country: that of the process and the two before.
COUNTRY_YEARS = 3


def cohort_key(country: str, method: str, category: str) -> str:
    return f"{country}|{method}|{category}"


def spend_key(country: str, part: str, currency: str, year: int) -> str:
    """Return the key of the spend on a part: a sector of technology, or a class of items."""
    return f"{country}|{part}|{currency}|{year}"


def practice_key(code: str, source: str) -> str:
    """Return the key for how often a source (``audits.contributions.sources``) has the field that a rule needs."""
    return f"{code}|{source}"


def fences(process_ids: Sequence[int]) -> dict[int, Fences]:
    """Return the fences of price gaps: of all processes, and as ``own`` those of country, method and category."""
    rows = query(
        """
        SELECT o.process_id, p.country, p.procurement_method, p.category
        FROM audits_observation o JOIN contracts_contractingprocess p ON p.id = o.process_id
        WHERE o.process_id = ANY(%s) AND o.price_gaps <> '{}'
        """,
        [list(process_ids)],
    )
    keys = {process_id: cohort_key(*place) for process_id, *place in rows}
    if not keys:
        return {}
    known = {cohort.key: cohort for cohort in Cohort.objects.filter(name=PRICE_GAPS, key__in={"", *keys.values()})}
    if "" not in known:
        return {}
    found = {}
    for process_id, key in keys.items():
        own = known.get(key)
        found[process_id] = _fences(known[""], _fences(own) if own is not None and own.n >= MIN_COHORT else None)
    return found


def _fences(cohort: Cohort, own: Fences | None = None) -> Fences:
    label = ", ".join(part for part in cohort.key.split("|") if part)
    return Fences(n=cohort.n, cohort=label or "*", own=own, **cohort.figures)


def practice(cohort: Cohort) -> PublisherPractice:
    """Return the figure for rules from a cohort of ``publisher_practice``."""
    return PublisherPractice(cohort.figures["share"], sample_size(cohort.n))


def practices(process_ids: Sequence[int]) -> dict[int, dict[str, PublisherPractice]]:
    """Return, for each process and rule that misses a field in it, how often its source has that field."""
    rows = query(
        f"""
        SELECT o.process_id, code, cohort.n, (cohort.figures ->> 'share')::float8
        FROM {OBSERVED} CROSS JOIN LATERAL unnest(o.lacks) AS code
        JOIN audits_cohort cohort ON cohort.name = %s AND cohort.key = code || '|' || {SOURCE}
        WHERE o.process_id = ANY(%s)
        """,  # noqa: S608  -- expressions of ours
        [PUBLISHER_PRACTICE, list(process_ids)],
    )
    found: dict[int, dict[str, PublisherPractice]] = {}
    for process_id, code, n, share in rows:
        found.setdefault(process_id, {})[code] = PublisherPractice(share, sample_size(n))
    return found


def shares_in_country(targets: Sequence[Target]) -> dict[int, list[SupplierShare]]:
    """Return, for each process, the large shares of its suppliers in the spend of its country on its sectors."""
    wanted = {target.process_id: list(_spend_keys(target)) for target in targets}
    keys = {key for entries in wanted.values() for _, _, key in entries}
    cohorts = {row.key: row for row in Cohort.objects.filter(name=COUNTRY_SPEND, key__in=keys)}
    if not cohorts:
        return {}
    organizations = _organization_keys({supplier for target in targets for supplier in target.suppliers})
    found: dict[int, list[SupplierShare]] = {}
    for target in targets:
        years = f"{target.date.year - COUNTRY_YEARS + 1} – {target.date.year}"
        for sector, currency, key in wanted[target.process_id]:
            cohort = cohorts.get(key)
            if cohort is None:
                continue
            for supplier, party_ids in target.suppliers.items():
                share = cohort.figures["suppliers"].get(organizations[supplier])
                if share is not None:
                    found.setdefault(target.process_id, []).extend(
                        SupplierShare(
                            supplier=party_id,
                            share=share,
                            processes=cohort.n,
                            currency=currency,
                            population=f"{target.country}, {currency}, {years}",
                            sector=sector,
                            hhi=cohort.figures["hhi"],
                        )
                        for party_id in party_ids
                    )
    return found


def _spend_keys(target: Target) -> Iterable[tuple[str, str, str]]:
    for sector in target.sectors:
        for currency in sorted(target.currencies):
            yield sector, currency, spend_key(target.country, sector, currency, target.date.year)


def _organization_keys(suppliers: set[int]) -> dict[int, str]:
    return dict(query("SELECT id, key FROM contracts_organization WHERE id = ANY(%s)", [sorted(suppliers)]))
