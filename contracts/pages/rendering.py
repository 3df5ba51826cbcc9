"""Public pages: in the reader's language, the same for everyone, without scripts or accounts."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from contracts.pages.misread import unknown_value
from contracts.signing_key import public_key
from contracts.translating import language_asked, language_in_force

# Maximum length of a language code that is shown back to the reader.
MAX_CODE = 12

View = Callable[..., HttpResponse]

# Pages are rendered for anonymous readers, even if someone is signed in.
EVERYONE = AnonymousUser()


def in_the_readers_language(view: View) -> View:
    """
    Call a view as ``view(request, language, …)``, with the language of ``?lang=``, else of the browser.

    The language is given without its region, as the pages of rules are written.
    """

    @wraps(view)
    def speaking(request: HttpRequest, **arguments: Any) -> HttpResponse:
        chosen = language_asked(request.GET.get("lang")) or language_asked(get_language()) or "en"
        with override(chosen):
            response = view(request, language_in_force(), **arguments)
        response["Content-Language"] = chosen
        return response

    return speaking


def reading_page(view: View) -> View:
    """Make a view a read-only page; it is called as in ``in_the_readers_language``."""
    return require_safe(in_the_readers_language(view))


def form_page(view: View) -> View:
    """Make a view a page with a form, which is never cached; it is called as in ``in_the_readers_language``."""
    return require_http_methods(["GET", "HEAD", "POST"])(never_cache(in_the_readers_language(view)))


def at_its_address(view: View) -> View:
    """Redirect requests to the canonical address of a view's arguments, for instance from small letters."""

    @wraps(view)
    def looking(request: HttpRequest, **arguments: Any) -> HttpResponse:
        match = request.resolver_match
        address = reverse(match.view_name, kwargs=match.kwargs) if match else request.path
        if address == request.path:
            return view(request, **arguments)
        query = request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)

    return looking


def answer(
    request: HttpRequest,
    template: str,
    language: str,
    *,
    status: int = 200,
    misread: Iterable[str] = (),
    **context: Any,
) -> HttpResponse:
    """
    Return a page. ``query`` is added to its links: the language, if the reader chose one.

    :param misread: messages about ignored parts of the address
    """
    asked = request.GET.get("lang")
    chosen = language_asked(asked)
    if asked and not chosen:
        misread = [unknown_value("lang", asked[:MAX_CODE], dict(settings.LANGUAGES)), *misread]
    parameters = request.GET.copy()
    parameters.pop("lang", None)
    context |= {
        "language": language,
        "locale": get_language(),
        "languages": settings.LANGUAGES,
        "misread": list(misread),
        "query": f"?lang={chosen}" if chosen else "",
        # Keep the other parameters when the language is changed.
        "parameters": f"&{parameters.urlencode()}" if parameters else "",
        # Embedded content links back here.
        "origin": request.build_absolute_uri("/")[:-1],
        # On paper a page says where it was read.
        "page_address": request.build_absolute_uri(),
        # Whether copies of the page can be signed.
        "signs": public_key() is not None,
    }
    return render(request, template, context, status=status)
