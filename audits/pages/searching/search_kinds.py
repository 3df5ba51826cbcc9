"""Kinds of rows that can be searched, with their filters and orders."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import django_filters
from django.db.models import F
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _lazy

from audits.api.contracts import AuditedContractFilter
from audits.api.processes import AuditedProcessFilter
from contracts.api.organizations import OrganizationFilterSet
from contracts.models.organization import NAME_START

# Filters whose rows depend on the reader; these pages are the same for all, so they use confirmed questions only.
OF_FLAGS = frozenset({"rule", "flag_state"})
# A period: both, or only one of its ends.
YEARS = frozenset({"year", "until"})


class Kind(NamedTuple):
    """A kind of row: its filters, its orders, and the API list that answers the same query."""

    label: Any
    filters: type[django_filters.FilterSet]
    route: str
    orders: Mapping[str, tuple[Any, tuple[Any, ...]]]
    process: str = ""  # lookup prefix from a row to its process
    has_process: bool = True

    @property
    def paths(self) -> tuple[str, ...]:
        """The columns of the full-text search, as in the API."""
        return self.filters.base_filters["q"].paths  # type: ignore[no-any-return]

    @property
    def usual(self) -> str:
        """Name of the default order."""
        return next(order for order in self.orders if order != RELEVANCE)

    @property
    def key(self) -> str:
        """The column with the key of the process."""
        return "process" if self.process else "pk"


def _down(column: str) -> tuple[Any, ...]:
    return F(column).desc(nulls_last=True), "-pk"


BY_DOLLARS = "amount_usd"
# Relevance to the searched words; not available without words.
RELEVANCE = "relevance"
# Each of these orders has an index.
_PROCESS_ORDERS = {
    RELEVANCE: (_lazy("most relevant first"), (RELEVANCE, "-pk")),
    "added": (_lazy("last added first"), ("-pk",)),
    BY_DOLLARS: (_lazy("by value in US dollars"), _down("amount_usd")),
    "date": (_lazy("by latest release"), _down("date")),
}
_CONTRACT_ORDERS = {
    RELEVANCE: (_lazy("most relevant first"), (RELEVANCE, "-pk")),
    "added": (_lazy("last added first"), ("-pk",)),
    BY_DOLLARS: (_lazy("by value in US dollars"), _down("amount_usd")),
    "date_signed": (_lazy("by signature"), _down("signed_on")),
}
_ORGANIZATION_ORDERS = {"name": (_lazy("by name"), (Left("name", NAME_START), "pk"))}
KINDS = {
    "processes": Kind(_lazy("Processes"), AuditedProcessFilter, "contracting-processes", _PROCESS_ORDERS),
    "contracts": Kind(_lazy("Contracts"), AuditedContractFilter, "contracts", _CONTRACT_ORDERS, "process__"),
    "organizations": Kind(
        _lazy("Organizations"), OrganizationFilterSet, "organizations", _ORGANIZATION_ORDERS, "", False
    ),
}


# Parameters with the same meaning for all kinds, kept when the kind changes.
OF_ALL_KINDS = frozenset(
    {"buyer", "category", "country", "funder", "method", "procuring_entity", "publisher", "sector", "supplier"}
)
FILTERS = frozenset(name for kind in KINDS.values() for name in kind.filters.base_filters)


def narrowing(kind: Kind) -> frozenset[str]:
    """Return the parameters that narrow a search."""
    return (kind.filters.base_filters.keys() - OF_FLAGS) | (YEARS | {"rule"} if kind.has_process else frozenset())
