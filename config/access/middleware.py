"""A session that lacks its second factor is nobody yet."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from config.access.factors import lacks_factor

# Pages that are for people who are signed in: they lead to the page that asks the second factor.
_CLOSED = ("/admin/", "/documents/")
# The pages of the second factor tell themselves what they let whom do.
PAGES = "/admin/second-factor/"
_OPEN = (PAGES, "/admin/logout/", "/admin/jsi18n/")


class SecondFactorMiddleware:
    """Takes the account from a request whose session lacks its second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        person: Any = request.user
        if request.path_info.startswith(_OPEN):
            return self.get_response(request)
        if not request.path_info.startswith(_CLOSED):
            # Asked only where the account is: a page for everyone reads no session.
            known: Any = SimpleLazyObject(lambda: AnonymousUser() if lacks_factor(person) else person)
            request.user = known
        elif lacks_factor(person):
            request.user = AnonymousUser()
            following = {"next": request.get_full_path()} if request.method == "GET" else None
            return HttpResponseRedirect(reverse("second-factor", query=following))
        return self.get_response(request)
