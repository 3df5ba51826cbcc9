"""Decisions on pairs of rows that may be the same, for any table: validation and consequences."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import Struct

from contracts.models.decision import given_reason
from contracts.models.pairs import MERGED, PARTED, Pair
from contracts.postgres.locks import lock_until_commit
from contracts.trail import Action, record


class PairDecisions(Struct, frozen=True):
    """
    How people decide on pairs of one kind.

    ``lock`` is held by all writers that change what such rows count for; ``action`` and ``named_by``, an attribute of
    the rows, are for the trail. ``not_merged``, ``merged`` and ``choose`` say why a decision does not fit the current
    state. ``check`` raises ValidationError if the row ``kept`` may not stand for both; ``follow`` applies all
    decisions to the rows.
    """

    lock: str
    action: Action
    named_by: str
    not_merged: str
    merged: str
    choose: str
    check: Callable[[Any, Any], None]
    follow: Callable[[], None]

    def append(self, *, pair: Any, decided_by: Any, kind: Any, reason: str, kept: Any = None) -> Any:
        """
        Append a decision on a pair, and apply it to its rows.

        :param kept: the row that stands for both; only for a merge
        :raises ValidationError: if there is no reason, the pair is gone, or the decision does not fit what stands
        """
        reason = given_reason(reason)
        with transaction.atomic():
            lock_until_commit([self.lock])
            pair = _locked(pair)
            self._refuse_unfit(pair, kind, kept)
            decision = pair.append(kind=kind, kept=kept, reason=reason, decided_by=decided_by)
            self.follow()
            name = attrgetter(self.named_by)
            rows = {"one": pair.one, "other": pair.other} | ({"kept": kept} if kept else {})
            names = {role: name(row) for role, row in rows.items()}
            record(decided_by, self.action, pair, decision=kind.value, **names)
        return decision

    def _refuse_unfit(self, pair: Pair, kind: str, kept: Any) -> None:
        is_merged = pair.state == MERGED
        if kind == PARTED and not is_merged:
            raise ValidationError({"kind": _(self.not_merged)})
        if kind != PARTED and is_merged:
            raise ValidationError({"kind": _(self.merged)})
        if not (kept in (pair.one, pair.other) if kind == MERGED else kept is None):  # type: ignore[attr-defined]
            raise ValidationError({"kept": _(self.choose)})
        if kept is not None:
            self.check(pair, kept)


def _locked(pair: Pair) -> Any:
    """Return the current pair, locked until commit; undecided ones are deleted once their rows are not alike."""
    try:
        return type(pair).objects.locked(pair.pk)  # type: ignore[attr-defined]
    except ObjectDoesNotExist:
        raise ValidationError(_("These two are no longer found alike: there is nothing to decide.")) from None
