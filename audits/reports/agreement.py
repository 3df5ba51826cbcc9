"""How often people judge alike: of decisions that were judged twice, blindly, and of flags with a known answer."""

from typing import Any

from django.db.models import Count, Q
from msgspec import Struct

from audits.models import BlindReview, GoldenJudgement


class Agreement(Struct, frozen=True):
    """How many were judged again, and in how many both said the same."""

    judged: int = 0
    agreed: int = 0


def agreement() -> dict[str, Agreement]:
    """Return code of a rule → how its decisions were judged a second time."""
    counted = BlindReview.objects.order_by("review__flag__rule").values_list("review__flag__rule")
    return {rule: Agreement(*numbers) for rule, *numbers in counted.annotate(**_numbers())}


def scores() -> dict[str, Agreement]:
    """Return person → how they judged flags with a known answer."""
    counted = GoldenJudgement.objects.order_by("reviewer__username").values_list("reviewer__username")
    return {name: Agreement(*numbers) for name, *numbers in counted.annotate(**_numbers())}


def _numbers() -> dict[str, Any]:
    return {"judged": Count("pk"), "agreed": Count("pk", filter=Q(agrees=True))}
