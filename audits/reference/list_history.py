"""
The states that rows of the lists which people edit here had, as triggers of the database recorded them.

Nothing deletes a row: it is switched off, and an entry that moves to another list has a state there. The states hold
no notes, and not who edited.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import models
from msgspec import Struct

from audits.matching.reference.data import LEXICON, WATCHLISTS
from audits.models import LexiconTerm, PublicList, Watchlist, WatchlistEntry


class Change(Struct, frozen=True):
    """That a column, or ``enabled``, held another value from a moment on."""

    at: datetime
    column: str
    before: Any
    after: Any


class State(Struct, frozen=True):
    """
    What a row held from a moment on: ``values`` of its columns, and of ``enabled``.

    ``of`` is the code of the list that it was on, ``is_present`` whether the row is still in the database.
    """

    at: datetime
    of: str
    is_present: bool
    values: Mapping[str, Any]

    def changes_since(self, before: "State") -> Iterator[Change]:
        for name, value in self.values.items():
            if value != before.values[name]:
                yield Change(self.at, name, before.values[name], value)


# Primary key of a row → its states, in order.
States = Mapping[int, Sequence[State]]


def states_of(code: str, columns: Sequence[str]) -> States:
    """Return the states of the rows that are or were on a list; of watchlists also those of entries of the others."""
    if code in WATCHLISTS:
        model: type[models.Model] = WatchlistEntry
        slugs = dict(Watchlist.objects.values_list("pk", "slug"))
    else:
        model, slugs = (LexiconTerm if code == LEXICON else PublicList), {}
    names = ("enabled", *columns)
    place = ("watchlist_id",) if slugs else ()
    present = set(model._default_manager.values_list("pk", flat=True))
    states: dict[int, list[State]] = defaultdict(list)
    for pk, at, *found in _events(model).values_list("pgh_obj_id", "pgh_created_at", *place, *names):
        of = slugs.get(found.pop(0), "") if place else code
        states[pk].append(State(at, of, pk in present, dict(zip(names, found, strict=True))))
    return states


def is_switched_on(code: str, end: datetime | None) -> bool:
    """Return whether rules read a list at all, now or before a moment: the lexicon and watchlists have a switch."""
    if code not in (LEXICON, *WATCHLISTS):
        return True
    states = _events(Watchlist).filter(slug=code)
    if end:
        states = states.filter(pgh_created_at__lt=end)
    last: bool | None = states.values_list("enabled", flat=True).last()
    return bool(last)


def _events(model: type[models.Model]) -> models.QuerySet[Any]:
    """Return the recorded states of the rows of a model, in order."""
    recorded: Any = model._meta.get_field("events").related_model
    found: models.QuerySet[Any] = recorded._default_manager.order_by("pgh_id")
    return found
