"""Who works on a flag: it is handed to a person, or its open page is taken over from another one."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from audits.admin.folding import FILTERS
from audits.desk import Held, assign, deciders, held_by_other, open_flag, take_over
from audits.models import Flag
from contracts.admin.readonly import ListAdmin
from contracts.pages.keys import key_of

DECIDE = "audits.add_review"
ME, NOBODY = "", "0"


def _people() -> list[tuple[str, Any]]:
    people = [(str(person.pk), person.get_username()) for person in deciders()]
    return [(ME, gettext_lazy("me")), (NOBODY, gettext_lazy("nobody")), *people]


class AssignForm(ActionForm):
    """What is done with the rows that were ticked; and, where they are assigned, to whom."""

    to = forms.ChoiceField(label=gettext_lazy("Assign to"), choices=_people, required=False)


class HandsFlags(ListAdmin):
    """The part of the flags' admin that says who works on which."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.desk_view)
        return [path("<int:pk>/desk/", view, name="audits_flag_desk"), *super().get_urls()]

    def desk_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take a flag over, or hand it to a person; back to its page."""
        if not request.user.has_perm(DECIDE) or not self.has_view_permission(request):
            raise PermissionDenied
        flag = Flag.objects.visible_to(request.user).only("pk", "assignee").filter(pk=pk).first()
        if flag is None:
            raise Http404
        if request.method == "POST":
            if "take_over" in request.POST:
                take_over(flag, request.user)
                self.message_user(request, _("You have taken this flag over."), messages.SUCCESS)
            elif "assignee" in request.POST:
                self._hand(request, [pk], request.POST["assignee"])
        filters = request.GET.get(FILTERS, "")
        query = {FILTERS: filters} if filters else None
        return HttpResponseRedirect(reverse("admin:audits_flag_change", args=[pk], query=query))

    def has_hand_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(DECIDE)

    @admin.action(permissions=["hand"], description=gettext_lazy("Assign the questions of these rows"))
    def assign(self, request: HttpRequest, queryset: QuerySet[Flag]) -> None:
        """Hand all that the rows stand for to a person: whoever reads a contract answers all its questions."""
        changelist: Any = self.get_changelist_instance(request)
        keys = changelist.behind(changelist.ticked(request, queryset))
        self._hand(request, keys, request.POST.get("to") or str(request.user.pk))

    def _hand(self, request: HttpRequest, keys: list[int], to: str) -> None:
        assignee = None if to == NOBODY else deciders().filter(pk=key_of(to)).first()
        if assignee is None and to != NOBODY:
            self.message_user(request, _("Nobody was chosen who may decide on flags."), messages.ERROR)
            return
        number = assign(keys, assignee=assignee, by=request.user)
        if assignee is None:
            text = ngettext("%(number)d flag is nobody's now.", "%(number)d flags are nobody's now.", number)
        else:
            text = ngettext(
                "%(number)d flag was assigned to %(name)s.", "%(number)d flags were assigned to %(name)s.", number
            )
        name = assignee.get_username() if assignee else ""
        self.message_user(request, text % {"number": number, "name": name}, messages.SUCCESS)

    def desk_context(self, request: HttpRequest, flag: Flag) -> dict[str, Any]:
        """Return who works on the flag of a page; showing it opens the flag for this person."""
        if not request.user.has_perm(DECIDE) or not flag.awaits_decision:
            return {}
        return {
            "held": open_flag(flag, request.user),
            "deciders": [(person.pk, person.get_username()) for person in deciders()],
            "is_mine": flag.assignee_id == request.user.pk,
        }


def refuse_if_held(flag: Flag, person: Any) -> str:
    """Return why a person may not decide on a flag just now: another one has its page open; ``""`` if none."""
    held: Held | None = held_by_other(flag, person)
    if held is None:
        return ""
    values = {"name": held.holder.get_username(), "time": time_format(localtime(held.until), "H:i")}
    return _("Not saved: %(name)s has this flag open until %(time)s. Take it over to decide on it.") % values
