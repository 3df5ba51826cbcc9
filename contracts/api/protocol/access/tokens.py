"""
Authentication by `Authorization: Token …`, and the scopes of tokens.

Nothing here imports the framework's views: they import this module while they are made.
"""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from contracts.api.protocol.access.throttles import GuessThrottle
from contracts.models import ApiToken
from contracts.postgres.isolating import write_aside

_KEYWORDS = (b"token", b"bearer")


class TokenAuthentication(BaseAuthentication):
    """Identifies an account by the token in the Authorization header; the token itself becomes `request.auth`."""

    def authenticate(self, request: Request) -> tuple[object, ApiToken] | None:
        # The framework does the same, but first builds an object of all headers.
        words = request.META.get("HTTP_AUTHORIZATION", "").encode("latin-1").split()
        if not words or words[0].lower() not in _KEYWORDS:
            if words:
                raise AuthenticationFailed(_("Write the header as: Authorization: Token vdr_…"))
            return None
        if len(words) != 2:
            raise AuthenticationFailed(_("Write the header as: Authorization: Token vdr_…"))
        token = ApiToken.objects.find(words[1].decode("ascii", "replace").replace("\x00", ""))
        if token is None:
            guesses = GuessThrottle()
            if not guesses.allow_request(request, None):
                raise Throttled(guesses.wait())
            raise AuthenticationFailed(_("The token is not valid: unknown, revoked or expired."))
        _note_use(token)
        return token.user, token

    def authenticate_header(self, _request: Request) -> str:
        return "Token"


def _note_use(token: ApiToken) -> None:
    """Store the day of the last use, not the time: enough to find unused tokens."""
    today = timezone.now().date()
    if token.last_used_on is None or token.last_used_on < today:
        outdated = ApiToken.objects.filter(Q(last_used_on=None) | Q(last_used_on__lt=today), pk=token.pk)
        write_aside(lambda: outdated.update(last_used_on=today))


def has_scope(request: Request, scope: ApiToken.Scope) -> bool:
    """Return whether a request may use a scope: a token needs the scope, and its account the permission."""
    token = request.auth
    return not isinstance(token, ApiToken) or token.allows(scope)


def missing_scope(scope: ApiToken.Scope) -> str:
    """Return what to tell whoever holds a token without a scope that a request needs."""
    return _("This token does not have the scope %(scope)s. Create one that has it.") % {"scope": scope.value}


def effective_user(request: Request) -> object:
    """
    Return the account whose permissions decide about unpublished data.

    A token without the scope `review` has the rights of the public, whoever made it: it may stand in a shared script.
    """
    return request.user if has_scope(request, ApiToken.Scope.REVIEW) else AnonymousUser()
