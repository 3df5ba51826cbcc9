"""The queue: the flags list as a person filtered it, walked flag by flag."""

import copy
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import DisallowedRedirect, SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.urls import reverse

from audits.models import Flag

# The parameter in which the admin carries the filters of a list to the page of a row.
FILTERS = "_changelist_filters"
NEXT = "next"
# How far ahead a flag is looked for in its queue; beyond, the queue is begun anew.
LOOKAHEAD = 1000


class Queue:
    """A filtered flags list, as it is carried in a page's address."""

    def __init__(self, model_admin: admin.ModelAdmin, request: HttpRequest) -> None:
        self.filters = request.GET.get(FILTERS, "")
        self._flags = self._read(model_admin, request)

    def _read(self, model_admin: admin.ModelAdmin, request: HttpRequest) -> QuerySet[Flag]:
        asked: Any = copy.copy(request)
        asked.GET = QueryDict(self.filters, mutable=True)
        asked.GET.pop(PAGE_VAR, None)
        try:
            return model_admin.get_changelist_instance(asked).queryset
        except (IncorrectLookupParameters, DisallowedRedirect, SuspiciousOperation):
            # Filters that someone mangled: the list as it opens.
            self.filters, asked.GET = "", QueryDict()
            return model_admin.get_changelist_instance(asked).queryset

    def after(self, flag: Flag, *, remembered: int | None = None) -> int | None:
        """
        Return the key of the flag that follows, the first one after the last, ``None`` if no other is left.

        :param remembered: the one that followed before ``flag`` left the queue
        """
        rows = list(self._flags.values_list("pk", "cause")[:LOOKAHEAD])
        keys = [key for key, _cause in rows]
        # An identical question may stand for it in the list.
        alike = [key for key, cause in rows if key == flag.pk or (cause is not None and cause == flag.cause)]
        if alike:
            place = keys.index(flag.pk if flag.pk in keys else alike[0])
            others = keys[place + 1 :] + keys[:place]
            return others[0] if others else None
        if remembered is not None and remembered != flag.pk and self._flags.filter(pk=remembered).exists():
            return remembered
        return keys[0] if keys else None

    def list_url(self) -> str:
        address = reverse("admin:audits_flag_changelist")
        return f"{address}?{self.filters}" if self.filters else address

    def flag_url(self, pk: Any, **parameters: Any) -> str:
        """Return the address of a flag's page in this queue."""
        return self._address("change", pk, **parameters)

    def desk_url(self, pk: Any) -> str:
        """Return where a flag is handed to a person, or taken over."""
        return self._address("desk", pk)

    def note_url(self, pk: Any) -> str:
        """Return where a note on a flag is written."""
        return self._address("note", pk)

    def _address(self, page: str, pk: Any, **parameters: Any) -> str:
        query = {FILTERS: self.filters, **parameters}
        encoded = urlencode({name: value for name, value in query.items() if value})
        address = reverse(f"admin:audits_flag_{page}", args=[pk])
        return f"{address}?{encoded}" if encoded else address
