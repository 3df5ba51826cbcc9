"""People decide whether two processes publish the same contracts: a decision is appended, and one counts for both."""

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contracts.decisions.pairs import PairDecisions
from contracts.intake.duplicates.published_twice import COUNTING, point_to_kept
from contracts.models import ContractingProcess, SameProcess
from contracts.models.process import PUBLIC
from contracts.trail import Action


def _check(pair: SameProcess, kept: ContractingProcess) -> None:
    if kept.pk not in pair.may_be_kept:
        raise ValidationError(
            {"kept": _("The other one has contracts that %(ocid)s does not have.") % {"ocid": kept.ocid}}
        )
    for row in (pair.one, pair.other):
        # Also if that one is not public at present: it counts again once it returns.
        of_row = SameProcess.objects.merged().filter(Q(one=row) | Q(other=row)).exclude(decision__kept=row)
        if (earlier := of_row.values_list("decision__kept__ocid", flat=True).first()) is not None:
            values = {"ocid": row.ocid, "kept": earlier}
            raise ValidationError(_("%(kept)s counts for %(ocid)s already: decide on that one.") % values)
        if row.verification not in PUBLIC:
            raise ValidationError(_("%(ocid)s is no longer public, and is in no sum.") % {"ocid": row.ocid})


# Sums follow at once; audits of the processes concerned are repeated.
decide_process = PairDecisions(
    lock=COUNTING,
    action=Action.PROCESS_DECIDED,
    named_by="ocid",
    not_merged=gettext_noop("Both count already."),
    merged=gettext_noop("One counts for the other: let both count again first."),
    choose=gettext_noop("If they are the same, choose which of the two counts; otherwise choose none."),
    check=_check,
    follow=point_to_kept,
).append
