"""A few decisions of the demonstration's auditor and lead, so that the public pages show confirmed questions."""

from collections import defaultdict

from django.contrib.auth import get_user_model

from audits.models import Flag, Review
from audits.triage import review_flag
from contracts.models.publisher import EXAMPLES

# Number of decisions per country, each on another rule and another record.
NUMBER = 3
# As a person writes it: in the language of the record.
_REASONS = {
    "es": "Ejemplo de una decisión: inventada con el registro, para la demostración.",
    "pt": "Exemplo de uma decisão: inventada com o registro, para a demonstração.",
}
_REASON = "Example of a decision: made up with the record, for the demonstration."


def decide_examples() -> int:
    """Confirm grave questions about made-up records, once; return how many."""
    if Review.objects.exists():
        return 0
    people = [get_user_model().objects.get(username=name) for name in ("auditor", "lead")]
    standing = Flag.objects.standing().filter(process__publisher__slug=EXAMPLES, severity=Flag.SeverityChoice.HIGH)
    chosen: dict[str, list[Flag]] = defaultdict(list)
    for flag in standing.order_by("rule", "pk"):
        others = chosen[flag.country]
        if len(others) < NUMBER and all(
            flag.rule != other.rule and flag.process_id != other.process_id for other in others
        ):
            others.append(flag)
    flags = [flag for found in chosen.values() for flag in found]
    for flag in flags:
        reason = _REASONS.get(flag.process.language if flag.process else "", _REASON)
        for person in people:  # it takes two
            review_flag(flag=flag, reviewer=person, decision=Review.Decision.CONFIRMED, reason=reason)
    return len(flags)
