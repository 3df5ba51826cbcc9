"""Who works on which flag: assignments that last, and leases that say who has a page open just now."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from audits.models import DeskEntry, Flag, Lease, Suppression
from contracts.models import Organization
from contracts.postgres.querying import execute

LEASE = timedelta(minutes=10)

# A lease lasts until its time is over; looking at the page again extends it.
_OPEN = """
    INSERT INTO audits_lease AS lease (flag_id, holder_id, until) VALUES (%s, %s, %s)
    ON CONFLICT (flag_id) DO UPDATE SET holder_id = excluded.holder_id, until = excluded.until
    WHERE lease.holder_id = excluded.holder_id OR lease.until < %s
"""


class Held(NamedTuple):
    """A person who has the page of a flag open, and until when at most."""

    holder: Any
    until: datetime


def deciders() -> QuerySet[Any]:
    """Return the people whom flags can be handed to, by name."""
    permission = Permission.objects.filter(content_type__app_label="audits", codename="add_review")
    allowed = Q(groups__permissions__in=permission) | Q(user_permissions__in=permission) | Q(is_superuser=True)
    return get_user_model().objects.filter(allowed, is_active=True, is_staff=True).distinct().order_by("username")


def open_flag(flag: Flag, person: Any) -> Held | None:
    """
    Note that a person has the page of a flag open, and no other one; return who else has it.

    An expired lease is anybody's. Two who come at once: the database gives it to one. What is assigned to another
    person is looked at, not held.
    """
    now = timezone.now()
    with transaction.atomic():
        if flag.assignee_id not in (None, person.pk):
            Lease.objects.filter(holder=person.pk).delete()
            return held_by_other(flag, person)
        Lease.objects.filter(holder=person.pk).exclude(flag=flag).delete()
        execute(_OPEN, [flag.pk, person.pk, now + LEASE, now])
    return held_by_other(flag, person)


def held_by_other(flag: Flag, person: Any) -> Held | None:
    """Return who else has the page of a flag open."""
    leases = Lease.objects.filter(flag=flag, until__gte=timezone.now()).exclude(holder=person.pk)
    lease = leases.select_related("holder").first()
    return Held(lease.holder, lease.until) if lease else None


def held_by_others(flag_ids: Collection[int], person: Any) -> set[int]:
    """Return the keys of those flags whose pages others have open."""
    leases = Lease.objects.filter(flag__in=flag_ids, until__gte=timezone.now()).exclude(holder=person.pk)
    return set(leases.values_list("flag", flat=True))


def take_over(flag: Flag, person: Any) -> None:
    """Take the page of a flag from whoever has it open; it is logged."""
    with transaction.atomic():
        Flag.objects.select_for_update(no_key=True).get(pk=flag.pk)
        lease = Lease.objects.filter(flag=flag).select_related("holder").first()
        Lease.objects.filter(Q(flag=flag) | Q(holder=person.pk)).delete()
        Lease.objects.create(flag=flag, holder=person, until=timezone.now() + LEASE)
        if lease and lease.holder_id != person.pk and lease.until >= timezone.now():
            DeskEntry.objects.create(flag=flag, kind=DeskEntry.Kind.TAKEN_OVER, person=lease.holder, by=person)


def leave(flag: Flag, person: Any) -> None:
    """Give a flag back that a person had open."""
    Lease.objects.filter(flag=flag, holder=person.pk).delete()


def assign(flag_ids: Iterable[int], *, assignee: Any, by: Any) -> int:
    """
    Hand flags to a person, or to nobody; return how many were in other hands.

    :param assignee: a person who may decide, or ``None``
    """
    with transaction.atomic():
        flags = Flag.objects.filter(pk__in=list(flag_ids)).order_by("pk").select_for_update(no_key=True)
        moved = [flag for flag in flags.only("assignee") if flag.assignee_id != (assignee.pk if assignee else None)]
        Flag.objects.filter(pk__in=[flag.pk for flag in moved]).update(assignee=assignee)
        kind = DeskEntry.Kind.ASSIGNED if assignee else DeskEntry.Kind.UNASSIGNED
        DeskEntry.objects.bulk_create(DeskEntry(flag=flag, kind=kind, person=assignee, by=by) for flag in moved)
    return len(moved)


def flags_under(suppression: Suppression) -> QuerySet[Flag]:
    """Return the new flags that a suppression is about, in force or not."""
    flags = Flag.objects.filter(rule=suppression.rule, state=Flag.State.NEW)
    body = Organization.objects.bodies_of([suppression.organization_id])
    if suppression.role == Suppression.Role.BUYER:
        processes = flags.filter(process__buyer__in=body)
    else:
        processes = flags.filter(suppliers__overlap=body)
    return processes | flags.filter(organization__in=body)
