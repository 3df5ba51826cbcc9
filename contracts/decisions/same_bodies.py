"""People decide whether two organizations are one body: a decision is appended, and their rows are read again."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from contracts.decisions.pairs import PairDecisions
from contracts.intake.rows.merged_bodies import BODIES, count_roles
from contracts.models import Organization, Party, SameBody
from contracts.models.pairs import follow
from contracts.models.process import in_public_process
from contracts.names.sameness import Pair, compare, countries, find_pairs, named
from contracts.trail import Action


def propose_all() -> int:
    """Find organizations that may be the same, store new pairs, and return the number of new ones."""
    return sum(_keep(find_pairs(country)) for country in countries())


def refuse_if_one(one: Organization, other: Organization) -> None:
    """Raise ValidationError if two organizations are the same row, or already merged."""
    if one.pk == other.pk:
        raise ValidationError(_("Choose two organizations."))
    for row in (one, other):
        if row.merged_into is not None:
            values = {"name": row, "kept": row.merged_into}
            raise ValidationError(_("%(name)s is merged into %(kept)s: choose that one.") % values)


def propose(one: Organization, other: Organization, *, proposed_by: Any) -> SameBody:
    """
    Return the proposal that two organizations are one body, and create it if there is none.

    :raises ValidationError: if they are the same row, or already merged
    """
    refuse_if_one(one, other)
    rows = named([one.pk, other.pk])
    first, second = sorted(rows)
    _keep(compare([(rows[first], rows[second])]), proposed_by=proposed_by)
    return SameBody.objects.get(one=first, other=second)


def _keep(pairs: Any, *, proposed_by: Any = None) -> int:
    found = [_row(pair, proposed_by) for pair in pairs]
    known = set(SameBody.objects.values_list("one", "other"))
    new = [row for row in found if (row.one_id, row.other_id) not in known]
    SameBody.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)
    return len(new)


def _row(pair: Pair, proposed_by: Any) -> SameBody:
    return SameBody(
        one_id=pair.one.pk,
        other_id=pair.other.pk,
        likeness=pair.likeness,
        speaks_for=[list(sign) for sign in pair.speaks_for],
        speaks_against=[list(sign) for sign in pair.speaks_against],
        proposed_by=proposed_by,
    )


def _check(pair: SameBody, kept: Organization) -> None:
    for row in (pair.one, pair.other):
        if row.merged_into is not None:
            values = {"name": row, "kept": row.merged_into}
            raise ValidationError(_("%(name)s is merged into %(kept)s: decide on that one.") % values)
    naming = Party.objects.filter(in_public_process(), organization__in=[pair.one, pair.other]).order_by()
    public = set(naming.values_list("organization", flat=True).distinct())
    if public and kept.pk not in public:
        # Public records would get its name, key and number, which come only from claims.
        text = _("No public record names %(name)s, and unaccepted claims are not public: keep the other one.")
        raise ValidationError({"kept": text % {"name": kept}})


def _point_to_those_kept() -> None:
    """Point each merged organization to the one that is kept for its body, by all decisions in force."""
    merges = SameBody.objects.merges()
    stored = dict(Organization.objects.filter(merged_into__isnull=False).values_list("pk", "merged_into"))
    present = follow(merges, counting=set(merges.values()))
    changed = {pk for pk in {*stored, *present} if stored.get(pk) != present.get(pk)}
    for pk in sorted(changed):
        Organization.objects.filter(pk=pk).update(merged_into=present.get(pk))
    count_roles({body for pk in changed for body in (stored.get(pk), present.get(pk)) if body})


# The schedule brings the rows of their records up to date.
decide_body = PairDecisions(
    lock=BODIES,
    action=Action.BODY_DECIDED,
    named_by="key",
    not_merged=gettext_noop("They are not merged: there is nothing to separate."),
    merged=gettext_noop("They are merged: separate them first."),
    choose=gettext_noop("If you merge them, choose which of the two is kept; otherwise choose none."),
    check=_check,
    follow=_point_to_those_kept,
).append
