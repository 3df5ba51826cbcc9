"""
Which rules a publisher's data can feed: what the rules answered over its current audits, and which fields they lacked.

Every audit holds the answer of each rule that is in force in its country, so the five outcomes of a rule and the
audits that did not ask it add up to the processes, and over all rules to processes × rules.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from msgspec import Struct

from audits.judging.rule.vocabulary import Subject
from audits.reports.outcome_counts import OutcomeCounts, total_outcomes
from audits.rules import rules_about
from contracts.postgres.querying import query

# How many missing fields of a rule are reported.
MISSING_FIELDS = 5

# The slug of a publisher, or None for records whose publisher is not known.
Group = str | None
# Code of a rule, kind of outcome, missing field or "", records. Processes themselves are counted without a code.
Count = tuple[str | None, str, str, int]

_AUDITED = "audited"
_UNAUDITED = "unaudited"


class Coverage(Struct, frozen=True):
    """
    The coverage of one group of processes, or of all.

    ``processes`` have a current audit and are counted, ``unaudited`` have none; ``rules`` has an entry for each rule.
    """

    processes: int
    unaudited: int
    rules: Mapping[str, OutcomeCounts]

    @property
    def fed(self) -> list[str]:
        """Codes of the rules that could judge at least one process."""
        return [code for code, counts in self.rules.items() if counts.assessed]

    @property
    def missing(self) -> list[tuple[str, int]]:
        """The missing fields of all rules, each with how many counts failed for want of it, most frequent first."""
        total: Counter[str] = Counter()
        for counts in self.rules.values():
            total.update(dict(counts.missing))
        return sorted(total.items(), key=lambda item: (-item[1], item[0]))

    def as_json(self) -> dict[str, Any]:
        return {
            "processes": self.processes,
            "unaudited": self.unaudited,
            "rules_fed": len(self.fed),
            "rules": {
                code: {
                    "outcomes": dict(counts.outcomes),
                    "not_asked": self.processes - counts.total,
                    "assessed": counts.assessed,
                    "missing": counts.missing_as_json()[:MISSING_FIELDS],
                }
                for code, counts in self.rules.items()
            },
        }


def cover(counts: Iterable[Count], codes: Iterable[str]) -> Coverage:
    """
    Total counts by rule. Pure.

    :param codes: the rules to report; counts of others (an audit may hold a rule that is gone) are left out
    """
    processes: Counter[str] = Counter()
    by_rule: dict[str, Counter[tuple[str, str]]] = {code: Counter() for code in codes}
    for code, kind, field, number in counts:
        if code is None:
            processes[kind] += number
        elif code in by_rule:
            by_rule[code][kind, field] += number
    return Coverage(
        processes[_AUDITED],
        processes[_UNAUDITED],
        {code: total_outcomes(given) for code, given in by_rule.items()},
    )


def coverage_of_all() -> tuple[Coverage, dict[Group, Coverage]]:
    """
    Return the coverage of all records together, and by the slug of each publisher; in one query.

    Records whose publisher is not known stand under ``None``, where there are any.
    """
    groups, codes = _counts(_EVERY, []), rules_about(Subject.PROCESS)
    together = cover(chain.from_iterable(groups.values()), codes)
    return together, {group: cover(counts, codes) for group, counts in groups.items()}


def coverage_of_publisher(slug: str) -> Coverage | None:
    """Return the coverage of one publisher, in one query; ``None`` if there is no publisher of that slug."""
    groups = _counts(_ONE, [slug])
    return cover(groups[slug], rules_about(Subject.PROCESS)) if slug in groups else None


# Every document of outcomes is taken apart once. To group equal documents first is no gain: jsonb compares slowly.
_QUERY = """
    WITH publisher AS (SELECT id, slug FROM contracts_publisher {which}),
    audited AS NOT MATERIALIZED (
        SELECT process.publisher_id, audit.outcomes
        FROM contracts_contractingprocess process
        LEFT JOIN audits_audit audit ON audit.process_id = process.id AND audit.is_current
        WHERE process.verification IN ('official', 'accepted') {processes}
    ),
    counted AS (
        SELECT id AS publisher_id, NULL AS code, %s AS kind, '' AS field, 0 AS number FROM publisher
        UNION ALL
        SELECT publisher_id, NULL, CASE WHEN outcomes IS NULL THEN %s ELSE %s END, '', count(*)
        FROM audited GROUP BY 1, 3
        UNION ALL
        SELECT publisher_id, answer.key, answer.value ->> 'kind', coalesce(answer.value ->> 'field', ''), count(*)
        FROM audited, jsonb_each(audited.outcomes) answer GROUP BY 1, 2, 3, 4
    )
    SELECT publisher.slug, code, kind, field, number
    FROM counted LEFT JOIN publisher ON publisher.id = counted.publisher_id
    ORDER BY 1 NULLS LAST
"""
_EVERY = _QUERY.format(which="", processes="")
_ONE = _QUERY.format(which="WHERE slug = %s", processes="AND process.publisher_id = (SELECT id FROM publisher)")


def _counts(text: str, parameters: list[str]) -> dict[Group, list[Count]]:
    groups: dict[Group, list[Count]] = {}
    for group, *count in query(text, [*parameters, _UNAUDITED, _UNAUDITED, _AUDITED]):
        groups.setdefault(group, []).append(tuple(count))  # type: ignore[arg-type]
    return groups
