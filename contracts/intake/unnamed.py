"""Organizations that no record names any more: erasing a record erases the names that it alone gave."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from contracts.intake.bodies import BODIES
from contracts.models import Organization, SameBody
from contracts.postgres.locks import lock_until_commit
from contracts.postgres.referring import protecting

# Who compiles waits meanwhile.
_BATCH = 500


def forget_unnamed(pks: Collection[int]) -> int:
    """
    Remove those of these organizations that nothing names: no record, no decision of a person, no question.

    Each batch is a transaction of its own, and a short one: nobody may write a row that names them meanwhile.

    :returns: how many went
    """
    gone, left = 0, sorted(pks)
    while left:
        batch, left = left[:_BATCH], left[_BATCH:]
        with transaction.atomic():
            lock_until_commit([BODIES])
            found = list(_unnamed().filter(pk__any_of=batch).values_list("pk", flat=True))
            Organization.objects.filter(pk__any_of=found).delete()
        gone += len(found)
    return gone


def forget_all_unnamed() -> int:
    """Remove all organizations that nothing names any more; return how many went."""
    return forget_unnamed(list(_unnamed().values_list("pk", flat=True)))


def _unnamed() -> QuerySet[Organization]:
    """Return the organizations to which no row leads that may not go with them."""
    # A proposal that two are one goes along, a decision on it stays.
    pairs = SameBody.objects.order_by().exclude(decision=None)
    decided = Exists(pairs.filter(Q(one=OuterRef("pk")) | Q(other=OuterRef("pk"))))
    named = [refers for _model, refers in protecting(Organization)]
    return Organization.objects.order_by().filter(*(~refers for refers in (*named, decided)))
