"""Addresses of the flags' admin. Each carries the filters of the list from which a page was opened."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

# The parameter in which the admin carries the filters of a list to the page of a row.
FILTERS = "_changelist_filters"


def filters_of(request: HttpRequest) -> str:
    """Return the filters that the address of a page carries."""
    return request.GET.get(FILTERS, "")


def list_address(filters: str) -> str:
    address = reverse("admin:audits_flag_changelist")
    return f"{address}?{filters}" if filters else address


def page_address(page: str, *keys: Any, filters: str, **parameters: Any) -> str:
    """Return the address of a page; parameters without a value are left out."""
    query = {**parameters, FILTERS: filters}
    return reverse(f"admin:audits_flag_{page}", args=keys, query={name: query[name] for name in query if query[name]})
