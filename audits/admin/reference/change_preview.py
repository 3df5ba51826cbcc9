"""Preview and confirmation of changes to the rows of rule sets."""

import hashlib
import json
from typing import Any

from django.contrib.admin.utils import flatten_fieldsets, unquote
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from msgspec import to_builtins

from audits.engine.previewing import MAX_CONCERNED, Effect, preview
from audits.pages.labels import rule_title
from contracts.admin.history import HistoryAdmin

# Field that returns the displayed preview, signed together with its form.
SEEN = "_previewed"
_SALT = "previewed change"
_BESIDE = frozenset({"csrfmiddlewaretoken", SEEN})


class PreviewedAdmin(HistoryAdmin):
    """
    Edits in two steps: a valid form shows its effect; sent again unchanged, it is saved.

    The trail stores the stated effect with each change.
    """

    def words_of(self, row: Any) -> list[str]:  # noqa: ARG002  -- for those who have any
        """Return the texts of a row: records that contain one are judged first."""
        return []

    def described(self, row: Any) -> str:
        """Return the preview's name for a row."""
        return str(row)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        object_id = args[0] if args else kwargs.get("object_id")
        if request.method == "POST" and _seen(request) is None:
            answer = self._preview(request, object_id)
            if answer is not None:
                return answer
        return super().changeform_view(request, *args, **kwargs)

    def trail_details(self, request: HttpRequest) -> dict[str, Any]:
        return {"effect": _seen(request) or {}}

    def _preview(self, request: HttpRequest, object_id: str | None) -> HttpResponse | None:
        """Return the preview of a change; ``None`` if the form is invalid or not permitted, which Django reports."""
        row = self.get_object(request, unquote(object_id)) if object_id else None
        if not (
            self.has_change_permission(request, row) if row else not object_id and self.has_add_permission(request)
        ):
            return None
        fieldsets = self.get_fieldsets(request, row)
        form_class = self.get_form(request, row, change=row is not None, fields=flatten_fieldsets(fieldsets))
        form = form_class(request.POST, request.FILES, instance=row)
        if not form.is_valid():
            return None
        effect = preview(
            lambda: self.save_form(request, form, change=row is not None).save(), words=self.words_of(form.instance)
        )
        shown: dict[str, Any] = {
            "told": self.described(form.instance),
            "effect": effect,
            "concerned": f"{MAX_CONCERNED}+" if effect.concerned > MAX_CONCERNED else effect.concerned,
            "rules": [(code, rule_title(code)) for code in effect.rules],
            "given": [
                (name, value) for name in request.POST if name not in _BESIDE for value in request.POST.getlist(name)
            ],
            "seen_name": SEEN,
            "seen": signing.dumps({"effect": as_kept(effect), "of": _digest(request)}, salt=_SALT),
        }
        return self.answer(request, "admin/audits/previewed.html", _("What this would do"), **shown)


def as_kept(effect: Effect) -> dict[str, Any]:
    """Return an effect as stored in the trail."""
    return {name: value for name, value in to_builtins(effect).items() if name != "rules"}


def _seen(request: HttpRequest) -> dict[str, Any] | None:
    """Return the effect that was displayed for exactly this form, ``None`` if there was none."""
    try:
        shown = signing.loads(request.POST.get(SEEN, ""), salt=_SALT, max_age=24 * 60 * 60)
    except signing.BadSignature:
        return None
    effect: dict[str, Any] = shown["effect"]
    return effect if shown["of"] == _digest(request) else None


def _digest(request: HttpRequest) -> str:
    """Return the digest of all fields of a form and of its address."""
    given = sorted((name, request.POST.getlist(name)) for name in request.POST if name not in _BESIDE)
    return hashlib.sha256(json.dumps([request.path, given]).encode()).hexdigest()
