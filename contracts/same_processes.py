"""People decide whether two processes publish the same contracts: a decision is appended, and one counts for both."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from contracts.decisions import given_reason
from contracts.intake.published_twice import COUNTING, point_to_kept
from contracts.models import ContractingProcess, SameProcess, SameProcessDecision
from contracts.models.process import PUBLIC
from contracts.postgres.locks import lock_until_commit
from contracts.trail import Action, record

Kind = SameProcessDecision.Kind


def decide_process(
    *,
    pair: SameProcess,
    decided_by: Any,
    kind: SameProcessDecision.Kind,
    reason: str,
    kept: ContractingProcess | None = None,
) -> SameProcessDecision:
    """
    Append a decision on a pair of processes; sums follow at once, audits of those it reaches are made again.

    :param kept: the one of the two that counts for both; of a merge alone
    :raises ValidationError: if there is no reason, or the decision does not fit what stands
    """
    reason = given_reason(reason)
    with transaction.atomic():
        lock_until_commit([COUNTING])
        pair = SameProcess.objects.locked(pair.pk)
        _check(pair, kind, kept)
        decision: SameProcessDecision = pair.append(kind=kind, kept=kept, reason=reason, decided_by=decided_by)
        point_to_kept()
        details = {"decision": kind.value, "one": pair.one.ocid, "other": pair.other.ocid}
        record(decided_by, Action.PROCESS_DECIDED, pair, **details, **({"kept": kept.ocid} if kept else {}))
    return decision


def _check(pair: SameProcess, kind: SameProcessDecision.Kind, kept: ContractingProcess | None) -> None:
    is_merged = pair.state == SameProcess.State.MERGED
    if kind == Kind.PARTED and not is_merged:
        raise ValidationError({"kind": _("Both count already.")})
    if kind != Kind.PARTED and is_merged:
        raise ValidationError({"kind": _("One counts for the other: let both count again first.")})
    if not (kept in (pair.one, pair.other) if kind == Kind.MERGED else kept is None):
        raise ValidationError({"kept": _("Choose which of the two counts, and none otherwise.")})
    if kept is None:
        return
    if kept.pk not in pair.may_be_kept:
        raise ValidationError({"kept": _("The other one has contracts that %(ocid)s has not.") % {"ocid": kept.ocid}})
    for row in (pair.one, pair.other):
        # Also where that one is not public for now: it counts again once it is back.
        of_row = SameProcess.objects.merged().filter(Q(one=row) | Q(other=row)).exclude(decision__kept=row)
        if (earlier := of_row.values_list("decision__kept__ocid", flat=True).first()) is not None:
            values = {"ocid": row.ocid, "kept": earlier}
            raise ValidationError(_("%(kept)s counts for %(ocid)s already: decide on that one.") % values)
        if row.verification not in PUBLIC:
            raise ValidationError(_("%(ocid)s is no longer public, and is in no sum.") % {"ocid": row.ocid})
