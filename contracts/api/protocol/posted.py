"""Lists that are queried by POST: the parameters are members of a JSON object, for queries too long for an address."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api.protocol.json_bodies import body_problem, read_json, unreadable
from contracts.api.protocol.list_view import ListView
from contracts.api.protocol.problems import ProblemError

MAX_BODY_BYTES = 64 * 1024
_READ_FROM_ANYWHERE = {
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type",
}
_BODY = {
    "type": "object",
    "description": 'Parameters of the list: `{"country": ["PE", "CO"], "q": "cámara"}`.',
    "additionalProperties": False,
}


class PostedList(ListView):
    """Handles POST as the list handles GET; query parameters apply in addition to those in the body."""

    http_method_names = ["post", "options"]
    permission_classes = (AllowAny,)
    longest_parameter = MAX_BODY_BYTES
    has_parameters_in_body = True

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":
            # Add the members of the body to the query, where all other code reads parameters.
            query = request.query_params.copy()
            for name, value in as_texts(read_object(request)).items():
                query.appendlist(name, value)
            request._request.GET = query  # type: ignore[assignment]  # noqa: SLF001
        super().initial(request, *args, **kwargs)

    def post(self, request: Request, **address: Any) -> HttpResponseBase:
        answer = self.get(request, **address)
        # As for GET: pages of other origins may read it, without cookies.
        answer["Access-Control-Allow-Origin"] = "*"
        return answer

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        answer = super().options(request, *args, **kwargs)
        for name, value in _READ_FROM_ANYWHERE.items():
            answer[name] = value
        return answer


def posted(view: type[ListView], route: str) -> type[PostedList]:
    """Return the view that answers a list by POST."""
    described = extend_schema(
        operation_id=f"{route.replace('-', '_')}_search", request={"application/json": _BODY}, methods=["POST"]
    )

    def post(self: PostedList, request: Request, **address: Any) -> HttpResponseBase:
        return PostedList.post(self, request, **address)

    return type(f"Posted{view.__name__}", (PostedList, view), {"__doc__": _doc(view), "post": described(post)})


def _doc(view: type[ListView]) -> str:
    first = (view.__doc__ or "").strip().partition("\n")[0]
    return (
        f"{first.rstrip('.')} by POST.\n\nThe members of the JSON object in the body are the parameters of the list.\n"
    )


def read_object(request: Request) -> dict[str, Any]:
    """
    Return the JSON object in a body, with exact numbers.

    :raises RefusedError: if the body is too large
    :raises ProblemError: if the body is not a JSON object
    """
    if request.content_type.partition(";")[0].strip() != JSONParser.media_type:
        detail = _("The Content-Type %(type)s is not supported.") % {"type": repr(request.content_type[:60])}
        raise ProblemError("unsupported_media_type", detail, allowed=[JSONParser.media_type])
    try:
        read = read_json(request._request, MAX_BODY_BYTES)  # noqa: SLF001
    except ValueError as error:
        raise unreadable(error) from None
    if not isinstance(read, dict):
        raise body_problem("", _("Send a JSON object whose members are parameters of the list."))
    return read


def as_texts(members: Mapping[str, Any]) -> dict[str, str]:
    """Return the members of a JSON object as texts; raises ProblemError for one that cannot be a parameter."""
    try:
        texts = {name: _text(name, value) for name, value in members.items()}
        "".join((*texts, *texts.values())).encode()
    except ValueError as error:
        raise unreadable(error) from None
    if any("\0" in text for text in (*texts, *texts.values())):
        raise ProblemError("encoding")
    return texts


def _text(name: str, value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return value
        case int():
            return str(value)
        case Decimal() if abs(value.adjusted()) < 100:
            return format(value, "f")
        case list() if value and not any(isinstance(entry, list | dict) for entry in value):
            texts = [_text(name, entry) for entry in value]
            if not any("," in text for text in texts):
                return ",".join(texts)
            raise body_problem(name, _("A value in a list holds no comma: %(name)s.") % {"name": name[:60]})
    raise body_problem(name, _("%(name)s is a text, a number, or a list of them.") % {"name": name[:60]})
