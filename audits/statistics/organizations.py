"""
Figures about organizations, as the rules about them ask for: ``dossier.statistic("R038")``.

They are summed up for a whole batch of organizations at once from narrow rows, and never by a rule. The form of the
figures stands in ``audits.facts.track_records``.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from audits.contributions.participation import BUYER, PROCURING_ENTITY, SUPPLIER, TENDERER
from audits.models import Cohort
from audits.statistics.counted import counted_processes
from audits.statistics.markets import concentrations, market_shares

Figure = dict[str, Any]
Figures = dict[int, dict[str, list[Figure]]]

# The rules that compare an organization with the fences of all in the same role, and these roles.
FENCED: Mapping[str, tuple[str, ...]] = {
    "R025": (TENDERER,),
    "R038": (BUYER, PROCURING_ENTITY, TENDERER),
    "R048": (SUPPLIER,),
}

_TALLIES = """
    SELECT organization_id, role,
           count(*) FILTER (WHERE is_competitive IS NOT NULL), count(*) FILTER (WHERE NOT is_competitive),
           sum(submitted), sum(disqualified), count(*) FILTER (WHERE submitted > 0),
           count(*) FILTER (WHERE competed), count(*) FILTER (WHERE won), count(*) FILTER (WHERE categories <> '{}'),
           (SELECT array_agg(DISTINCT category ORDER BY category)
            FROM audits_participation every, unnest(every.categories) category
            WHERE every.organization_id = known.organization_id AND every.role = known.role)
    FROM audits_participation known WHERE organization_id = ANY(%s) GROUP BY organization_id, role ORDER BY 1, 2
"""


def figures_of(organization_ids: Sequence[int], *, rules: frozenset[str]) -> Figures:
    """
    Return the figures of organizations, by primary key: code of the rule → one figure for each role or market.

    Every rule that was asked for has a list, which is empty where nothing was counted.

    :param rules: the codes of the rules in force
    """
    figures: Figures = {pk: {code: [] for code in sorted(rules)} for pk in organization_ids}
    fences = _fences()
    for pk, by_code in _tallies(organization_ids).items():
        for code, found in by_code.items():
            if code in rules:
                for figure in found:
                    if code in FENCED:
                        figure["fence"] = fences.get((code, figure["role"]), {})
                    figures[pk][code].append(figure)
    for code, compute in (("R050", market_shares), ("R051", concentrations)):
        if code in rules:
            for pk, found in compute(organization_ids).items():
                figures[pk][code] = found
    for code in sorted(rules & {"R013", *FENCED}):
        counted = counted_processes(code, organization_ids)
        for pk in organization_ids:
            for figure in figures[pk][code]:
                figure["counted"] = counted.get((pk, figure["role"]), [])
    return figures


def _tallies(organization_ids: Sequence[int]) -> Figures:
    """Return what was counted, without the fences and the processes."""
    found: Figures = defaultdict(lambda: defaultdict(list))
    with connection.cursor() as cursor:
        cursor.execute(_TALLIES, [list(organization_ids)])
        for pk, role, *numbers in cursor.fetchall():
            told, noncompetitive, submitted, disqualified, with_bids, competed, won, supplied, categories = numbers
            if told:
                found[pk]["R013"].append({"role": role, "processes": told, "noncompetitive": noncompetitive})
            if competed:
                found[pk]["R025"].append({"role": role, "competed": competed, "won": won})
            if submitted:
                figure = {"submitted": submitted, "disqualified": disqualified, "processes": with_bids}
                found[pk]["R038"].append({"role": role, **figure})
            if supplied:
                scheme, of_scheme = largest_scheme(categories)
                figure = {"processes": supplied, "scheme": scheme, "categories": of_scheme}
                found[pk]["R048"].append({"role": role, **figure})
    return found


def largest_scheme(categories: Sequence[str]) -> tuple[str, list[str]]:
    """Return the classification scheme with the most categories of a supplier, and these: ``scheme:43`` → ``43``."""
    by_scheme: dict[str, list[str]] = defaultdict(list)
    for category in sorted(categories):
        scheme, _, leading = category.rpartition(":")
        by_scheme[scheme].append(leading)
    return max(by_scheme.items(), key=lambda item: (len(item[1]), item[0]))


def _fences() -> dict[tuple[str, str], Figure]:
    """Return (code, role) → the fence of all organizations in that role."""
    rows = Cohort.objects.filter(name__in=list(FENCED), key__in={role for roles in FENCED.values() for role in roles})
    return {(row.name, row.key): {**row.figures, "n": row.n, "cohort": "*"} for row in rows}
