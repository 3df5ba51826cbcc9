"""What a person wrote before on flags of a rule, offered again: of the keys of a decision most are its reason."""

from collections.abc import Collection
from typing import Any, NamedTuple

from audits.models import Review
from audits.models.known_answer import ANSWERS
from audits.reference.reason_codes import reason_label

MAX_OFFERED = 5
# So many of a person's decisions are looked through, the latest ones.
_READ = 300
_ANSWERS = dict(ANSWERS)


class OwnReason(NamedTuple):
    """A reason as it was written, with its kind and the decision that it was given for."""

    text: str
    code: str
    decision: str
    label: str


def own_reasons(person: Any, rules: Collection[str]) -> list[OwnReason]:
    """Return the last reasons that a person gave for flags of some rules, the latest first, each one once."""
    latest = Review.objects.filter(reviewer=person.pk).order_by("-pk").values_list("pk", flat=True)[:_READ]
    made = Review.objects.filter(pk__in=latest, flag__rule__in=rules).made().order_by("-pk")
    found: dict[tuple[str, str, str], OwnReason] = {}
    for given, code, text in made.values_list("decision", "reason_code", "reason"):
        is_first = given == Review.Decision.FIRST_CONFIRMATION
        decision = str(Review.Decision.CONFIRMED if is_first else given)
        if decision in _ANSWERS:
            label = reason_label(code) or str(_ANSWERS[decision])
            found.setdefault((decision, code or "", text), OwnReason(text, code or "", decision, label))
    return list(found.values())[:MAX_OFFERED]
