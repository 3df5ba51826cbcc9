"""What web servers answer while the database lacks migrations of this version."""

import logging
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_from_request, override

from config.views import upgrading
from contracts.postgres.versions import in_words, is_complete, missing_migrations
from contracts.translating import language_asked

logger = logging.getLogger(__name__)

# Health and metrics answer for themselves.
_ANSWERS_ITSELF = ("/health/", "/metrics")


class MigrationsMiddleware:
    """
    Answers 503 until the database has all migrations of this version.

    What a page lacks would fail it with a 500; what it does not lack by chance would be written without the columns,
    constraints and triggers that this version counts on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(_ANSWERS_ITSELF) or _may_be_complete():
            return self.get_response(request)
        # What finds out the reader's language comes after this, and needs sessions.
        with override(language_asked(request.GET.get("lang")) or get_language_from_request(request)):
            return upgrading(request)


def _may_be_complete() -> bool:
    """Return whether the database has all migrations; also if it is away, which the request then finds out itself."""
    try:
        if is_complete():
            return True
        logger.error("%s", in_words(missing_migrations()))
    except (DatabaseError, InterfaceError):
        return True
    return False
