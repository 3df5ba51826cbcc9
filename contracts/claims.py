"""People decide on claims: a decision is appended, and the record is compiled again."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contracts.intake.attaching import announce
from contracts.intake.claiming import decide
from contracts.intake.compiling import compile_processes
from contracts.models import Claim, ClaimDecision
from contracts.postgres.locks import lock_until_commit
from contracts.signals import told_no_more


def decide_claim(
    *,
    claim: Claim,
    decided_by: Any,
    kind: ClaimDecision.Kind,
    reason: str,
    members: Sequence[str] = (),
    releases: Sequence[int] = (),
) -> ClaimDecision:
    """
    Append a decision on a claim, and compile the record of its ocid again.

    :param claim: as its decider saw it
    :param members: the paths that are accepted, of a claim accepted in part (``contracts.ocds.paths``); empty for all
    :param releases: the primary keys of the releases that are accepted; empty for all
    :raises ValidationError: if there is no reason, the parts do not fit the decision, its releases are gone, or
        somebody decided on it meanwhile
    """
    reason = reason.strip()
    if not reason:
        raise ValidationError({"reason": _("Say why: the decision must be defended later.")})
    if (kind == ClaimDecision.Kind.ACCEPTED_IN_PART) != bool(members or releases):
        raise ValidationError({"kind": _("Choose values or releases to accept a part, and none otherwise.")})
    with transaction.atomic():
        lock_until_commit([claim.ocid])
        if not claim.releases.exists():
            raise ValidationError(_("What was claimed is gone: there is nothing left to decide on."))
        current = Claim.objects.select_related("decision__decided_by").get(pk=claim.pk)
        if current.decision_id != claim.decision_id:
            raise ValidationError(overtaken(current))
        was_public = current.state in {Claim.State.ACCEPTED, Claim.State.ACCEPTED_IN_PART}
        decision = decide(
            claim, kind, reason=reason, decided_by=decided_by, members=sorted(members), releases=sorted(releases)
        )
        compile_processes([claim.ocid])
        if kind != ClaimDecision.Kind.ACCEPTED:
            told_no_more.send(sender=Claim, was_public=was_public)
        announce(*claim.submission.attached.values_list("submission__content", flat=True))
    return decision


def overtaken(claim: Claim) -> str:
    """Return why a decision is not stored that was made without knowing of the latest one."""
    decider = claim.decision and claim.decision.decided_by
    return _("Not saved: %(name)s decided on this claim since the page was shown.") % {
        "name": decider.get_username() if decider else "?"
    }
