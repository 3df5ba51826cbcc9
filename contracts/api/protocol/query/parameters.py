"""Strict query parameters: unknown, repeated, empty and invalid ones are refused, not ignored."""

import string
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote_to_bytes

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from contracts.api.protocol.problems import ProblemError, nearest, parameter_problem

MAX_LENGTH = 2000
# Commas separate values: alone they name none.
_BLANK = f"{string.whitespace},"
YES_NO: Mapping[str, bool] = {"1": True, "0": False, "true": True, "false": False}

Field = TypeVar("Field")


class OnRequest:
    """Mixin for the field of a member that a row has only if a request includes it; `fields` need not name it."""


def check_parameters(
    request: Request,
    allowed: Iterable[str],
    longest: int = MAX_LENGTH,
    misplaced: Callable[[], Mapping[str, str]] = dict,
    narrowing: Container[str] = (),
) -> None:
    """
    Refuse a query with parameters that are not `allowed`, repeated, too long, or not UTF-8.

    :param misplaced: returns parameter → hint, for parameters that the list accepts in another format
    :param narrowing: parameters that need a value: an empty one, as of a variable that is not set, would select all
    :raises ProblemError: listing every refused parameter
    """
    if not request.query_params:  # Includes parameters from a body.
        return
    raw = unquote_to_bytes(request.META.get("QUERY_STRING", ""))
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise ProblemError("encoding") from None
    if "\x00" in text:
        raise ProblemError("encoding")
    allowed = frozenset(allowed)
    errors = []
    for name, values in request.query_params.lists():
        shown = name[:60]
        if name not in allowed:
            detail = _("The parameter %(name)s is not known.") % {"name": shown}
            hint = misplaced().get(name) or nearest(name, allowed)
            errors.append(_error("unknown_parameter", shown, detail, hint))
        elif len(values) > 1:
            detail = _("%(name)s is given %(times)d times.") % {"name": shown, "times": len(values)}
            errors.append(_error("repeated_parameter", shown, detail, _("Give it once.")))
        elif name in narrowing and is_blank(values[0]):
            errors.append(_error("empty_value", shown, empty_value(name), ""))
        elif len(values[0]) > longest:
            detail = _("%(name)s is longer than %(limit)d characters.") % {"name": shown, "limit": longest}
            errors.append(_error("invalid_parameter", shown, detail, ""))
    if errors:
        raise ProblemError(errors[0]["code"], errors[0]["detail"], errors=errors, allowed=sorted(allowed))


def is_blank(value: str) -> bool:
    return not value.strip(_BLANK)


def empty_value(name: str) -> str:
    return _("%(name)s is empty: leave the parameter out, or give it a value.") % {"name": name}


def _error(code: str, parameter: str, detail: str, hint: str) -> dict[str, Any]:
    return {"parameter": parameter, "code": code, "detail": detail, "hint": hint}


def chosen_fields(request: Request, fields: Mapping[str, Field]) -> dict[str, Field]:
    """
    Return the fields selected by `?fields=` and `?omit=`, in their original order.

    :raises ProblemError: if a field is unknown, or no field remains
    """
    chosen, omitted = (
        names_in(request, name, list(fields), _("The field %(name)s is not known.")) for name in ("fields", "omit")
    )
    left = {
        name: field
        for name, field in fields.items()
        if (not chosen or name in chosen or isinstance(field, OnRequest)) and name not in omitted
    }
    if not left:
        raise parameter_problem("omit", "invalid_parameter", _("No field is left."))
    return left


def names_in(request: Request, parameter: str, known: Sequence[str], unknown: str) -> list[str]:
    """
    Return the comma-separated names in a parameter, without repetitions.

    :param unknown: message for an unknown name, with `%(name)s`
    :raises ProblemError: if a name is unknown
    """
    names = [name.strip() for name in request.query_params.get(parameter, "").split(",") if name.strip()]
    for name in names:
        if name not in known:
            detail = unknown % {"name": name[:60]}
            raise parameter_problem(parameter, "invalid_parameter", detail, nearest(name, known), allowed=known)
    return list(dict.fromkeys(names))


def read_limit(request: Request, default: int, maximum: int, with_token: int = 0) -> int:
    """
    Return the requested number of rows; raises ProblemError unless it is an integer from 1 to the maximum.

    :param with_token: maximum for requests with a token, if this one has none
    """
    text = request.query_params.get("limit", str(default))
    if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= maximum:
        return int(text)
    detail = _("limit is a whole number from 1 to %(maximum)d.") % {"maximum": maximum}
    hint = _("With a token up to %(maximum)d.") % {"maximum": with_token} if with_token else ""
    raise parameter_problem("limit", "invalid_parameter", detail, hint)


def read_choice(request: Request, name: str, values: Mapping[str, Any], default: Any) -> Any:
    """
    Return what a parameter's value stands for, ignoring case; the default if the parameter is absent.

    :raises ProblemError: if the value is not known
    """
    text = request.query_params.get(name) or ""
    if not text:
        return default
    if text.lower() in values:
        return values[text.lower()]
    detail = _("%(name)s has no value %(text)s.") % {"name": name, "text": text[:40]}
    raise parameter_problem(name, "invalid_parameter", detail, nearest(text, values), allowed=list(values))


def is_per_process(request: Request) -> bool:
    """Return whether a request asks for one row per contracting process; raises ProblemError for another value."""
    return bool(read_choice(request, "per", {"process": True}, default=False))


PER = OpenApiParameter(
    "per",
    OpenApiTypes.STR,
    enum=["process"],
    description="`process` returns only the newest row of each contracting process.",
)
FIELDS = OpenApiParameter("fields", OpenApiTypes.STR, description="Fields to return, separated by commas.")
OMIT = OpenApiParameter("omit", OpenApiTypes.STR, description="Fields to leave out, separated by commas.")


def order_parameter(columns: Iterable[str], default: str) -> OpenApiParameter:
    names = [sign + name for name in columns for sign in ("", "-")]
    return OpenApiParameter(
        "order_by", OpenApiTypes.STR, enum=names, default=default, description="Order of the rows; `-` reverses it."
    )
