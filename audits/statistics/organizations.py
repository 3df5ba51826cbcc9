"""
Figures about organizations, under the names that rules declare: ``@rule(reads=("bids_won",))``.

They are computed for a whole batch of organizations at once from narrow rows, and never by a rule. Their types are in
``audits.judging.figures.organizations``.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from audits.contributions.participation import BUYER, PROCURING_ENTITY, SUPPLIER, TENDERER
from audits.judging.figures.organizations import (
    BidsDisqualified,
    BidsWon,
    CountedProcess,
    MethodUse,
    OrganizationFigures,
    SuppliedCategories,
)
from audits.judging.figures.processes import Fences
from audits.models import Cohort
from audits.statistics.counted_processes import counted_processes
from audits.statistics.coverage import coverage_of_organizations
from audits.statistics.habits import sources_seldom_open
from audits.statistics.markets import MARKET_SHARES, concentrations, market_shares
from contracts.postgres.querying import query

# Figures that are compared with the fences of all organizations in the same role, and their roles.
FENCED: Mapping[str, tuple[str, ...]] = {
    "bids_won": (TENDERER,),
    "bids_disqualified": (BUYER, PROCURING_ENTITY, TENDERER),
    "supplied_categories": (SUPPLIER,),
}


class _Tally(NamedTuple):
    """
    Sums of an organization in one role. ``with_method`` counts the processes that state their method,
    ``noncompetitive_value`` is the share of those without competition in their value; ``seldom_open`` as in
    ``MethodUse``.
    """

    organization: int
    role: str
    with_method: int
    noncompetitive: int
    submitted: int
    disqualified: int
    with_bids: int
    competed: int
    won: int
    supplied: int
    categories: list[str]
    noncompetitive_value: float | None
    seldom_open: int | None = None


_TALLIES = """
    SELECT organization_id, role,
           count(*) FILTER (WHERE is_competitive IS NOT NULL), count(*) FILTER (WHERE NOT is_competitive),
           sum(submitted), sum(disqualified), count(*) FILTER (WHERE submitted > 0),
           count(*) FILTER (WHERE competed), count(*) FILTER (WHERE won), count(*) FILTER (WHERE categories <> '{}'),
           (SELECT array_agg(DISTINCT category ORDER BY category)
            FROM audits_participation every, unnest(every.categories) category
            WHERE every.organization_id = known.organization_id AND every.role = known.role),
           (SELECT trunc(coalesce(sum(q.amount) FILTER (WHERE NOT paid.is_competitive), 0) / sum(q.amount), 6)::float8
            FROM audits_participation paid JOIN audits_purchase q ON q.process_id = paid.process_id
            WHERE paid.organization_id = known.organization_id AND paid.role = known.role
                AND paid.is_competitive IS NOT NULL AND q.amount > 0 AND q.currency <> ''
            GROUP BY q.currency ORDER BY count(DISTINCT q.process_id) DESC, q.currency LIMIT 1)
    FROM audits_participation known WHERE organization_id = ANY(%s) GROUP BY organization_id, role ORDER BY 1, 2
"""

_Counted = Sequence[CountedProcess]


def _method_use(tally: _Tally, _fence: Fences, counted: _Counted) -> MethodUse | None:
    if not tally.with_method:
        return None
    of_all = tally.with_method, tally.noncompetitive
    return MethodUse(tally.role, *of_all, counted, tally.noncompetitive_value, tally.seldom_open)


def _bids_won(tally: _Tally, fence: Fences, counted: _Counted) -> BidsWon | None:
    return BidsWon(tally.role, tally.competed, tally.won, fence, counted) if tally.competed else None


def _bids_disqualified(tally: _Tally, fence: Fences, counted: _Counted) -> BidsDisqualified | None:
    if not tally.submitted:
        return None
    return BidsDisqualified(tally.role, tally.submitted, tally.disqualified, tally.with_bids, fence, counted)


def _supplied_categories(tally: _Tally, fence: Fences, counted: _Counted) -> SuppliedCategories | None:
    if not tally.supplied:
        return None
    return SuppliedCategories(tally.role, tally.supplied, *largest_scheme(tally.categories), fence, counted)


# Figures computed from participations.
_TALLIED: Mapping[str, Callable[[_Tally, Fences, _Counted], Any]] = {
    "method_use": _method_use,
    "bids_won": _bids_won,
    "bids_disqualified": _bids_disqualified,
    "supplied_categories": _supplied_categories,
}
# Figures computed from purchases.
_OF_PURCHASES: Mapping[str, Callable[[Sequence[int]], Mapping[int, Any]]] = {
    MARKET_SHARES: market_shares,
    "market_concentration": concentrations,
    "source_coverage": coverage_of_organizations,
}


def figures_of(organization_ids: Sequence[int], *, reads: frozenset[str]) -> dict[int, OrganizationFigures]:
    """
    Return the figures of organizations, by primary key: one for each role or market.

    Every figure in ``reads`` has a list, which is empty if nothing was counted.

    :param reads: the names of the figures that the rules in force read; no others are computed
    """
    found: dict[int, dict[str, list[Any]]] = {pk: {name: [] for name in reads} for pk in organization_ids}
    tallied = sorted(reads & _TALLIED.keys())
    tallies = [_Tally(*row) for row in query(_TALLIES, [list(organization_ids)])] if tallied else []
    if "method_use" in tallied:
        seldom = sources_seldom_open(organization_ids)
        tallies = [tally._replace(seldom_open=seldom.get((tally.organization, tally.role))) for tally in tallies]
    fences = _fences(tallied)
    for name in tallied:
        counted = counted_processes(name, organization_ids)
        for tally in tallies:
            place = tally.organization, tally.role
            figure = _TALLIED[name](tally, fences.get((name, tally.role), Fences()), counted.get(place, ()))
            if figure is not None:
                found[tally.organization][name].append(figure)
    for name in reads & _OF_PURCHASES.keys():
        for pk, figures in _OF_PURCHASES[name](organization_ids).items():
            found[pk][name] = figures
    return {pk: OrganizationFigures(**figures) for pk, figures in found.items()}


def largest_scheme(categories: Sequence[str]) -> tuple[str, list[str]]:
    """
    Return the classification scheme with the most categories of a supplier, and these categories: ``scheme:43`` →
    ``43``.
    """
    by_scheme: dict[str, list[str]] = defaultdict(list)
    for category in sorted(categories):
        scheme, _, leading = category.rpartition(":")
        by_scheme[scheme].append(leading)
    return max(by_scheme.items(), key=lambda item: (len(item[1]), item[0]))


def _fences(names: Sequence[str]) -> dict[tuple[str, str], Fences]:
    """Return (figure, role) → the fences of all organizations in that role."""
    wanted = [name for name in names if name in FENCED]
    rows = Cohort.objects.filter(name__in=wanted) if wanted else ()
    return {(row.name, row.key): Fences(n=row.n, cohort="*", **row.figures) for row in rows}
