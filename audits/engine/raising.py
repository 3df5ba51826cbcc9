"""
Findings that a rule withholds by its exclusions or the classifier, and raising them by hand.

Audits store the reason why a finding is withheld, not the finding: it is computed again from the record on demand.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import MD5, Cast, Concat
from django.utils.translation import gettext_lazy as _

from audits.engine import attempts
from audits.engine.flags import write_raised
from audits.engine.judged import Judged
from audits.engine.processes import read_again
from audits.judging.rule.vocabulary import OutcomeKind
from audits.judging.rule_set import Outcome
from audits.models import Audit, Flag, Review
from audits.triage import review_flag
from contracts.postgres.querying import query

STALE = "stale"

_COUNTS = """
    SELECT rule, count(*) FROM audits_audit, unnest(withheld) AS rule
    WHERE is_current AND withheld <> '{}' GROUP BY 1
"""


class WithheldFinding(NamedTuple):
    """
    A withheld finding of one process, judged again.

    ``reason`` is the stored outcome; ``entry`` has, as its only outcome, what the rule would flag.
    """

    entry: Judged
    outcome: Outcome
    reason: dict[str, Any]


def count_withheld() -> dict[str, int]:
    """Return code of a rule → number of current audits in which it withholds findings."""
    return dict(query(_COUNTS))


def sample_withheld(code: str, *, number: int, seed: str) -> Iterator[Audit]:
    """
    Yield random current audits in which a rule withholds findings that nobody raised.

    :param seed: the same seed gives the same sample while the audits are the same
    """
    raised = Flag.objects.standing().filter(rule=code, is_raised_by_hand=True)
    audits = Audit.objects.filter(is_current=True, withheld__contains=[code]).exclude(withheld=[])
    drawn = audits.exclude(process__in=raised.values("process")).order_by(
        MD5(Concat(Cast("pk", models.TextField()), models.Value(seed)))
    )
    documents = ("process__compiled_release", "process__corrections")
    yield from drawn.select_related("process__publisher").defer(*documents)[:number]


def read_withheld(process_id: int, code: str) -> WithheldFinding | None:
    """Return the withheld finding of a rule for the stored record of a process; ``None`` if there is none."""
    read = read_again(process_id)
    if read is None:
        return None
    entry, dossier = read
    bound = entry.rule_set.by_code.get(code)
    if bound is None:
        return None
    held = bound.judge(dossier)
    outcome = bound.judge(dossier, may_withhold=False)
    if not held.is_withheld or outcome.kind is not OutcomeKind.FLAGGED:
        return None
    entry.outcomes = (outcome,)
    return WithheldFinding(entry, outcome, {"kind": held.kind, "reason": held.reason, "values": held.values})


def raise_withheld(*, process_id: int, code: str, reason: str, raised_by: Any, record: bytes) -> list[Flag]:
    """
    Raise a withheld finding of a process: flags that stand until its record changes, each with a decision.

    :param record: digest of the record as the reviewer saw it
    :raises ValidationError: with code ``stale`` if the record changed meanwhile or its audit is due; without a code if
        there is nothing to raise, a flag on it stands or was confirmed before, or no reason is given
    """
    with transaction.atomic():
        present = attempts.lock_processes([process_id]).get(process_id)
        audit = Audit.objects.filter(process=process_id, is_current=True).first()
        if audit is None or present != record or bytes(audit.process_digest) != record:
            raise ValidationError(_("Not raised: the record has changed since the page was shown."), STALE)
        withheld = read_withheld(process_id, code)
        if withheld is None:
            raise ValidationError(_("This rule withholds nothing here."))
        # Raising the flag again would override a decision that the page did not show.
        known = Flag.objects.filter(process=process_id, rule=code)
        if (known.standing() | known.filter(decision=Flag.State.CONFIRMED)).exists():
            raise ValidationError(_("This rule already has an open or confirmed flag here: decide on that one."))
        flags = write_raised(withheld.entry, audit.pk)
        for flag in flags:
            review_flag(flag=flag, reviewer=raised_by, decision=Review.Decision.RAISED, reason=reason)
    return flags
