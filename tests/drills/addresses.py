"""Every address that answers a GET, from the resolver of URLs, with its parameters, as the API describes them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver
from drf_spectacular.generators import SchemaGenerator

from audits.models import Flag
from audits.rules import RULES
from contracts.models import Contract, ContractingProcess, Organization, Publisher, Submission

API = "/api/v1/"
ADMIN = "/admin/"
# What Django's lists and pages of the admin read of a query.
OF_ADMIN = (
    *("q", "o", "p", "all", "e", "_popup", "_to_field"),
    *("_changelist_filters", "_row", "next", "app_label", "model_name"),
)
LOOKUPS = ("", "__exact", "__isnull", "__gte", "__lt", "__id__exact", "__isempty", "__icontains", "__x")


class Address(NamedTuple):
    """
    A path with names in braces, and the names of query parameters that it knows.

    ``values`` holds for a parameter what its description allows.
    """

    path: str
    parameters: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]


def addresses() -> list[Address]:
    """Return all addresses, each once; those that only take what is sent are among them."""
    described = {re.sub(r"{\w+}", "{}", path): known for path, known in _described()}
    filters = dict(_filters_of_admin())
    found: dict[str, Address] = {}
    for route in _routes(get_resolver()):
        path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
        if "(?P" in path:  # what the admin has for addresses that are not there
            path = f"{ADMIN}{{url}}"
        known = described.get(re.sub(r"{\w+}", "{}", path), {})
        names = (*known, *filters.get(path, ()), *(OF_ADMIN if path.startswith(ADMIN) else ("format",)))
        found.setdefault(path, Address(path, names, known))
    return list(found.values())


def known_values() -> dict[str, Sequence[str]]:
    """Return values that the database knows, by the name of a parameter or a part of a path; at most fifty of each."""
    ocids = list(ContractingProcess.objects.order_by("pk").values_list("ocid", flat=True)[:50])
    keys = [str(pk) for pk in range(1, 6)]
    return {
        "ocid": ocids,
        "code": sorted(RULES),
        "rule": sorted(RULES),
        "slug": list(Publisher.objects.values_list("slug", flat=True)[:50]),
        "publisher": list(Publisher.objects.values_list("slug", flat=True)[:50]),
        "submission": [str(pk) for pk in Submission.objects.values_list("pk", flat=True)[:50]],
        "flag": [str(pk) for pk in Flag.objects.order_by("pk").values_list("pk", flat=True)[:50]] or keys,
        "organization": [str(pk) for pk in Organization.objects.order_by("pk").values_list("pk", flat=True)[:50]]
        or keys,
        "contract": [str(pk) for pk in Contract.objects.order_by("pk").values_list("pk", flat=True)[:50]] or keys,
        "process": [str(pk) for pk in ContractingProcess.objects.order_by("pk").values_list("pk", flat=True)[:50]],
        "buyer": list(Organization.objects.order_by("pk").values_list("key", flat=True)[:50]),
        "": ("1", "true", "id", "-id", "2024-01-01", "PE", "PEN", "camaras", "high", "a,b", "1000", *keys),
    }


def _routes(resolver: Any, prefix: str = "") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern, path)
        elif isinstance(pattern, URLPattern):
            yield path


def _described() -> Iterator[tuple[str, dict[str, tuple[str, ...]]]]:
    """Yield the path of each GET in the description of the API, and what it says of the parameters of its query."""
    for path, operations in SchemaGenerator().get_schema(request=None, public=True)["paths"].items():
        if "get" in operations:
            known = (one for one in operations["get"].get("parameters", ()) if one["in"] == "query")
            yield path, {one["name"]: tuple(_allowed(one.get("schema", {}))) for one in known}


def _allowed(schema: Mapping[str, Any]) -> Iterator[str]:
    for one in (schema, schema.get("items", {}), *schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from map(str, one.get("enum", ()))


def _filters_of_admin() -> Iterator[tuple[str, tuple[str, ...]]]:
    for model, page in admin.site._registry.items():
        names = []
        for entry in page.list_filter:
            if isinstance(entry, str | tuple):
                field = entry if isinstance(entry, str) else entry[0]
                names += [field + lookup for lookup in LOOKUPS]
            else:
                names.append(str(getattr(entry, "parameter_name", "") or "x"))
        yield f"{ADMIN}{model._meta.app_label}/{model._meta.model_name}/", tuple(names)
