"""The list of flags, grouped: one row for each contract with all its questions, and one for identical questions."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, When
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import ngettext

from audits.admin.queue.addresses import page_address
from audits.admin.queue.columns import with_people
from audits.admin.queue.filters import ALL, AWAITING, NEWEST, ORDER, QUEUE, CauseFilter, StateFilter
from audits.admin.queue.queues import FOLDED
from audits.models import Flag
from audits.models.flag import NEWEST_FIRST, QUEUE_ORDER
from contracts.admin.paging import CappedPaginator
from contracts.postgres.keys import key_of

# Maximum number of other questions read for the contracts of a page.
MAX_BESIDE = 500


class QueuePaginator(CappedPaginator):
    """
    Reads the keys of all reachable rows at once, because grouping asks of each whether it represents others.

    Queues have fewer pages than other lists.
    """

    max_rows = 1000

    @cached_property
    def rows(self) -> list[tuple[int, int | None, int | None]]:
        """Keys of the flags, of their processes and of their organizations."""
        listed: Any = self.object_list
        return list(listed.values_list("pk", "process", "organization")[: self.max_rows + 1])

    @cached_property
    def count(self) -> int:
        listed: Any = self.object_list
        # The admin also uses it for the history of a flag, whose rows are log entries.
        return len(self.rows) if listed.model is Flag else super().count

    def rows_of(self, page: int) -> list[tuple[int, int | None, int | None]]:
        return self.rows[(page - 1) * self.per_page : page * self.per_page]


class FoldedList(ChangeList):
    """
    The flags list, where each contract (or organization) is one row.

    The first question of a contract in the order of the list represents it. Of identical questions that await review,
    the oldest represents all. Decided flags, and the list of one cause, are not folded: each flag is a row.
    """

    # All flags of the list, not folded.
    unfolded: QuerySet[Flag]

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Flag]:
        self.unfolded = super().get_queryset(request, exclude_parameters)
        rows = one_of_each_cause(self.unfolded) if self.is_folded else self.unfolded
        return group(rows, self.order) if self.is_grouped else rows

    @property
    def wider(self) -> str:
        """The address of this list over all states and queues if its own is empty; else ``""``."""
        is_widest = self.params.get(StateFilter.parameter_name) == ALL and QUEUE not in self.params
        if self.result_count or is_widest:
            return ""
        return self.get_query_string({StateFilter.parameter_name: ALL}, [QUEUE, PAGE_VAR])

    def ticked(self, request: HttpRequest, rows: QuerySet[Flag]) -> QuerySet[Flag]:
        """
        Return the flags of the ticked rows, including those that another flag represents meanwhile.

        Tells the person which of them have left the list.

        :param rows: those of the action; all of them, if the whole list was ticked
        """
        if request.POST.get("select_across", "0") != "0":
            return rows
        keys = {key_of(key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)}
        if gone := len(keys) - self.unfolded.order_by().filter(pk__in=keys).count():
            text = ngettext(
                "%(number)d of what was chosen is not in this list any more.",
                "%(number)d of what was chosen are not in this list any more.",
                gone,
            )
            self.model_admin.message_user(request, text % {"number": gone}, messages.WARNING)
        return Flag.objects.visible_to(request.user).filter(pk__in=keys)

    def behind(self, rows: QuerySet[Flag]) -> list[int]:
        """Return the keys of all flags that rows of this list represent, without those assigned to other people."""
        listed, subjects = self.unfolded.order_by(), list(rows.values_list("pk", "process", "organization"))
        keys, processes, organizations = ([row[place] for row in subjects if row[place]] for place in range(3))
        chosen = Q(pk__any_of=keys)
        if self.is_grouped:
            chosen |= Q(process__any_of=processes) | Q(organization__any_of=organizations)
        found = list(listed.filter(chosen).values_list("pk", "cause", "assignee"))
        if not self.is_folded:
            return [pk for pk, *_ in found]
        # Identical questions about other contracts stay with their assignee.
        in_same_hands = Q(assignee=None) | Q(assignee__in={assignee for *_, assignee in found if assignee})
        alike = Q(cause__in={cause for _pk, cause, _assignee in found if cause}) & in_same_hands
        return list(listed.filter(Q(pk__any_of=[pk for pk, *_ in found]) | alike).values_list("pk", flat=True))

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        paginator: Any = self.paginator
        # If the list now fits on one page, show it, whatever page was requested before others were decided.
        listed = paginator.rows_of(self.page_num if self.multi_page else 1)
        shown = self._with_alike(with_people(self._page(listed), request.user))
        found: dict[int, Any] = {flag.pk: flag for flag in shown}
        filters = request.GET.urlencode()
        beside = defaultdict(list)
        for flag in found.values():
            flag.href = page_address("change", flag.pk, filters=filters)
            beside[subject_of(flag)].append(flag)
        rows = [found[key] for key, *_subject in listed if key in found]
        for flag in rows:
            others = beside[subject_of(flag)] if self.is_grouped else []
            flag.beside = [other for other in others if other.pk != flag.pk]
        self.result_list: Any = rows

    def get_ordering(self, _request: HttpRequest, _queryset: QuerySet[Flag]) -> list[Any]:
        column, key = self.order
        if column == "-raised_at" and not self.is_grouped:
            # Same order as the index over all flags.
            return [F("raised_at").desc(nulls_last=True), key]
        return [column, key]

    @property
    def order(self) -> tuple[str, str]:
        return NEWEST_FIRST if self.params.get(ORDER) == NEWEST else QUEUE_ORDER

    @property
    def is_grouped(self) -> bool:
        return self.params.get(StateFilter.parameter_name, AWAITING) == AWAITING and not self._is_of_cause

    @property
    def is_folded(self) -> bool:
        state, queue = self.params.get(StateFilter.parameter_name), self.params.get(QUEUE)
        all_await = state == AWAITING or (not state and (not queue or queue in FOLDED))
        return all_await and not self._is_of_cause

    @property
    def _is_of_cause(self) -> bool:
        return bool(self.params.get(CauseFilter.parameter_name))

    def _with_alike(self, flags: QuerySet[Flag]) -> QuerySet[Flag]:
        """Return rows of this list with ``alike``: the number of listed flags that a row represents."""
        if not self.is_folded:
            return flags
        alike = self.unfolded.order_by().filter(cause=OuterRef("cause")).values("cause")
        return flags.annotate(alike=Subquery(alike.annotate(number=Count("pk")).values("number")))

    def _page(self, listed: Iterable[tuple[int, int | None, int | None]]) -> QuerySet[Flag]:
        """Return the rows of a page, then the flags that they represent, both in the order of the list."""
        keys, processes, organizations = ([row[place] for row in listed if row[place]] for place in range(3))
        is_row = Q(pk__any_of=keys)
        if not self.is_grouped:
            return self.unfolded.filter(is_row)
        beside = Q(process__any_of=processes) | Q(organization__any_of=organizations)
        first = Case(When(is_row, then=0), default=1)
        return self.unfolded.filter(is_row | beside).order_by(first, *self.order)[: MAX_BESIDE + len(keys)]


def subject_of(flag: Flag) -> tuple[Any, Any]:
    """Return the primary keys of the process and the organization that a flag is about; one of them is ``None``."""
    return flag.process_id, flag.organization_id


def one_of_each_cause(flags: QuerySet[Flag]) -> QuerySet[Flag]:
    """Return the oldest flag of each cause, and all flags without a cause. The filters of ``flags`` apply to both."""
    earlier = flags.order_by().filter(
        Q(raised_at__lt=OuterRef("raised_at")) | Q(pk__lt=OuterRef("pk")),
        cause=OuterRef("cause"),
        raised_at__lte=OuterRef("raised_at"),
    )
    return flags.filter(~Exists(earlier))


def group(flags: QuerySet[Flag], order: tuple[str, str]) -> QuerySet[Flag]:
    """Return for each contract or organization the flag that comes first in an order."""
    column = order[0].removeprefix("-")
    ahead = flags.order_by().filter(beyond(order, OuterRef(column), OuterRef("pk"), ahead=True))
    # Each column has an index; a flag has one of the two.
    subjects = ("process", "organization")
    return flags.filter(*(~Exists(ahead.filter(**{subject: OuterRef(subject)})) for subject in subjects))


def beyond(order: tuple[str, str], value: Any, key: Any, *, ahead: bool) -> Q:
    """
    Return the condition that a flag comes after another one in an order, or before it (``ahead``).

    :param order: a column, descending, and the key
    :param value: the other flag's value in that column; ``key`` is its key
    """
    column, tie = order[0].removeprefix("-"), order[1]
    more = "gt" if ahead else "lt"
    key_more = "gt" if ahead == tie.startswith("-") else "lt"
    # The first condition alone is an index range.
    beyond_it = Q(**{f"{column}__{more}": value}) | Q(**{f"pk__{key_more}": key})
    return Q(**{f"{column}__{more}e": value}) & beyond_it
