"""
Signed copies of what a page says on a day.

A page changes with its record and with decisions; with a signed copy, people who cited it can prove what it said.
Anybody can verify the signature, here (the copy is not stored) or elsewhere with the public key, like that of a case
file.
"""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from audits.reports.decision_heads import heads_before
from contracts.api.protocol.rendering import JSONRenderer
from contracts.pages.rendering import answer, form_page
from contracts.signed_json import BadSignatureError, sign, verify_signature
from contracts.signing_key import public_key

# Serializing a larger copy again to verify it would take too long.
MAX_BYTES = 5 * 1024**2


def require_key() -> None:
    """:raises Http404: if there is no signing key"""
    if public_key() is None:
        raise Http404


def signed_copy(request: HttpRequest, name: str, address: str, language: str, **said: Any) -> HttpResponse:
    """
    Return a signed copy as a file.

    :param name: the name of the file, before the day
    :param address: the path of the page
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
        "heads": heads_before(datetime.now(UTC).date()),
        **said,
    }
    response = JsonResponse(sign(_plain(document)), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="veedor-{name}-{day}.json"'
    response["X-Robots-Tag"] = "noindex"
    return response


@form_page
def check(request: HttpRequest, language: str) -> HttpResponse:
    """Say whether a copy was signed here and is unchanged, and show what it says."""
    key, file, problem = public_key(), request.FILES.get("file"), ""
    document: dict[str, Any] = {}
    if key and request.method == "POST":
        if file is None:
            problem = _("Choose the file of a copy.")
        elif (file.size or 0) > MAX_BYTES:
            problem = _("The file is larger than what is checked here: manage.py verifycase checks it elsewhere.")
        else:
            document = _verified(file.read(), key)
            problem = "" if document else _("Not signed here, or changed since: nothing of it is certain.")
    return answer(
        request,
        "pages/signed_check.html",
        language,
        status=400 if problem else 200,
        key=key,
        problem=problem,
        document=document,
        questions=[document.get("flag"), *(document.get("flags") or [])],
    )


def _verified(content: bytes, key: str) -> dict[str, Any]:
    """Return the content of a file that was signed with ``key``; empty if the signature is missing or wrong."""
    try:
        document = msgspec.json.decode(content, type=dict[str, Any])
        verify_signature(document, key)
    except (BadSignatureError, msgspec.MsgspecError, ValueError, RecursionError):
        return {}
    return document


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document as JSON types, exact numbers as strings."""
    plain: dict[str, Any] = json.loads(JSONRenderer().render(document))
    return plain
