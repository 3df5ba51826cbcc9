"""How far people agree when they judge blindly: with each other, on the flags of each rule, and on known answers."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from msgspec import Struct

from audits.models import BlindReview, KnownJudgement, Verdict
from audits.reports.flag_samples import VerdictCounts


class Agreement(Struct, frozen=True):
    """How many were judged again, and in how many both said the same."""

    judged: int = 0
    agreed: int = 0


def agreement() -> dict[str, Agreement]:
    """Return code of a rule → how its decisions, and flags of samples, were judged a second time."""
    counted = _by_rule(BlindReview.objects.filter(agrees__isnull=False))
    return {rule: Agreement(*numbers) for rule, *numbers in counted.annotate(**_numbers())}


def agreement_of_people() -> dict[tuple[str, str], Agreement]:
    """Return two people, by name → how often they agreed on a decision; the most frequent disagreements first."""
    pairs: dict[tuple[str, str], Agreement] = {}
    looks = BlindReview.objects.filter(agrees__isnull=False, review__isnull=False)
    names = ("review__reviewer__username", "reviewer__username")
    for one, other, judged, agreed in looks.order_by(*names).values_list(*names).annotate(**_numbers()):
        pair = (min(one, other), max(one, other))
        known = pairs.get(pair, Agreement())
        pairs[pair] = Agreement(known.judged + judged, known.agreed + agreed)
    return dict(sorted(pairs.items(), key=lambda item: (item[1].agreed - item[1].judged, item[0])))


def verdicts() -> dict[str, VerdictCounts]:
    """Return code of a rule → what people found of its flags, blindly; a flag that two judged counts twice."""
    found = (Verdict.RIGHT, Verdict.IDLE, Verdict.WRONG)
    counted = _by_rule(BlindReview.objects.filter(verdict__in=found))
    numbers = {f"of_{verdict}": Count("pk", filter=Q(verdict=verdict)) for verdict in found}
    return {rule: VerdictCounts(*of_each) for rule, *of_each in counted.annotate(**numbers)}


def _by_rule(looks: QuerySet[BlindReview]) -> QuerySet[BlindReview, Any]:
    of_rule = Coalesce("review__flag__rule", "sampled__flag__rule")
    return looks.annotate(of_rule=of_rule).order_by("of_rule").values_list("of_rule")


def scores() -> dict[str, Agreement]:
    """Return person → how they judged flags with a known answer."""
    counted = KnownJudgement.objects.order_by("reviewer__username").values_list("reviewer__username")
    return {name: Agreement(*numbers) for name, *numbers in counted.annotate(**_numbers())}


def _numbers() -> dict[str, Any]:
    return {"judged": Count("pk"), "agreed": Count("pk", filter=Q(agrees=True))}
