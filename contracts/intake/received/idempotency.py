"""Repeated requests with an Idempotency-Key: they get the first response for a day."""

import hashlib
from datetime import timedelta
from typing import Any

from django.db.models.functions import Now

from contracts.models import IdempotencyKey, Publisher, Submission
from contracts.postgres.locks import lock_until_commit

LIFETIME = timedelta(hours=24)
MAX_LENGTH = 255


class KeyReusedError(Exception):
    """Raised if a key was given to another request within a day."""


def recall(
    user: Any, key: str, body_sha256: str, *, publisher: Publisher | None, about: Submission | None
) -> Submission | None:
    """
    Return the submission for a key, `None` if there is none within a day, in the transaction that stores it.

    :raises KeyReusedError: if the key was given to another body, publisher or contract
    """
    digest = _digest(user, key)
    # A concurrent repetition waits here, and finds what the first request stored.
    lock_until_commit([digest])
    known = IdempotencyKey.objects.filter(digest=digest, received_at__gt=Now() - LIFETIME).first()
    if known is None:
        return None
    submission = known.submission
    is_about_it = about is None or submission.attachments.filter(about=about).exists()
    if known.body_sha256 != body_sha256 or submission.publisher != publisher or not is_about_it:
        raise KeyReusedError
    return submission


def remember(user: Any, key: str, body_sha256: str, submission: Submission) -> None:
    fields = {"body_sha256": body_sha256, "submission": submission, "received_at": Now()}
    IdempotencyKey.objects.update_or_create(digest=_digest(user, key), defaults=fields)


def delete_old() -> None:
    """Delete keys older than a day."""
    IdempotencyKey.objects.filter(received_at__lte=Now() - LIFETIME).delete()


def _digest(user: Any, key: str) -> str:
    return hashlib.sha256(f"{user.pk} {key}".encode()).hexdigest()
