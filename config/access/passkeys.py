"""Passkeys: the addresses of the library, with what the rest of the second factor does: trail, new session key."""

import binascii
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django_otp_webauthn import exceptions, views

from config.access.setting_up import may_set_up
from contracts.trail import Action, record

# What the library lets through of bodies that are no JSON of its kind.
_MALFORMED = (UnicodeDecodeError, RecursionError, binascii.Error)


class _Strict(views.BaseWebAuthnView):
    """An address that answers bodies which nobody can read with 400."""

    def handle_exception(self, exc: Exception) -> HttpResponse:
        refused = exceptions.MalformedRequest() if isinstance(exc, _MALFORMED) else exc
        answer: HttpResponse = super().handle_exception(refused)
        return answer


class _Making(_Strict):
    """An address for accounts that may set up a second factor."""

    def check_can_register(self) -> None:
        if not may_set_up(self.request):
            raise exceptions.NotVerified


class New(_Making, views.BeginCredentialRegistrationView):
    """Ask a browser to make a passkey."""


class Made(_Making, views.CompleteCredentialRegistrationView):
    """Take the passkey that a browser made."""

    def post(self, *args: Any, **options: Any) -> JsonResponse:
        answer: JsonResponse = super().post(*args, **options)
        person: Any = self.request.user
        record(person, Action.FACTOR_CHANGED, person, added="passkey")
        self.request.session.cycle_key()
        return answer


class Ask(_Strict, views.BeginCredentialAuthenticationView):
    """Ask a browser for a passkey."""


class Given(_Strict, views.CompleteCredentialAuthenticationView):
    """Take what a browser says with a passkey."""

    request: HttpRequest

    def post(self, *args: Any, **options: Any) -> JsonResponse:
        answer: JsonResponse = super().post(*args, **options)
        self.request.session.cycle_key()
        return answer

    def handle_exception(self, exc: Exception) -> HttpResponse:
        person: Any = self.request.user
        if person.is_authenticated and isinstance(exc, exceptions.OTPWebAuthnApiError):
            record(person, Action.LOGIN_FAILED, person, second_factor=True)
        return super().handle_exception(exc)
