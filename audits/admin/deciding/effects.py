"""The effects of one decision on many flags, described before it is made."""

from collections import Counter
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from audits.models import Flag, Review
from audits.models.flag_queryset import unpublished_states
from audits.triage import confirmation_by


def states_after(flags: list[Any], reviewer: Any, decision: str) -> dict[int, Flag.State]:
    """Return the new state of each flag after a decision, without flags that only a second person may confirm."""
    if decision != Review.Decision.CONFIRMED:
        return {flag.pk: Flag.State(decision) for flag in flags}
    becoming = {}
    for flag in flags:
        with suppress(ValidationError):
            becoming[flag.pk] = Flag.State(confirmation_by(flag, reviewer).decision)
    return becoming


def effects_of(flags: list[Any], becoming: dict[int, Flag.State], person: Any) -> list[str]:
    """Describe the effects of a person's decision on these flags."""
    decided = [flag for flag in flags if flag.pk in becoming]
    steps = Counter((flag.state, becoming[flag.pk]) for flag in decided)
    lines = [
        f"{Flag.State(state).label.capitalize()} → {becomes.label}: {number}"
        for (state, becomes), number in steps.items()
    ]
    if left_out := len(flags) - len(decided):
        lines.append(_("Left out, because a second person has to confirm: %(number)d") % {"number": left_out})
    shown = sum(state == Flag.State.CONFIRMED for state in becoming.values())
    kept = {Flag.State.CONFIRMED, Flag.State.FIRST_CONFIRMATION}
    hidden = sum(flag.decision == Flag.State.CONFIRMED and becoming[flag.pk] not in kept for flag in decided)
    if shown and Flag.State.CONFIRMED not in unpublished_states():
        lines.append(_("The public will see: %(number)d") % {"number": shown})
    if hidden:
        lines.append(_("Confirmed before, and no longer so: %(number)d") % {"number": hidden})
    if earlier := sum(bool(flag.decision) for flag in decided):
        lines.append(
            _("Decided on before: %(number)d; the earlier decisions stay in their history.") % {"number": earlier}
        )
    if others := sum(flag.assignee_id not in (None, person.pk) for flag in decided):
        lines.append(_("Of these, assigned to other people: %(number)d") % {"number": others})
    return lines


def held_back(number: int) -> list[str]:
    """Say how many flags are skipped because somebody else has their pages open."""
    if not number:
        return []
    return [_("Left out, because another person has them open: %(number)d") % {"number": number}]
