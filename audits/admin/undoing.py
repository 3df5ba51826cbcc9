"""A person's last decision, undone for a while by a new entry."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _

from audits.triage import last_undoable, undo_decision
from contracts.admin.readonly import ListAdmin


class UndoesDecisions(ListAdmin):
    """The part of the flags' admin that takes a decision back."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.undo_view)
        return [path("<int:pk>/undo/", view, name="audits_flag_undo"), *super().get_urls()]

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Undo the decision that a person made last; to the page of its flag."""
        if not request.user.has_perm("audits.add_review") or not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            try:
                undo_decision(undone_by=request.user, flag_id=pk)
            except ValidationError as error:
                self.message_user(request, " ".join(error.messages), messages.ERROR)
            else:
                self.message_user(request, _("The decision was undone; this flag stands as before."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:audits_flag_change", args=[pk]))

    def undo_context(self, request: HttpRequest) -> dict[str, Any] | None:
        """Return where the last decision of a person is undone, and what it was; ``None`` if there is none."""
        last = last_undoable(request.user)
        if last is None:
            return None
        label = f"{last.decided}, {last.flag}"
        return {"url": reverse("admin:audits_flag_undo", args=[last.flag_id]), "label": label}
