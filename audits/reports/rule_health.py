"""
How the rules do on this installation: what they answered over the current audits, what people then decided.

A rule that flags much of what it can assess asks nothing of anyone: it is context, and reported as such.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import sqrt
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from msgspec import Struct, structs

from audits.judging.rule.vocabulary import OutcomeKind
from audits.models import OutcomeCount, PageFigures, Review
from audits.reports.agreement import Agreement, agreement, verdicts
from audits.reports.flag_samples import VerdictCounts
from audits.reports.outcome_counts import OutcomeCounts, total_outcomes
from audits.rules import RULES
from contracts.postgres.querying import query

# A rule that flags a larger share of what it could assess is context, from this many assessed records on.
MAX_SHARE_FLAGGED = 0.30
MIN_ASSESSED = 20
# Fewer decisions give no precision.
MIN_DECIDED = 5
# How long a process keeps in mind which rules are context.
KEPT_SECONDS = 60

# Under what name the decisions are kept, and in which order.
_DECIDED = "rules/decisions"
_JUDGING = (Review.Decision.CONFIRMED, Review.Decision.DISMISSED, Review.Decision.FIRST_CONFIRMATION)

# Code of a rule, kind of outcome, missing field or "", records.
_Counted = tuple[str, str, str, int]

_Z = 1.959964  # standard normal, both sides, 95 %


class Precision(Struct, frozen=True):
    """
    The share of decided flags that were confirmed, with its Wilson interval (95 %).

    A first confirmation counts: dismissing takes one person, so a rule would look wrong while second confirmations are
    pending.
    """

    share: float
    low: float
    high: float


class Decisions(Struct, frozen=True):
    """How many flags of a rule, or of a version, people confirmed and dismissed, or one so far confirmed."""

    confirmed: int = 0
    dismissed: int = 0
    confirmed_by_one: int = 0

    @property
    def confirmed_so_far(self) -> int:
        return self.confirmed + self.confirmed_by_one

    @property
    def decided(self) -> int:
        return self.confirmed_so_far + self.dismissed

    @property
    def precision(self) -> Precision | None:
        """``None`` where fewer than ``MIN_DECIDED`` flags are decided."""
        if self.decided < MIN_DECIDED:
            return None
        return Precision(self.confirmed_so_far / self.decided, *wilson_interval(self.confirmed_so_far, self.decided))


class Health(OutcomeCounts, frozen=True):
    """The health of one rule: what it answered over the current audits, and what people decided on its flags."""

    code: str
    version: int
    # number of a version → decisions on its flags; all up to the present one are there
    versions: Mapping[int, Decisions]
    # month of the latest decision, as YYYY-MM → decisions on flags of all versions; months without one are left out
    months: Mapping[str, Decisions] = {}
    # code of a reason → flags that it was chosen for in their latest decision, whatever was decided
    reasons: Mapping[str, int] = {}
    # of what a second person judged again, blindly
    second_looks: Agreement = Agreement()
    # of its flags, as they were judged blindly
    verdicts: VerdictCounts = VerdictCounts()

    @property
    def share(self) -> float | None:
        """The share flagged of the records assessed, ``None`` if there are none."""
        return self.outcomes[OutcomeKind.FLAGGED] / self.assessed if self.assessed else None

    @property
    def asking_share(self) -> float:
        """The share of the records assessed of which it asks something: what is context asks nothing."""
        return (self.outcomes[OutcomeKind.FLAGGED] - self.context) / self.assessed if self.assessed else 0.0

    @property
    def is_context(self) -> bool:
        return self.assessed >= MIN_ASSESSED and self.asking_share > MAX_SHARE_FLAGGED

    @property
    def decisions(self) -> Decisions:
        return self.versions[self.version]

    def as_json(self) -> dict[str, Any]:
        precision = self.decisions.precision
        return {
            "version": self.version,
            "outcomes": dict(self.outcomes),
            "assessed": self.assessed,
            "withheld": self.withheld_records,
            "withheld_because": self.withheld_as_json(),
            "share": _rounded(self.share),
            "is_context": self.is_context,
            "missing": self.missing_as_json(),
            **structs.asdict(self.decisions),
            "precision": _rounded(precision.share) if precision else None,
            "precision_interval": [_rounded(precision.low), _rounded(precision.high)] if precision else None,
            "judged_twice": self.second_looks.judged,
            "judged_alike": self.second_looks.agreed,
            "found_right": self.verdicts.right,
            "found_idle": self.verdicts.idle,
            "found_wrong": self.verdicts.wrong,
            "versions": [{"version": number, **structs.asdict(made)} for number, made in self.versions.items()],
            "months": [{"month": month, **structs.asdict(made)} for month, made in self.months.items()],
        }


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """
    Return the interval that holds a share with 95 % confidence, though the trials be few.

    Wilson, Probable inference, the law of succession, and statistical inference (1927).

    :raises ZeroDivisionError: if there are no trials
    """
    share = successes / trials
    middle = share + _Z**2 / (2 * trials)
    reach = _Z * sqrt(share * (1 - share) / trials + _Z**2 / (4 * trials**2))
    whole = 1 + _Z**2 / trials
    # Rounding may step over the ends, or the share, by a hair.
    return min(share, max(0.0, (middle - reach) / whole)), max(share, min(1.0, (middle + reach) / whole))


def assess(
    code: str,
    version: int,
    outcomes_of: Mapping[tuple[str, str], int],
    decided: Mapping[tuple[int, str], int],
) -> Health:
    """
    Return the health of a rule. Pure.

    :param outcomes_of: (kind of outcome, missing field or ``""``) → records
    :param decided: (version of the rule, decision) → flags whose latest decision it is
    """
    versions = _decisions_by(decided, sorted({*range(1, version + 1), *(number for number, _ in decided)}))
    counted = total_outcomes(outcomes_of)
    return Health(counted.outcomes, counted.missing, counted.withheld, counted.context, code, version, versions)


def health_of_rules() -> dict[str, Health]:
    """Return code → health of every rule, from all current audits and all decisions."""
    return _health(tuple(RULES), query(_ANSWERS))


def refresh_decisions() -> dict[str, Decisions]:
    """Count the decisions on the flags of every rule and keep them; return those of present versions, by rule."""
    health = _health(tuple(RULES), ())
    kept = {code: structs.astuple(entry.decisions) for code, entry in health.items()}
    PageFigures.objects.update_or_create(pk=_DECIDED, defaults={"figures": kept, "counted_at": timezone.now()})
    return {code: entry.decisions for code, entry in health.items()}


def cached_health_of_rules() -> dict[str, Health]:
    """Return code → health of every rule as it was last counted, without what its reader must wait for."""
    row = PageFigures.objects.filter(pk=_DECIDED).first()
    kept = row.figures if row else {}
    outcomes_of = _by_rule(tuple(RULES), _cached_counts())
    decided = {
        code: {
            (RULES[code].version, decision.value): number
            # What was kept by an earlier version of this program may lack the last one.
            for decision, number in zip(_JUDGING, kept.get(code, ()), strict=False)
        }
        for code in RULES
    }
    return {code: assess(code, RULES[code].version, outcomes_of[code], decided[code]) for code in RULES}


def refresh_outcome_counts() -> int:
    """Count what every rule answered over the current audits and keep it; return how many rows there are."""
    counted_at = timezone.now()
    with transaction.atomic():
        # One at a time: of two concurrent ones, the later would not see the rows that it must replace.
        query("SELECT pg_advisory_xact_lock(hashtextextended('audits_answercount', 0))")
        rows = [
            OutcomeCount(rule=code, kind=kind, field=field, records=number, counted_at=counted_at)
            for code, kind, field, number in query(_ANSWERS)
        ]
        OutcomeCount.objects.all().delete()
        OutcomeCount.objects.bulk_create(rows)
    return len(rows)


def cached_health(code: str) -> tuple[Health, datetime | None]:
    """
    Return the health of one rule as it was last counted, and when that was.

    Where nothing was counted yet, it is counted now: an installation that has not counted is a new one.
    """
    rows = list(OutcomeCount.objects.filter(rule=code).values_list("kind", "field", "records", "counted_at"))
    counted_at = rows[0][3] if rows else OutcomeCount.objects.aggregate(at=Max("counted_at"))["at"]
    if counted_at is None:
        return _health((code,), query(_ANSWERS))[code], None
    return _health((code,), [(code, kind, field, number) for kind, field, number, _ in rows])[code], counted_at


def context_rules() -> dict[str, float]:
    """
    Return the rules that flag so much that their flags are context, by code, with the share of the records that it
    could assess of which each asks something; known for a minute.
    """
    kept_at, shares = _cached_context or (0.0, {})
    if not _cached_context or monotonic() - kept_at > KEPT_SECONDS:
        outcomes_of = _by_rule(tuple(RULES), _cached_counts())
        assessed = {code: assess(code, RULES[code].version, outcomes_of[code], {}) for code in RULES}
        shares = {code: health.asking_share for code, health in assessed.items() if health.is_context}
        _cached_context[:] = [monotonic(), shares]
    return shares


_cached_context: list[Any] = []


def _cached_counts() -> list[_Counted]:
    return list(OutcomeCount.objects.values_list("rule", "kind", "field", "records"))


# Taking every document apart once is an eighth of the work of looking each rule up in it.
_ANSWERS = """
    SELECT answer.key, answer.value ->> 'kind', coalesce(answer.value ->> 'field',
        CASE WHEN answer.value ? 'reason' THEN CASE answer.value ->> 'kind'
            WHEN 'clear' THEN answer.value ->> 'reason' WHEN 'flagged' THEN 'context' ELSE '' END
            ELSE '' END), count(*)
    FROM audits_audit audit
    LEFT JOIN contracts_contractingprocess process ON process.id = audit.process_id
    CROSS JOIN LATERAL jsonb_each(audit.outcomes) answer
    WHERE audit.is_current AND (process.id IS NULL OR process.verification IN ('official', 'accepted'))
    GROUP BY 1, 2, 3
"""
# The last decision of a person counts; reopening a flag is not a decision. Flags raised by hand say nothing about the
# rule. A decision also counts for a later version, as long as that asks the same.
_DECISIONS = """
    SELECT rule, version, month, decision, count(*)
    FROM (
        SELECT DISTINCT ON (review.flag_id)
               flag.rule, review.decision,
               CASE WHEN flag.withdrawn_at IS NULL AND flag.judged_digest = review.judged_digest
                    THEN flag.rule_version ELSE (review.judged ->> 'rule_version')::integer END AS version,
               to_char(review.reviewed_at AT TIME ZONE 'UTC', 'YYYY-MM') AS month
        FROM audits_review review JOIN audits_flag flag ON flag.id = review.flag_id
        WHERE flag.rule = ANY(%s) AND review.judged ? 'rule_version' AND NOT flag.is_raised_by_hand
        ORDER BY review.flag_id, review.id DESC
    ) latest
    WHERE decision IN (%s, %s, %s) GROUP BY 1, 2, 3, 4
"""

_REASONS = """
    SELECT rule, reason_code, count(*)
    FROM (
        SELECT DISTINCT ON (review.flag_id) flag.rule, review.reason_code
        FROM audits_review review JOIN audits_flag flag ON flag.id = review.flag_id
        WHERE flag.rule = ANY(%s) ORDER BY review.flag_id, review.id DESC
    ) latest
    WHERE reason_code IS NOT NULL GROUP BY 1, 2 ORDER BY 3 DESC, 2
"""


def _health(codes: Sequence[str], counted: Iterable[_Counted]) -> dict[str, Health]:
    outcomes_of = _by_rule(codes, counted)
    decided: dict[str, Counter[tuple[int, str]]] = {code: Counter() for code in codes}
    months: dict[str, Counter[tuple[str, str]]] = {code: Counter() for code in codes}
    for code, version, month, decision, number in query(_DECISIONS, [list(codes), *_JUDGING]):
        decided[code][version, decision] += number
        months[code][month, decision] += number
    reasons: dict[str, dict[str, int]] = {code: {} for code in codes}
    for code, reason, number in query(_REASONS, [list(codes)]):
        reasons[code][reason] = number
    second_looks, found = agreement(), verdicts()
    return {
        code: structs.replace(
            assess(code, RULES[code].version, outcomes_of[code], decided[code]),
            months=_decisions_by(months[code], sorted({month for month, _ in months[code]})),
            reasons=reasons[code],
            second_looks=second_looks.get(code, Agreement()),
            verdicts=found.get(code, VerdictCounts()),
        )
        for code in codes
    }


def _decisions_by(decided: Mapping[tuple[Any, str], int], keys: Iterable[Any]) -> dict[Any, Decisions]:
    """Return key → decisions, of (key, decision) → flags."""
    return {key: Decisions(*(decided.get((key, decision), 0) for decision in _JUDGING)) for key in keys}


def _by_rule(codes: Sequence[str], counted: Iterable[_Counted]) -> dict[str, dict[tuple[str, str], int]]:
    """Return code → (kind of outcome, missing field) → records, of these rules."""
    outcomes_of: dict[str, dict[tuple[str, str], int]] = {code: {} for code in codes}
    for code, kind, field, number in counted:
        if code in outcomes_of:  # an audit may hold a rule that is gone
            outcomes_of[code][kind, field] = number
    return outcomes_of


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)
