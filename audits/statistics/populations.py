"""
What is kept of whole populations (``Cohort``), handed to the processes that belong to them.

Who computes them is ``audits.cohorts``; the two agree on keys and on who reads which row.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection

from audits.contributions.contribution import FENCES
from audits.models import Cohort
from audits.statistics.targets import Target

Figure = dict[str, Any]

# A cohort of fewer values is not told.
MIN_COHORT = 10
# The spend of a country: the year of the process and the two before.
COUNTRY_YEARS = 3
COUNTRY_SPEND = "T08"


def cohort_key(country: str, method: str, category: str) -> str:
    return f"{country}|{method}|{category}"


def spend_key(country: str, part: str, currency: str, year: int) -> str:
    """Return the key of what is spent on a part: a sector of technology (T08), or a class of items (R050)."""
    return f"{country}|{part}|{currency}|{year}"


def fences(process_ids: Sequence[int]) -> dict[int, Figure]:
    """
    Return the fences that the price gaps of processes are compared with: those of all processes, and under ``own``
    those of their country, procurement method and category. Processes without price gaps need none.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT o.process_id, p.country, p.procurement_method, p.category
            FROM audits_observation o JOIN contracts_contractingprocess p ON p.id = o.process_id
            WHERE o.process_id = ANY(%s) AND o.price_gaps <> '{}'
            """,
            [list(process_ids)],
        )
        keys = {row[0]: cohort_key(*row[1:]) for row in cursor.fetchall()}
    if not keys:
        return {}
    known = {cohort.key: cohort for cohort in Cohort.objects.filter(name=FENCES[0], key__in={"", *keys.values()})}
    if "" not in known:
        return {}
    found = {}
    for process_id, key in keys.items():
        found[process_id] = _figures(known[""])
        own = known.get(key)
        if own is not None and own.n >= MIN_COHORT:
            found[process_id]["own"] = _figures(own)
    return found


def _figures(cohort: Cohort) -> Figure:
    label = ", ".join(part for part in cohort.key.split("|") if part)
    return {**cohort.figures, "n": cohort.n, "cohort": label or "*"}


def practices(process_ids: Sequence[int]) -> dict[int, dict[str, Figure]]:
    """Return, for each process and rule that misses a field in it, how often the publisher gives that field."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT o.process_id, cohort.name, cohort.n, cohort.figures ->> 'share'
            FROM audits_observation o
            JOIN contracts_contractingprocess p ON p.id = o.process_id
            JOIN contracts_publisher publisher ON publisher.id = p.publisher_id
            JOIN audits_cohort cohort ON cohort.name = ANY(o.lacks) AND cohort.key = publisher.slug
            WHERE o.process_id = ANY(%s)
            """,
            [list(process_ids)],
        )
        found: dict[int, dict[str, Figure]] = {}
        for process_id, code, n, share in cursor.fetchall():
            found.setdefault(process_id, {})[code] = {"share": float(share), "n": n}
    return found


def shares_in_country(targets: Sequence[Target]) -> dict[int, list[Figure]]:
    """Return, for each process, the share of its suppliers in what its country spent on its sectors, where large."""
    wanted = {
        target.process_id: [(sector, currency, key) for sector, currency, key in _spend_keys(target)]
        for target in targets
    }
    keys = {key for entries in wanted.values() for _, _, key in entries}
    cohorts = {row.key: row for row in Cohort.objects.filter(name=COUNTRY_SPEND, key__in=keys)} if keys else {}
    if not cohorts:
        return {}
    organizations = _organization_keys({supplier for target in targets for supplier in target.suppliers})
    found: dict[int, list[Figure]] = {}
    for target in targets:
        for sector, currency, key in wanted[target.process_id]:
            cohort = cohorts.get(key)
            if cohort is None:
                continue
            for supplier, party_ids in target.suppliers.items():
                share = cohort.figures["suppliers"].get(organizations[supplier])
                if share is not None:
                    found.setdefault(target.process_id, []).extend(
                        {
                            "supplier": party_id,
                            "share": share,
                            "processes": cohort.n,
                            "currency": currency,
                            "population": (
                                f"{target.country}, {currency}, {target.date.year - COUNTRY_YEARS + 1} – "
                                f"{target.date.year}"
                            ),
                            "sector": sector,
                            "hhi": cohort.figures["hhi"],
                        }
                        for party_id in party_ids
                    )
    return found


def _spend_keys(target: Target) -> Iterable[tuple[str, str, str]]:
    for sector in target.sectors:
        for currency in sorted(target.currencies):
            yield sector, currency, spend_key(target.country, sector, currency, target.date.year)


def _organization_keys(suppliers: set[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, key FROM contracts_organization WHERE id = ANY(%s)", [sorted(suppliers)])
        return dict(cursor.fetchall())
