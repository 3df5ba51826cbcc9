"""Pages of the second factor: to enter it, to set it up, and for leads to remove that of somebody who lost it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex
from django_otp_webauthn.models import WebAuthnCredential

from audits.admin.people.invitations import MAY_SET_UP, links
from audits.groups import has_no_more_rights
from config.access.factors import (
    factors_of,
    has_factor,
    lacks_factor,
    match_code,
    must_have_factor,
    renew_recovery_codes,
)
from config.access.setting_up import let_set_up, may_set_up
from contracts.postgres.keys import key_of
from contracts.trail import Action, record

# The right to manage tokens includes second factors.
_KEEPS_ACCESS = "contracts.change_apitoken"
# Where a session keeps the secret of an app that is being set up.
_NEW_APP = "second-factor-app"
Page = Callable[..., HttpResponse]


class CodeForm(forms.Form):
    """A code of an app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code of your app, or a recovery code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autofocus": True, "aria-describedby": "code-help"}
        ),
    )


def signed_in(page: Page) -> Page:
    """Let a page be for those who gave a password; nothing of it is kept by browsers or proxies."""

    @never_cache
    @wraps(page)
    def guarded(request: HttpRequest, **named: str) -> HttpResponse:
        if not request.user.is_authenticated:
            return HttpResponseRedirect(reverse("admin:login", query={"next": request.get_full_path()}))
        return page(request, **named)

    return guarded


@signed_in
def give(request: HttpRequest) -> HttpResponse:
    """Ask who is signed in for their second factor, and lead on to where they went."""
    person: Any = request.user
    following = _following(request)
    if not lacks_factor(person):
        return HttpResponseRedirect(following)
    if not has_factor(person):
        return HttpResponseRedirect(reverse("second-factor-mine"))
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if device := match_code(person, form.cleaned_data["code"]):
            request.session.cycle_key()
            django_otp.login(request, device)
            return HttpResponseRedirect(following)
        record(person, Action.LOGIN_FAILED, person, second_factor=True)
        form.add_error(
            "code",
            _("This code is wrong or already used, or there were too many attempts: wait a little, then try again."),
        )
    known = factors_of(person)
    context = {"form": form, "next": following, "passkeys": known.passkeys, "title": _("Second factor")}
    return _answer(request, "access/give.html", context, status=400 if form.errors else 200)


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """Show a person their second factors, add one, remove one, make recovery codes."""
    person: Any = request.user
    if lacks_factor(person) and has_factor(person):
        return HttpResponseRedirect(reverse("second-factor", query={"next": request.path}))
    context: dict[str, Any] = {"title": _("My second factor"), "is_required": must_have_factor(person)}
    context["keeps_access"] = person.has_perm(_KEEPS_ACCESS)
    if not may_set_up(request):
        return _answer(request, "access/closed.html", context, status=403)
    if request.method == "POST":
        if "codes" in request.POST and has_factor(person):
            record(person, Action.FACTOR_CHANGED, person, added="recovery codes")
            context["codes"] = renew_recovery_codes(person)
        elif "code" in request.POST:
            if answer := _confirm_app(request, person):
                return answer
            context["problem"] = _("This code does not match the secret. Is the clock of the device right?")
        elif "remove" in request.POST:
            _remove(request, person)
            return HttpResponseRedirect(request.path)
    known = factors_of(person)
    if not known.apps:
        new = _new_app(request)
        picture = segno.make(new.config_url, error="m").svg_inline(
            scale=4, border=4, dark="#000", light="#fff", omitsize=False
        )
        # Drawn by segno from a quoted address: it consists of squares.
        context |= {"secret": _secret_of(new), "picture": mark_safe(picture)}  # noqa: S308
    return _answer(
        request, "access/mine.html", context | {"known": known}, status=400 if "problem" in context else 200
    )


@signed_in
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Let who is signed in set up a second factor, by a link that was given to them."""
    person: Any = request.user
    if links.check_token(person, token):
        request.session[MAY_SET_UP] = token
    return HttpResponseRedirect(reverse("second-factor-mine"))


@signed_in
def people(request: HttpRequest) -> HttpResponse:
    """Show leads who has a second factor, and give them the link by which a person sets up another; it is logged."""
    lead: Any = request.user
    if lacks_factor(lead):
        return HttpResponseRedirect(reverse("second-factor", query={"next": request.path}))
    if not lead.has_perm(_KEEPS_ACCESS):
        raise PermissionDenied
    everybody = get_user_model().objects.filter(is_active=True, is_staff=True).order_by("username")
    # Removing the factor of a person with more rights would be a way to take over their account.
    staff = [person for person in everybody if has_no_more_rights(person, lead)]
    context: dict[str, Any] = {"title": _("Second factors of people")}
    if request.method == "POST":
        key = request.POST.get("person", "")
        person = next((person for person in staff if str(person.pk) == key), None)
        if person is None:
            return HttpResponseRedirect(request.path)
        context |= {"person": person, "link": request.build_absolute_uri(let_set_up(person, by=lead))}
    context["rows"] = [(person, factors_of(person)) for person in staff]
    return _answer(request, "access/people.html", context)


def _confirm_app(request: HttpRequest, person: Any) -> HttpResponse | None:
    """Take an app whose code is right; the session has its second factor by it."""
    device = _new_app(request)
    device.save()  # to be asked a code it must be stored
    code = "".join(request.POST["code"].split())
    if not code.isdecimal() or not device.verify_token(code):
        device.delete()
        return None
    del request.session[_NEW_APP]
    record(person, Action.FACTOR_CHANGED, person, added="app")
    request.session.cycle_key()
    if not person.is_verified():
        django_otp.login(request, device)
    messages.success(request, _("Your app is set up. Make recovery codes now, in case you lose it."))
    return HttpResponseRedirect(reverse("second-factor-mine"))


def _remove(request: HttpRequest, person: Any) -> None:
    kind, _dot, key = request.POST["remove"].partition("-")
    model: Any = {"app": TOTPDevice, "passkey": WebAuthnCredential}.get(kind)
    if model and model.objects.filter(user=person, pk=key_of(key), confirmed=True).delete()[0]:
        record(person, Action.FACTOR_CHANGED, person, removed=kind)
        if not has_factor(person):
            # Recovery codes alone are not a factor, and would prevent a new passkey.
            StaticDevice.objects.filter(user=person).delete()
            request.session[MAY_SET_UP] = links.make_token(person)  # who changes phones has another one to set up
        messages.success(request, _("Removed."))


def _new_app(request: HttpRequest) -> TOTPDevice:
    """Return an app that is not set up yet; its secret stays the same in a session until it is."""
    if _NEW_APP not in request.session:
        request.session[_NEW_APP] = random_hex(20)
    return TOTPDevice(user=request.user, name="app", key=request.session[_NEW_APP])


def _secret_of(device: TOTPDevice) -> str:
    """Return the secret as it is typed into an app: Base32, in groups of four."""
    secret = device.config_url.partition("secret=")[2].partition("&")[0]
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))


def _following(request: HttpRequest) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if is_ours else reverse("admin:index")


def _answer(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    request.current_app = admin.site.name  # type: ignore[attr-defined]  # as Django's own views set it
    shared = {**admin.site.each_context(request), "is_nav_sidebar_enabled": False, "site": settings.VEEDOR_SITE}
    return TemplateResponse(request, template, {**shared, **context}, status=status)
