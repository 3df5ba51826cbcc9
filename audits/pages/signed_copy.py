"""
A signed copy of what the page of a flag says on a day.

A page changes when its record or a decision does, and says only that when its question is taken back; who cited it can
then show what it said, and anybody verifies the signature with the public key, as of a case file.
"""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audits.api.flags import DecisionRow, FlagDetail
from audits.models import Flag, Review
from audits.pages.flags import public_flags
from audits.pages.process import shown_release
from audits.pages.question import no_longer_shown
from audits.reports.signed_json import sign
from contracts.api.protocol.columns import rows_of
from contracts.api.protocol.rendering import JSONRenderer
from contracts.pages.rendering import in_the_readers_language
from contracts.signing_key import public_key


@require_safe
@in_the_readers_language
def file(request: HttpRequest, language: str, pk: int) -> HttpResponse:
    """Answer with the copy; 404 without a key to sign with, and else what the page answers of what is not shown."""
    if public_key() is None:
        raise Http404
    found = public_flags().filter(pk=pk)
    flag = found.select_related("process").defer("process__compiled_release").first()
    if flag is None:
        return no_longer_shown(request, language, pk)
    day = timezone.localdate()
    document = {
        "address": request.build_absolute_uri(reverse("flag-page", args=[pk])),
        "read": day.isoformat(),
        "note": _(
            "A flag is a question about a published record, not an accusation. This is what was shown on that day "
            "(UTC); the address says what stands now."
        ),
        "language": language,
        "flag": _shown(flag),
        "record": shown_release(flag.process) if flag.process else None,
    }
    answer = JsonResponse(sign(_plain(document)), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="veedor-flag-{pk}-{day}.json"'
    answer["X-Robots-Tag"] = "noindex"
    return answer


def _shown(flag: Flag) -> dict[str, Any]:
    """Return what the API answers everyone of a flag, but for how to cite it."""
    (row,) = rows_of(public_flags().filter(pk=flag.pk), FlagDetail)
    decisions = rows_of(Review.objects.filter(flag=flag).order_by("pk"), DecisionRow)
    return {**{name: value for name, value in row.items() if name != "cite"}, "decisions": decisions}


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    """Return it as JSON types: exact numbers are texts."""
    plain: dict[str, Any] = json.loads(JSONRenderer().render(document))
    return plain
