"""The queue: the filtered flags list of a person, gone through contract by contract and flag by flag."""

import copy
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import PAGE_VAR
from django.core.exceptions import DisallowedRedirect, SuspiciousOperation
from django.http import HttpRequest, QueryDict

from audits.admin.queue.addresses import filters_of, page_address
from audits.admin.queue.grouping import FoldedList, beyond
from audits.models import Flag
from contracts.postgres.keys import key_of

# The flag whose row was opened; after its contract the queue continues from there.
ROW = "_row"


class _Walked(FoldedList):
    """The list without its page, which is neither read nor counted."""

    def get_results(self, request: HttpRequest) -> None:
        pass


class Queue:
    """A filtered flags list, as carried in the address of a page."""

    def __init__(self, model_admin: admin.ModelAdmin, request: HttpRequest) -> None:
        self.filters = filters_of(request)
        self._row = key_of(request.GET.get(ROW, ""))
        self._list = self._read(model_admin, request)

    def _read(self, model_admin: admin.ModelAdmin, request: HttpRequest) -> Any:
        asked: Any = copy.copy(request)
        asked.changelist = _Walked
        asked.GET = QueryDict(self.filters, mutable=True)
        asked.GET.pop(PAGE_VAR, None)
        try:
            return model_admin.get_changelist_instance(asked)
        except (IncorrectLookupParameters, DisallowedRedirect, SuspiciousOperation):
            # Invalid filters: use the default list.
            self.filters, asked.GET = "", QueryDict()
            return model_admin.get_changelist_instance(asked)

    def next_url(self, flag: Flag) -> str:
        """
        Return the address of the next flag, ``""`` if no other is left.

        The order is: other questions of its contract, the next contract (after the last, the first), and finally flags
        with the same question. A flag that has left the queue keeps its place in it.
        """
        row = (Flag.objects.filter(pk=self._row).first() if self._row else None) or flag
        beside, rows = Flag.objects.none(), self._others(self._list.queryset, flag)
        if self._list.is_grouped:
            beside = self._others(self._list.unfolded.filter(flag.same_subject), flag)
            rows = rows.exclude(flag.same_subject)
        if following := self._first_after(flag, beside):
            return self.address("change", following, **{ROW: row.pk})
        following = self._first_after(row, rows) or _first(rows) or _first(beside) or self._identical(flag)
        return self.address("change", following) if following else ""

    def _others(self, flags: Any, flag: Flag) -> Any:
        """Return the flags of the list without a flag and, if folded, those with the same question."""
        others = flags.exclude(pk=flag.pk)
        return others.exclude(cause=flag.cause) if flag.cause and self._list.is_folded else others

    def _identical(self, flag: Flag) -> int | None:
        """Return a flag of the list with the same question."""
        same = self._list.unfolded.filter(cause=flag.cause) if flag.cause else Flag.objects.none()
        return _first(same.exclude(pk=flag.pk))

    def _first_after(self, flag: Flag, flags: Any) -> int | None:
        order = self._list.order
        value = getattr(flag, order[0].removeprefix("-"))
        return _first(flags.filter(beyond(order, value, flag.pk, ahead=False)))

    def form_address(self, pk: Any) -> str:
        """Return the address to which a decision on a flag is sent; the queue continues from the same row."""
        return self.address("change", pk, **{ROW: self._row})

    def address(self, page: str, pk: Any, **parameters: Any) -> str:
        """Return the address of a page of a flag in this queue."""
        return page_address(page, pk, filters=self.filters, **parameters)


def _first(flags: Any) -> int | None:
    key: int | None = flags.values_list("pk", flat=True).first()
    return key
