"""
Signed copies of what a page says on a day.

A page changes when its record or a decision does, and says only that when it is taken back; who cited it can then show
what it said, and anybody verifies the signature with the public key, as of a case file.
"""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from audits.reports.signed_json import sign
from contracts.api.protocol.rendering import JSONRenderer
from contracts.signing_key import public_key


def require_key() -> None:
    """:raises Http404: without a key to sign with"""
    if public_key() is None:
        raise Http404


def signed_copy(request: HttpRequest, name: str, address: str, language: str, **said: Any) -> HttpResponse:
    """
    Return a copy as a file.

    :param name: of the file, before the day
    :param address: of the page, without its site
    :param said: what the page says, by member
    """
    day = timezone.localdate()
    document = {
        "address": request.build_absolute_uri(address),
        "read": day.isoformat(),
        "note": _(
            "A flag is a question about a published record, not an accusation. This was shown on "
            "that day (UTC); the address shows the present state."
        ),
        "language": language,
        **said,
    }
    response = JsonResponse(sign(_plain(document)), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="veedor-{name}-{day}.json"'
    response["X-Robots-Tag"] = "noindex"
    return response


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    """Return it as JSON types: exact numbers are texts."""
    plain: dict[str, Any] = json.loads(JSONRenderer().render(document))
    return plain
