"""A few decisions of the demonstration's auditor, so that the public pages show confirmed questions."""

from django.contrib.auth import get_user_model

from audits.models import Flag, Review
from audits.triage import review_flag

NUMBER = 8
_EXAMPLES = "veedor-examples"
_REASON = "Example of a decision: made up with the record, for the demonstration."


def decide_examples() -> int:
    """Confirm the gravest question of each of some made-up records, once; return how many are confirmed."""
    if Review.objects.exists():
        return 0
    auditor = get_user_model().objects.get(username="auditor")
    standing = Flag.objects.standing().filter(process__publisher__slug=_EXAMPLES, severity=Flag.SeverityChoice.HIGH)
    # One for each rule, each on another record: many kinds of questions are worth more to look at than many flags.
    chosen: dict[str, Flag] = {}
    for flag in standing.order_by("process__country", "rule", "pk"):
        if flag.process_id not in {other.process_id for other in chosen.values()}:
            chosen.setdefault(flag.rule, flag)
    for flag in list(chosen.values())[:NUMBER]:
        review_flag(flag=flag, reviewer=auditor, decision=Review.Decision.CONFIRMED, reason=_REASON)
    return min(len(chosen), NUMBER)
