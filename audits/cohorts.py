"""
Statistics of whole populations, computed set-wise and kept as ``Cohort`` rows.

* ``R024`` and ``R058``: quartiles and fences of the price gaps of all processes, and of those of one country,
  procurement method and category.
* ``T08``: what suppliers take of the spend of a country on one sector in one currency, in three calendar years.
* ``R001``, ``R010`` and ``R063``: how often a publisher gives a field.

The same records give the same rows, whatever the order and the day. A row that did not change is not written; where
one did, the audits that read it are owed again.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from audits import attempts
from audits.indicators.statistics import fences
from audits.models import Cohort
from audits.statistics.contribution import FENCES, PRACTICES
from audits.statistics.populations import COUNTRY_SPEND, COUNTRY_YEARS, SMALLEST_COHORT, cohort_key, spend_key
from contracts.intake.copying import excluded, upsert_rows
from contracts.ocds.document import encode

# A country's spend says something about a supplier if so many processes and buyers stand behind it; a share below
# the last number says nothing of dependence and is left out.
_COUNTRY_PROCESSES = 20
_COUNTRY_BUYERS = 3
_SMALLEST_SHARE = 0.05
# A row that changed less than the tolerance is refreshed after this time all the same.
_PATIENCE = timedelta(days=1)

_COLUMNS = ("name", "key", "n", "window_start", "window_end", "figures", "digest", "computed_at")


class Refreshed(NamedTuple):
    """The cohorts that changed, as they are now (those that are gone as they were), and who must be audited again."""

    changed: list[Cohort]
    stale: list[int]


def refresh_cohorts(*, tolerance: float = 0) -> Refreshed:
    """
    Bring all cohorts up to date, and let the audits be owed again that read one that changed.

    :param tolerance: leave a cohort alone if its number of values changed by less than this share (0.01: one percent)
        and it is younger than a day; so that a trickle of records does not have everything audited again all day
    """
    with transaction.atomic():
        # One at a time: two that compute at once would each write what the other one had not seen.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('audits_cohort', 0))")
        known = {(cohort.name, cohort.key): cohort for cohort in Cohort.objects.all()}
        present = {(cohort.name, cohort.key): cohort for cohort in _compute()}
        outdated = [cohort for place, cohort in present.items() if _differs(cohort, known.get(place), tolerance)]
        gone = [cohort for place, cohort in known.items() if place not in present]
        Cohort.objects.filter(pk__in=[cohort.pk for cohort in gone]).delete()
        upsert_rows(
            Cohort,
            _COLUMNS,
            ([*_described(cohort), timezone.now()] for cohort in outdated),
            conflict=("name", "key"),
            update=excluded(_COLUMNS[2:]),
        )
        changed = [cohort for cohort in outdated if not _is_same(cohort, known.get((cohort.name, cohort.key)))]
        changed.extend(gone)
        stale = _readers(changed, known)
        attempts.mark_owed(stale)
    return Refreshed(changed, stale)


def stamp() -> tuple[Any, ...]:
    """Return what differs whenever a cohort was written or removed: two equal stamps mean the same cohorts."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(computed_at) FROM audits_cohort")
        return tuple(cursor.fetchone())


def _compute() -> Iterator[Cohort]:
    yield from _price_gaps()
    yield from _country_spend()
    yield from _practices()


def _cohort(name: str, key: str, n: int, window: tuple[datetime | None, datetime | None], figures: Any) -> Cohort:
    return Cohort(
        name=name,
        key=key,
        n=n,
        window_start=window[0],
        window_end=window[1],
        figures=figures,
        digest=hashlib.sha256(encode([n, figures])).digest(),
    )


def _described(cohort: Cohort) -> list[Any]:
    return [
        cohort.name,
        cohort.key,
        cohort.n,
        cohort.window_start,
        cohort.window_end,
        encode(cohort.figures).decode(),
        cohort.digest,
    ]


def _differs(cohort: Cohort, known: Cohort | None, tolerance: float) -> bool:
    if known is None:
        return True
    if _is_same(cohort, known) and (cohort.window_start, cohort.window_end) == (known.window_start, known.window_end):
        return False
    is_slight = abs(cohort.n - known.n) < tolerance * known.n
    return not (is_slight and timezone.now() - known.computed_at < _PATIENCE)


def _is_same(cohort: Cohort, known: Cohort | None) -> bool:
    """Whether rules see no difference: their figures hold no window."""
    return known is not None and bytes(known.digest) == bytes(cohort.digest)


def _price_gaps() -> Iterator[Cohort]:
    rows = _query(
        """
        SELECT grouping(p.country), p.country, p.procurement_method, p.category,
               min(p.date), max(p.date), array_agg(ratio)
        FROM audits_observation o
        JOIN contracts_contractingprocess p ON p.id = o.process_id
        CROSS JOIN LATERAL unnest(o.price_gaps) AS ratio
        GROUP BY GROUPING SETS ((p.country, p.procurement_method, p.category), ())
        """
    )
    for is_all, country, method, category, start, end, ratios in rows:
        if not ratios:
            continue
        found = fences(ratios)
        figures = {"q1": found.q1, "q3": found.q3, "lower_fence": found.lower, "upper_fence": found.upper}
        key = "" if is_all else cohort_key(country, method, category)
        for code in FENCES:
            yield _cohort(code, key, found.n, (start, end), figures)


def _country_spend() -> Iterator[Cohort]:
    rows = _query(
        """
        WITH spent AS (
            SELECT q.country, sector, q.currency, extract(year FROM q.date AT TIME ZONE 'UTC')::int AS year, q.date,
                   q.process_id, q.buyer_id, q.supplier_id, q.amount
            FROM audits_purchase q CROSS JOIN LATERAL unnest(q.sectors) AS sector
            WHERE q.country <> '' AND q.sectors <> '{}' AND q.amount > 0 AND q.currency <> ''
        ), population AS (
            SELECT asked.country, asked.sector, asked.currency, asked.year, sum(spent.amount) AS total,
                   count(DISTINCT spent.process_id) AS processes, min(spent.date) AS first, max(spent.date) AS last
            FROM (SELECT DISTINCT country, sector, currency, year FROM spent) asked
            JOIN spent ON spent.country = asked.country AND spent.sector = asked.sector
                AND spent.currency = asked.currency AND spent.year BETWEEN asked.year - %(before)s AND asked.year
            GROUP BY asked.country, asked.sector, asked.currency, asked.year
            HAVING count(DISTINCT spent.process_id) >= %(processes)s AND count(DISTINCT spent.buyer_id) >= %(buyers)s
        ), share AS (
            SELECT population.country, population.sector, population.currency, population.year, spent.supplier_id,
                   sum(spent.amount) / population.total AS share
            FROM population
            JOIN spent ON spent.country = population.country AND spent.sector = population.sector
                AND spent.currency = population.currency
                AND spent.year BETWEEN population.year - %(before)s AND population.year
            GROUP BY population.country, population.sector, population.currency, population.year, population.total,
                     spent.supplier_id
        )
        SELECT population.country, population.sector, population.currency, population.year, population.processes,
               population.first, population.last, trunc(sum(share.share ^ 2), 6)::float8,
               jsonb_object_agg(supplier.key, trunc(share.share, 6)) FILTER (WHERE share.share >= %(smallest)s)::text
        FROM population
        JOIN share USING (country, sector, currency, year)
        JOIN contracts_organization supplier ON supplier.id = share.supplier_id
        GROUP BY population.country, population.sector, population.currency, population.year, population.processes,
                 population.first, population.last
        """,
        {
            "before": COUNTRY_YEARS - 1,
            "processes": _COUNTRY_PROCESSES,
            "buyers": _COUNTRY_BUYERS,
            "smallest": _SMALLEST_SHARE,
        },
    )
    for country, sector, currency, year, processes, first, last, hhi, suppliers in rows:
        yield _cohort(
            COUNTRY_SPEND,
            spend_key(country, sector, currency, year),
            processes,
            (first, last),
            {"hhi": hhi, "suppliers": json.loads(suppliers or "{}")},
        )


def _practices() -> Iterator[Cohort]:
    rows = _query(
        """
        SELECT code, publisher.slug, min(p.date), max(p.date), count(*), count(*) FILTER (WHERE code = ANY(o.gives))
        FROM audits_observation o
        JOIN contracts_contractingprocess p ON p.id = o.process_id
        JOIN contracts_publisher publisher ON publisher.id = p.publisher_id
        CROSS JOIN LATERAL unnest(o.gives || o.lacks) AS code
        WHERE code = ANY(%(codes)s)
        GROUP BY code, publisher.slug
        """,
        {"codes": list(PRACTICES)},
    )
    for code, slug, first, last, n, given in rows:
        yield _cohort(code, slug, n, (first, last), {"share": given * 100 // n / 100})


def _readers(changed: Sequence[Cohort], before: Mapping[tuple[str, str], Cohort]) -> list[int]:
    """Return the processes whose dossiers hold figures of one of these cohorts, as it was or as it is."""
    found: set[int] = set()
    found.update(_fence_readers({cohort.key for cohort in changed if cohort.name in FENCES}))
    found.update(_spend_readers([cohort for cohort in changed if cohort.name == COUNTRY_SPEND], before))
    found.update(_practice_readers([cohort for cohort in changed if cohort.name in PRACTICES]))
    return sorted(found)


def _fence_readers(keys: set[str]) -> Iterable[int]:
    if not keys:
        return ()
    return _ids(
        """
        SELECT o.process_id FROM audits_observation o
        JOIN contracts_contractingprocess p ON p.id = o.process_id
        LEFT JOIN audits_cohort own ON own.name = %(name)s
            AND own.key = p.country || '|' || p.procurement_method || '|' || p.category
        WHERE o.price_gaps <> '{}' AND (
            p.country || '|' || p.procurement_method || '|' || p.category = ANY(%(keys)s)
            OR (%(is_all)s AND coalesce(own.n, 0) < %(smallest)s)
        )
        """,
        {"name": FENCES[0], "keys": sorted(keys), "is_all": "" in keys, "smallest": SMALLEST_COHORT},
    )


def _spend_readers(changed: Sequence[Cohort], before: Mapping[tuple[str, str], Cohort]) -> Iterable[int]:
    concerned: list[tuple[str, str]] = []
    for cohort in changed:
        was = before.get((cohort.name, cohort.key))
        suppliers = {*cohort.figures["suppliers"], *(was.figures["suppliers"] if was else ())}
        concerned.extend((cohort.key, supplier) for supplier in sorted(suppliers))
    if not concerned:
        return ()
    return _ids(
        """
        SELECT q.process_id FROM audits_purchase q CROSS JOIN LATERAL unnest(q.sectors) AS sector
        JOIN contracts_organization supplier ON supplier.id = q.supplier_id
        JOIN unnest(%(keys)s::text[], %(suppliers)s::text[]) AS given (key, supplier) ON given.supplier = supplier.key
            AND given.key = q.country || '|' || sector || '|' || q.currency || '|'
                || extract(year FROM q.date AT TIME ZONE 'UTC')::int
        """,
        {"keys": [key for key, _ in concerned], "suppliers": [supplier for _, supplier in concerned]},
    )


def _practice_readers(changed: Sequence[Cohort]) -> Iterable[int]:
    if not changed:
        return ()
    return _ids(
        """
        SELECT o.process_id FROM audits_observation o
        JOIN contracts_contractingprocess p ON p.id = o.process_id
        JOIN contracts_publisher publisher ON publisher.id = p.publisher_id
        JOIN unnest(%(codes)s::text[], %(slugs)s::text[]) AS given (code, slug) ON given.slug = publisher.slug
            AND given.code = ANY(o.lacks)
        """,
        {"codes": [cohort.name for cohort in changed], "slugs": [cohort.key for cohort in changed]},
    )


def _query(query: str, values: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def _ids(query: str, values: Mapping[str, Any]) -> Iterable[int]:
    return (row[0] for row in _query(query, values))
