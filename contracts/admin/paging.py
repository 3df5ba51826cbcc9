"""Paging in the admin for lists that may hold millions of rows."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

# Nobody reads more pages; people who need later rows narrow the list with filters.
MAX_ROWS = 10_000


class CappedPaginator(Paginator):
    """Counts no further than ``max_rows`` + 1, so that a page costs the same however long the list."""

    max_rows = MAX_ROWS

    @cached_property
    def count(self) -> int:
        # The order does not change the number, and to sort a million rows takes a second.
        rows: Any = self.object_list
        return int(rows.order_by()[: self.max_rows + 1].count())

    @property
    def is_capped(self) -> bool:
        return self.count > self.max_rows
