"""Rows that people edit, with their history: who changed what, and when, as triggers of the database recorded it."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pghistory
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from contracts.admin.trail import TrailedAdmin
from contracts.api.protocol.query.filters import CountryField

# Kept by the loader of reference files for itself.
_UNTOLD = frozenset({"id", "loaded_digest"})


class Change(NamedTuple):
    """A column that an event changed, and its value before and after, as text."""

    label: str
    before: str
    after: str


class Event(NamedTuple):
    moment: Any
    user: str
    is_first: bool
    changes: list[Change]


class HistoryAdmin(TrailedAdmin):
    """
    Edits with history.

    The model is tracked by ``pghistory``; each event has the user who edits here. An event without a user comes from a
    command.
    """

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "country":  # by any code or name: as it would be typed, it is that of no record
            kwargs |= {"form_class": CountryField, "max_length": None}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with pghistory.context(user=request.user.pk):
            return super().changeform_view(request, *args, **kwargs)

    def changelist_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        with pghistory.context(user=request.user.pk):
            return super().changelist_view(request, *args, **kwargs)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_view_or_change_permission(request, row):
            raise PermissionDenied
        title = _("Change history: %s") % row
        shown: dict[str, Any] = {
            "subtitle": None,
            "object": row,
            "events": list(read_events(row)),
            **(extra_context or {}),
        }
        return self.answer(request, "admin/contracts/history.html", title, **shown)


class OneRowAdmin(HistoryAdmin):
    """A policy: one row, which is added once."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not self.model._default_manager.exists()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001
        obj.pk = 1
        super().save_model(request, obj, form, change)


def read_events(row: Any) -> Iterator[Event]:
    """Yield the events of a tracked row, the latest first."""
    events = list(row.events.select_related("pgh_context").order_by("pgh_id"))
    users = _users(events)
    tracked = {column.name for column in row.events.model._meta.concrete_fields} - _UNTOLD
    columns = [column for column in row._meta.concrete_fields if column.name in tracked]
    shown = [
        Event(
            moment=event.pgh_created_at,
            user=users.get(_user_id(event), ""),
            is_first=event.pgh_label == "insert",
            changes=[] if earlier is None else list(_changes(columns, earlier, event)),
        )
        for earlier, event in zip([None, *events], events, strict=False)
    ]
    yield from reversed(shown)


def _changes(columns: Iterable[Any], earlier: Any, event: Any) -> Iterator[Change]:
    for column in columns:
        before, after = getattr(earlier, column.attname), getattr(event, column.attname)
        if before != after:
            yield Change(str(column.verbose_name), _written(before), _written(after))


def _written(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(map(str, value)) or "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "–" if value in (None, "") else str(value)


def _user_id(event: Any) -> Any:
    return (event.pgh_context.metadata or {}).get("user") if event.pgh_context else None


def _users(events: Iterable[Any]) -> dict[Any, str]:
    ids = {_user_id(event) for event in events} - {None}
    return {user.pk: user.get_username() for user in get_user_model().objects.filter(pk__in=ids)}
