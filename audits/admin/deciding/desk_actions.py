"""Other actions on the page of a flag: take it over, assign it, write a note, undo a decision."""

from copy import copy
from datetime import timedelta
from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audits.admin.queue.addresses import filters_of, page_address
from audits.desk import Held, assign, deciders, held_by_other, open_flag, take_over
from audits.models import DeskEntry, Flag, FlagNote
from audits.models.desk import MAX_NOTE
from audits.triage import last_undoable, undo_decision
from contracts.admin.bases import ListAdmin
from contracts.postgres.keys import key_of
from contracts.postgres.once import create_once

DECIDE = "audits.add_review"
ME, NOBODY = "", "0"
_IDS = "note_%s"
# The same note within this time is one that was sent again.
_SENT_AGAIN = timedelta(minutes=10)


def _people() -> list[tuple[str, Any]]:
    people = [(str(person.pk), person.get_username()) for person in deciders()]
    return [(ME, gettext_lazy("me")), (NOBODY, gettext_lazy("nobody")), *people]


class AssignForm(ActionForm):
    """The action for the ticked rows and, if it assigns them, the assignee."""

    to = forms.ChoiceField(label=gettext_lazy("Assign to"), choices=_people, required=False)


class NoteForm(forms.Form):
    """The text of a note."""

    text = forms.CharField(
        label=gettext_lazy("Note to colleagues"),
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "note-help"}),
    )


class DeskPages(ListAdmin):
    """The part of the flags' admin for sharing work among reviewers."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/desk/", view(self.desk_view), name="audits_flag_desk"),
            path("<int:pk>/note/", view(self.note_view), name="audits_flag_note"),
            path("<int:pk>/undo/", view(self.undo_view), name="audits_flag_undo"),
            *super().get_urls(),
        ]

    def desk_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Assign a flag to oneself or to another person; redirect to its page."""
        flag = self.flag_at_hand(request, pk)
        if request.method == "POST":
            if "take_over" in request.POST:
                take_over(flag, request.user)
                self.message_user(request, _("You have taken this flag over."), messages.SUCCESS)
            elif "assignee" in request.POST:
                self._hand(request, [pk], request.POST["assignee"])
        return back_to(request, pk)

    def note_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Add a note, or remove one's own; redirect to the flag's page, or show the note again if refused."""
        flag = self.flag_at_hand(request, pk)
        refused = self._write(request, flag) if request.method == "POST" else None
        return self.show_again(request, pk, note_form=refused) if refused else back_to(request, pk, "#notes-title")

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Undo a person's latest decision by appending an entry; redirect to the page of its flag."""
        self._refuse_unless_decider(request)
        if request.method == "POST":
            try:
                undo_decision(undone_by=request.user, flag_id=pk)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
            else:
                self.message_user(request, _("The decision was undone; this flag is as before."), messages.SUCCESS)
        return back_to(request, pk)

    def _refuse_unless_decider(self, request: HttpRequest) -> None:
        if not request.user.has_perm(DECIDE) or not self.has_view_permission(request):
            raise PermissionDenied

    def show_again(self, request: HttpRequest, pk: int, **refused: Any) -> HttpResponse:
        """Show the page of a flag again with a form that was refused."""
        asked: Any = copy(request)
        asked.method = "GET"  # so that showing the page does not decide
        page: Any = self.change_view(asked, str(pk), extra_context=refused)
        page.status_code = HTTPStatus.BAD_REQUEST
        return cast("HttpResponse", page)

    def flag_at_hand(self, request: HttpRequest, pk: int) -> Flag:
        """Return a flag for a reviewer; raises PermissionDenied or Http404."""
        self._refuse_unless_decider(request)
        flag = Flag.objects.visible_to(request.user).only("pk", "assignee").filter(pk=pk).first()
        if flag is None:
            raise Http404
        return flag

    def has_hand_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(DECIDE)

    @admin.action(permissions=["hand"], description=gettext_lazy("Assign the questions of these rows"))
    def assign(self, request: HttpRequest, queryset: QuerySet[Flag]) -> None:
        """Assign all flags that the rows represent: who reads a contract answers all its questions."""
        changelist: Any = self.get_changelist_instance(request)
        keys = changelist.behind(changelist.ticked(request, queryset))
        self._hand(request, keys, request.POST.get("to") or str(request.user.pk))

    def _hand(self, request: HttpRequest, keys: list[int], to: str) -> None:
        assignee = None if to == NOBODY else deciders().filter(pk=key_of(to)).first()
        if assignee is None and to != NOBODY:
            self.message_user(request, _("Nobody you chose may decide on flags."), messages.ERROR)
            return
        number = assign(keys, assignee=assignee, by=request.user)
        if assignee is None:
            text = ngettext("%(number)d flag is now unassigned.", "%(number)d flags are now unassigned.", number)
        else:
            text = ngettext(
                "%(number)d flag was assigned to %(name)s.", "%(number)d flags were assigned to %(name)s.", number
            )
        name = assignee.get_username() if assignee else ""
        self.message_user(request, text % {"number": number, "name": name}, messages.SUCCESS)

    def _write(self, request: HttpRequest, flag: Flag) -> NoteForm | None:
        """Save or remove a note as the form asks; return the form if it was refused."""
        author: Any = request.user
        remove = request.POST.get("remove", "")
        if remove:
            own = FlagNote.objects.filter(flag=flag, author=author)
            if own.filter(pk=key_of(remove)).delete()[0]:
                self.message_user(request, _("Your note was removed."), messages.SUCCESS)
            return None
        form = NoteForm(request.POST, auto_id=_IDS)
        if not form.is_valid():
            return form
        with transaction.atomic():
            recent = FlagNote.objects.filter(at__gt=Now() - _SENT_AGAIN)
            _note, is_new = create_once(recent, flag=flag, author=author, text=form.cleaned_data["text"])
            if is_new:
                DeskEntry.objects.create(flag=flag, kind=DeskEntry.Kind.NOTED, by=author)
        self.message_user(request, _("Your note is saved. Only colleagues see it."), messages.SUCCESS)
        return None

    def desk_context(self, request: HttpRequest, flag: Flag) -> dict[str, Any]:
        """Return the notes on a flag and who works on it; viewing its page opens it for this person."""
        if not request.user.has_perm(DECIDE):
            return {}
        notes = list(FlagNote.objects.filter(flag=flag).select_related("author"))
        shown: dict[str, Any] = {"notes": notes, "note_form": NoteForm(auto_id=_IDS)}
        if not flag.awaits_decision:
            return shown
        return {
            **shown,
            "held": open_flag(flag, request.user),
            "deciders": [(person.pk, person.get_username()) for person in deciders()],
            "is_mine": flag.assignee_id == request.user.pk,
        }

    def undo_context(self, request: HttpRequest, filters: str) -> dict[str, Any] | None:
        """
        Return the last decision of a person with the address that undoes it; ``None`` if there is none.

        A decision of a batch is undone on the page of the batch.

        :param filters: filters of the queue to return to
        """
        last = last_undoable(request.user)
        if last is None:
            return None
        if last.batch:
            url, label = (
                page_address("batch", last.batch, filters=filters),
                f"{last.decided}, {_('decided together')}",
            )
        else:
            url, label = page_address("undo", last.flag_id, filters=filters), f"{last.decided}, {last.flag}"
        return {"url": url, "label": label, "has_page": bool(last.batch)}


def back_to(request: HttpRequest, pk: int, part: str = "") -> HttpResponse:
    """Redirect to the page of a flag, in the queue from which it was opened."""
    return HttpResponseRedirect(page_address("change", pk, filters=filters_of(request)) + part)


def refuse_if_held(flag: Flag, person: Any) -> str:
    """Return why a person may not decide on a flag now (somebody else has its page open); ``""`` if they may."""
    held: Held | None = held_by_other(flag, person)
    if held is None:
        return ""
    values = {"name": held.holder.get_username(), "time": time_format(localtime(held.until), "TIME_FORMAT")}
    return _("Not saved: %(name)s has this flag open until %(time)s. Take it over to decide on it.") % values
