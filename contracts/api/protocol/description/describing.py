"""Responses to OPTIONS: the parameters and formats of an address, for programs that offer them to people."""

from typing import Any

from rest_framework import serializers
from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request

from contracts.api.protocol.rows.columns import fields_of

_TYPES: tuple[tuple[type[serializers.Field], str], ...] = (
    (serializers.DecimalField, "decimal"),
    (serializers.IntegerField, "integer"),
    (serializers.BooleanField, "boolean"),
    (serializers.DateTimeField, "instant"),
    (serializers.DateField, "date"),
    (serializers.ListField, "list"),
    (serializers.ListSerializer, "list"),
    (serializers.DictField, "object"),
    (serializers.Serializer, "object"),
)


class Described(BaseMetadata):
    """Describes a view: its methods and formats, and of a list its fields, filters, orders, facets and includes."""

    def determine_metadata(self, request: Request, view: Any) -> dict[str, Any]:
        described: dict[str, Any] = {
            # As in the index of the API, a file like its list.
            "name": str(getattr(request.resolver_match, "url_name", "")).removesuffix("-export"),
            "description": (type(view).__doc__ or "").strip().split("\n\n", 1)[0],
            "methods": view.allowed_methods,
            "formats": [renderer.format for renderer in view.renderer_classes],
            "parameters": sorted(view.known_parameters()),
        }
        if view.serializer_class is not None:
            described["fields"] = describe_fields(view.serializer_class, getattr(view, "dictionary", {}))
        if view.is_list:
            # Files are whole lists, which cannot be ordered by relevance.
            orders = view.orders if view.format_kwarg not in (None, "json") else view.known_orders
            described |= {
                "filters": _filters(view),
                "orders": [sign + name for name in orders for sign in ("", "-")],
                "order": view.order,
                "facets": list(view.facets),
                "includes": list(view.includes),
            }
        return described


def describe_fields(serializer: type[serializers.Serializer], dictionary: Any) -> list[dict[str, Any]]:
    """
    Return the fields of a serializer: name, label in the reader's language, type, path in OCDS, description.

    :param dictionary: name of a field → its label and path, see ``contracts.api.dictionary``
    """
    found = []
    for name, field in fields_of(serializer).items():
        column = dictionary.get(name)
        found.append(
            {
                "name": name,
                "label": str(column.label) if column else name,
                "type": next((text for kind, text in _TYPES if isinstance(field, kind)), "text"),
                "path": column.path if column else "",
                "description": str(field.help_text or ""),
            }
        )
    return found


def _filters(view: Any) -> list[dict[str, Any]]:
    """
    Return the filters of a list.

    ``lookup`` is how a value is compared: ``exact``, ``in`` (one of several), ``gte``, ``lte``, ``contains`` (one of
    those that the row lists) or ``words``.
    """
    filters = view.filterset_class.base_filters if view.filterset_class else {}
    return [
        {
            "name": name,
            "lookup": getattr(known, "lookup", known.lookup_expr),
            "type": getattr(known, "kind", "text"),
            "choices": [value for value, _label in _choices(known)],
            "none": bool(getattr(known, "takes_none", False)),
            "description": str(known.extra.get("help_text", "")),
        }
        for name, known in filters.items()
    ]


def _choices(known: Any) -> list[tuple[Any, Any]]:
    choices = known.extra.get("choices") or getattr(known.extra.get("one"), "choices", ())
    return [choice for choice in choices if choice[0]]
