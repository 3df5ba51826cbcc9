"""
Middleware of what people do in a browser. A program that asks the API without a cookie has no session, and so no
account of one, no second factor, no messages and no forms: it passes.
"""

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import activate, get_language, get_language_from_request
from django_otp.middleware import OTPMiddleware

from config.access.middleware import SecondFactorMiddleware


class _OfBrowsers:
    """Lets a request to the API pass that has no cookie."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith("/api/") and not request.META.get("HTTP_COOKIE"):
            return self.get_response(request)  # type: ignore[attr-defined]
        return super().__call__(request)  # type: ignore[misc]


class Sessions(_OfBrowsers, SessionMiddleware):
    """Keeps what was made for an account in no cache, unless its view says how long it may be kept."""

    def process_response(self, request: Any, response: Any) -> Any:
        is_of_session = request.session.accessed and request.session.session_key
        response = super().process_response(request, response)
        if is_of_session and "Cache-Control" not in response:
            response.headers["Cache-Control"] = "private, no-store"
        return response


class Accounts(_OfBrowsers, AuthenticationMiddleware):
    pass


class OneTimePasswords(_OfBrowsers, OTPMiddleware):
    pass


class SecondFactors(_OfBrowsers, SecondFactorMiddleware):
    pass


class Messages(_OfBrowsers, MessageMiddleware):
    pass


class Languages:
    """
    Answers in the language that a browser asks for.

    Django's own also looks for languages in addresses, at each request and answer; none of ours has one.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = get_language_from_request(request)
        activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", get_language())
        return response


class ContentPolicy(CSPMiddleware):
    """Writes the policy of the settings once, for all answers that change nothing of it."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self.policy = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        has_own = hasattr(request, "_csp_nonce") or any(name.startswith("_csp") for name in vars(response))
        if has_own or settings.DEBUG:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.policy)
        return response
