"""Bytes in: stored as they arrive, with their SHA-256, before they are parsed."""

import hashlib
import io
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from msgspec import to_builtins

from contracts.intake.received import contents
from contracts.intake.received.authority import authority_of
from contracts.intake.received.spooling import Spool, read_text, spool
from contracts.models import Content, Publisher, Submission, SubmissionOrigin
from contracts.ocds.parsing.calendar_days import start_of_day
from contracts.ocds.problems import Limits, Problem
from contracts.postgres.locks import lock_until_commit
from contracts.tables.given_mapping import GivenMapping


def gate_limits() -> Limits:
    """The limits of the input gate, from the settings."""
    return Limits(item_bytes=settings.VEEDOR_MAX_ITEM_BYTES, item_values=settings.VEEDOR_MAX_ITEM_VALUES)


def receive(
    chunks: Iterable[bytes], *, max_bytes: int | None = None, max_unpacked_bytes: int | None = None, **options: Any
) -> tuple[Submission, bool]:
    """
    Read a stream to its end and store it.

    :param max_bytes: the limit on the received size, ``None`` for none (a local file)
    :param max_unpacked_bytes: the limit on the unpacked size
    :param options: those of ``store``
    :returns: as ``store``
    :raises RefusedError: if it is empty, or exceeds a limit; nothing is stored then
    """
    with spool(chunks, max_bytes=max_bytes, max_unpacked_bytes=max_unpacked_bytes) as spooled:
        return store(spooled, **options)


def store(
    spooled: Spool,
    *,
    channel: Submission.Channel,
    kind: Submission.Kind = Submission.Kind.OCDS,
    user: Any = None,
    publisher: Publisher | None = None,
    only: Publisher | None = None,
    file_name: str = "",
    given: GivenMapping | None = None,
    among: QuerySet[Submission] | None = None,
) -> tuple[Submission, bool]:
    """
    Store the bytes of a submission.

    :param only: the one publisher that the sender's token is limited to
    :param given: the mapping that its sender gives of a table
    :param among: what was sent with the same receipt
    :returns: the submission, and whether it is new; the same bytes from the same sender with the same rights for the
        same publisher return the earlier submission. For the form without an account, only those in `among` count
    """
    authority = authority_of(user, channel, only=only)
    with transaction.atomic():
        # A second sender of the same bytes at the same time waits here, and finds those that the first one stored.
        lock_until_commit([spooled.sha256])
        kept = Content.objects.filter(sha256=spooled.sha256, removed_on=None)
        # For the form only the day is stored: an hour could reveal the sender.
        now = timezone.now()
        is_by_form = channel == Submission.Channel.FORM
        received = start_of_day(now) if is_by_form else now
        if (content := kept.first()) is None:
            found = {"size": spooled.size, "encoding": spooled.encoding, "is_gzip": spooled.is_gzip}
            with spooled.open() as file:
                content = _keep(spooled.sha256, file, received_at=received, **found)
        mapping = to_builtins(given) if given else {}
        what = {"content": content, "kind": kind, "channel": channel, "publisher": publisher, "mapping": mapping}
        what |= authority._asdict()
        # Senders without an account must not learn, from any response, that somebody else sent the same.
        own = among
        if own is None and not (is_by_form and user is None):
            # One whose origin is gone is nobody's: `origin__user=None` alone would find it.
            own = Submission.objects.filter(origin__isnull=False, origin__user=user)
        if own is not None and (known := own.filter(**what, erased_on=None).first()):
            return known, False
        submission = Submission.objects.create(**what, received_at=received)
        SubmissionOrigin.objects.create(submission=submission, user=user, file_name=file_name)
    return submission, True


def keep_bytes(data: bytes) -> Content:
    """Keep bytes that were made here, once for each SHA-256, as those that arrive are kept; part of a transaction."""
    sha256 = hashlib.sha256(data).hexdigest()
    lock_until_commit([sha256])
    known = Content.objects.filter(pk=sha256, removed_on=None).first()
    return known or _keep(sha256, io.BytesIO(data), size=len(data), received_at=start_of_day(timezone.now()))


def _keep(sha256: str, file: IO[bytes], **fields: Any) -> Content:
    """Keep bytes that are new, or that were removed."""
    content, _is_new = Content.objects.update_or_create(sha256=sha256, defaults={**fields, "removed_on": None})
    contents.write(sha256, file)
    return content


class StoredSource:
    """The bytes of a stored content."""

    def __init__(self, content: Content) -> None:
        self.content = content

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes as they arrived."""
        return contents.read(self.content.pk)

    def text(self, problems: list[Problem]) -> Iterator[bytes]:
        """Yield the text as UTF-8; see ``read_text``."""
        return read_text(self.chunks(), self.content.encoding, problems, is_gzip=self.content.is_gzip)

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Lend the bytes as a file with a descriptor."""
        with tempfile.TemporaryFile() as file:
            file.writelines(self.chunks())
            file.flush()
            yield file
