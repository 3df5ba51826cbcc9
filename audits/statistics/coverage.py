"""How long the source of a process and its buyer are on record before it, for rules on earlier purchases."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audits.contributions.participation import BUYER, SUPPLIER
from audits.contributions.sources import OBSERVED, SOURCE
from audits.judging.figures.months import month_text, read_month
from audits.judging.figures.processes import SOURCE_HABITS, SourceCoverage
from audits.models import Cohort
from audits.models.monthly_spend import MONTH
from audits.statistics.windows import BACK_MONTHS, GAP_OF_BODY, GAP_OF_SOURCE, stretch
from contracts.postgres.querying import query

# Months in which organizations bought or sold anything.
_MONTHS_BOUGHT = "SELECT DISTINCT buyer_id, month FROM audits_monthlyspend WHERE buyer_id = ANY(%s)"
_MONTHS_SOLD = f"SELECT DISTINCT q.supplier_id, {MONTH} FROM audits_purchase q WHERE q.supplier_id = ANY(%s)"  # noqa: S608


def months_held(figures: Mapping[str, Any]) -> set[int]:
    """Return the numbers of the months for which a source has records, from the figures of its ``Cohort``."""
    return {read_month(text) for text in figures.get("coverage", {}).get("months", ())}


def source_coverage(process_ids: Sequence[int]) -> dict[int, SourceCoverage]:
    """Return how long source and buyer are on record, for each process with a purchase by a known buyer."""
    rows = query(
        f"""
        SELECT DISTINCT q.process_id, {SOURCE}, q.buyer_id, {MONTH} FROM {OBSERVED}
        JOIN audits_purchase q ON q.process_id = p.id WHERE q.process_id = ANY(%s) AND q.buyer_id IS NOT NULL
        """,  # noqa: S608  -- expressions of ours
        [list(process_ids)],
    )
    held = _held(source for _, source, *_ in rows)
    own = _months(_MONTHS_BOUGHT, {buyer for _, _, buyer, *_ in rows})
    # Many processes of a buyer share a month, so each month is computed once.
    found = {
        (source, buyer, month): _coverage(held[source], own[buyer], month)
        for source, buyer, month in {tuple(place) for _, *place in rows}
        if source in held
    }
    return {process_id: found[tuple(place)] for process_id, *place in rows if tuple(place) in found}


def coverage_of_organizations(organization_ids: Sequence[int]) -> dict[int, list[SourceCoverage]]:
    """Return how long organizations and the source of most of their purchases are on record, as buyer and supplier."""
    found: dict[int, list[SourceCoverage]] = defaultdict(list)
    for role, column, months_of in ((BUYER, "q.buyer_id", _MONTHS_BOUGHT), (SUPPLIER, "q.supplier_id", _MONTHS_SOLD)):
        rows = query(
            f"""
            SELECT DISTINCT ON ({column}) {column}, {SOURCE}, max({MONTH})
            FROM {OBSERVED} JOIN audits_purchase q ON q.process_id = p.id
            WHERE {column} = ANY(%s) GROUP BY 1, 2 ORDER BY 1, count(*) DESC, 2
            """,  # noqa: S608  -- expressions of ours
            [list(organization_ids)],
        )
        held = _held(source for _, source, _ in rows)
        own = _months(months_of, [organization for organization, *_ in rows])
        for organization, source, latest in rows:
            if source in held:
                found[organization].append(_coverage(held[source], own[organization], latest, role))
    return found


def _coverage(held: set[int], own: set[int], end: int, role: str = "") -> SourceCoverage:
    back = range(end - BACK_MONTHS + 1, end + 1)
    since, months = stretch(held.intersection(back), end, gap=GAP_OF_SOURCE)
    # A body that rarely buys causes no gap in the records; a gap only limits how early it was first seen.
    own_since, _ = stretch(own.intersection(back), end, gap=GAP_OF_BODY)
    own_months = len(own.intersection(range(since, end + 1)))
    return SourceCoverage(month_text(since), months, month_text(own_since), own_months, role)


def _held(sources: Iterable[str]) -> dict[str, set[int]]:
    found = Cohort.objects.filter(name=SOURCE_HABITS, key__in=set(sources)).values_list("key", "figures")
    return {key: months_held(figures) for key, figures in found}


def _months(text: str, organization_ids: Iterable[int]) -> dict[int, set[int]]:
    """Return organization → months, from a query."""
    found: dict[int, set[int]] = defaultdict(set)
    for organization, month in query(text, [sorted(set(organization_ids))]):
        found[organization].add(month)
    return found
