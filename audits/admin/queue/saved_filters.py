"""Private saved filters of the flags list."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import path
from django.utils.translation import gettext as _

from audits.admin.queue.addresses import list_address
from audits.models import SavedFilter
from contracts.admin.bases import ListAdmin
from contracts.postgres.keys import key_of

MAX_SAVED = 30


class SavesFilters(ListAdmin):
    """The part of the flags' admin that saves filters."""

    def get_urls(self) -> list[Any]:
        return [
            path("saved/", self.admin_site.admin_view(self.saved_view), name="audits_flag_saved"),
            *super().get_urls(),
        ]

    def saved_view(self, request: HttpRequest) -> HttpResponse:
        """Save the list's filters under a name, or delete saved ones; redirect to the list."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        own = self.saved_filters(request)
        if request.method != "POST":
            return HttpResponseRedirect(list_address(""))
        if gone := key_of(request.POST.get("forget", "")):
            own.filter(pk=gone).delete()
            return HttpResponseRedirect(list_address(""))
        name, query = (
            request.POST.get("name", "").strip()[:60],
            QueryDict(request.POST.get("query", "")[:2000], mutable=True),
        )
        query.pop("p", None)
        if not name or "\x00" in name + query.urlencode():
            self.message_user(request, _("Give the filters a name."), messages.ERROR)
        elif own.count() >= MAX_SAVED and not own.filter(name=name).exists():
            self.message_user(
                request, _("You have saved the maximum number of filters: delete one first."), messages.ERROR
            )
        else:
            SavedFilter.objects.update_or_create(
                person_id=request.user.pk, name=name, defaults={"query": query.urlencode()[:2000]}
            )
        return HttpResponseRedirect(list_address(query.urlencode()))

    def saved_filters(self, request: HttpRequest) -> QuerySet[SavedFilter]:
        return SavedFilter.objects.filter(person_id=request.user.pk)
