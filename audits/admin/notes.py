"""Notes that people of the desk leave each other on the page of a flag."""

from copy import copy
from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audits.admin.folding import FILTERS
from audits.models import DeskEntry, Flag, FlagNote
from audits.models.desk import MAX_NOTE
from contracts.admin.readonly import ListAdmin
from contracts.pages.keys import key_of

_IDS = "note_%s"


class NoteForm(forms.Form):
    """A note, as it is written."""

    text = forms.CharField(
        label=gettext_lazy("Note to colleagues"),
        max_length=MAX_NOTE,
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "note-help"}),
    )


class TakesNotes(ListAdmin):
    """The part of the flags' admin in which colleagues write to each other."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.note_view)
        return [path("<int:pk>/note/", view, name="audits_flag_note"), *super().get_urls()]

    def note_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write a note on a flag, or remove one of one's own; back to its page, with a note that was refused."""
        if not request.user.has_perm("audits.add_review") or not self.has_view_permission(request):
            raise PermissionDenied
        flag = Flag.objects.visible_to(request.user).only("pk").filter(pk=pk).first()
        if flag is None:
            raise Http404
        refused = self._write(request, flag) if request.method == "POST" else None
        if refused is not None:
            asked: Any = copy(request)
            asked.method = "GET"  # to show the page is no decision on it
            page: Any = self.change_view(asked, str(pk), extra_context={"note_form": refused})
            page.status_code = HTTPStatus.BAD_REQUEST
            return cast("HttpResponse", page)
        filters = request.GET.get(FILTERS, "")
        query = {FILTERS: filters} if filters else None
        return HttpResponseRedirect(reverse("admin:audits_flag_change", args=[pk], query=query) + "#notes-title")

    def _write(self, request: HttpRequest, flag: Flag) -> NoteForm | None:
        """Do what a form asks for; return the note that was refused."""
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
            FlagNote.objects.create(flag=flag, author=author, text=form.cleaned_data["text"])
            DeskEntry.objects.create(flag=flag, kind=DeskEntry.Kind.NOTED, by=author)
        self.message_user(request, _("Your note was written. Colleagues alone see it."), messages.SUCCESS)
        return None

    def note_context(self, request: HttpRequest, flag: Flag) -> dict[str, Any]:
        """Return the notes on a flag, and the form for another one."""
        if not request.user.has_perm("audits.add_review"):
            return {}
        return {
            "notes": list(FlagNote.objects.filter(flag=flag).select_related("author")),
            "note_form": NoteForm(auto_id=_IDS),
        }
