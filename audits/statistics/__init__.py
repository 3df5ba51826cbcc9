"""
Figures about other processes, as rules ask for them by name: ``dossier.statistic("supplier_shares")``.

They are computed for a whole batch at once, from narrow rows, and never by a rule. Each looks back (or around) from
the date of the process itself, so the same records give the same figures on any day and in any order of arrival.
Numbers are whole, cut or exact texts: they enter the digest of the dossier.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from audits.contributions.contribution import FENCES, PRACTICES
from audits.statistics.history import history_in_sector, purchases_before, purchases_beside
from audits.statistics.plans import PLANS, planned_methods
from audits.statistics.populations import COUNTRY_SPEND, fences, practices, shares_in_country
from audits.statistics.shares import shares_by_sector, shares_of_all
from audits.statistics.targets import Target, in_scope, read_targets

Statistics = dict[int, dict[str, Any]]

_Compute = Callable[[Sequence[Target]], dict[int, list[dict[str, Any]]]]

# Name of the statistic → the rules that read it, whether it is about technology only, and how it is computed.
_ABOUT_BUYERS: dict[str, tuple[frozenset[str], bool, _Compute]] = {
    "supplier_shares": (frozenset({"T07", "T08"}), True, shares_by_sector),
    "supplier_history": (frozenset({"T04", "T17"}), True, history_in_sector),
    "R011": (frozenset({"R011"}), False, purchases_beside),
    "R040": (frozenset({"R040"}), False, shares_of_all),
    "R052": (frozenset({"R052"}), False, purchases_before),
}


def statistics_for(process_ids: Sequence[int], *, rules: frozenset[str]) -> Statistics:
    """
    Return the figures of processes, by primary key: name → figure. What cannot be computed is left out.

    ``supplier_shares``
        ``[{"supplier", "share", "processes", "hhi", "population", "sector", "currency"}]``: the share (0 to 1) of each
        supplier of the process in what its buyer spent in each of its sectors over three years, in the currency of
        most processes. Shares in the spend of its country stand beside them where they are large (see
        ``audits.cohorts``).
    ``supplier_history``
        ``[{"supplier", "ocid", "date", "method", "gift", "sectors"}]``: earlier gifts, and purchases without
        competition, of the same buyer from the same supplier in the same sector.
    ``R040``
        ``[{"supplier", "share", "processes", "suppliers", "population", "currency"}]``: as ``supplier_shares``, of all
        that the buyer spent.
    ``R011``, ``R052``
        ``[{"supplier", "ocid", "date", "amount", "currency"}]``: purchases of the same buyer from the same supplier
        beside this one, or before it; amounts are texts.

    ``R012``
        ``{"planned_method", "source"}``: the procurement method that an earlier release of the process itself named
        before the award (``""`` if none did), and the id of that release.
    ``R024``, ``R058``
        ``{"lower_fence", "upper_fence", "q1", "q3", "n", "cohort", "own"}``: of the price gaps of all processes, and
        under ``own`` the same of those of the process's country, method and category.
    ``R001``, ``R010``, ``R063``
        ``{"share", "n"}``: how often the publisher gives the field that this process lacks.

    ``supplier`` is the id of the party in this record, or its name without one.

    :param rules: the codes of the rules in force; what none of them reads is not computed
    """
    statistics: Statistics = defaultdict(dict)
    targets = [target for target in read_targets(process_ids) if target.buyer_id is not None]
    for name, (readers, about_technology, compute) in _ABOUT_BUYERS.items():
        if readers.isdisjoint(rules):
            continue
        for process_id, figures in compute(in_scope(targets) if about_technology else targets).items():
            statistics[process_id][name] = figures
    if COUNTRY_SPEND in rules:
        for process_id, figures in shares_in_country(in_scope(targets)).items():
            statistics[process_id]["supplier_shares"].extend(figures)
    if PLANS in rules:
        for process_id, plan in planned_methods(process_ids).items():
            statistics[process_id][PLANS] = plan
    if not rules.isdisjoint(FENCES):
        for process_id, fence in fences(process_ids).items():
            statistics[process_id].update({code: fence for code in FENCES if code in rules})
    if not rules.isdisjoint(PRACTICES):
        for process_id, by_rule in practices(process_ids).items():
            statistics[process_id].update({code: figure for code, figure in by_rule.items() if code in rules})
    return statistics
