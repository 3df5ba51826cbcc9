"""Bytes that arrive, whatever they are: without a preview, without a quota, and not yet processed."""

from collections.abc import Iterable
from typing import Any

from contracts.intake.received.receiving import store
from contracts.intake.received.spooling import spool
from contracts.models import Submission


def receive(
    chunks: Iterable[bytes], *, max_bytes: int | None = None, max_unpacked_bytes: int | None = None, **options: Any
) -> tuple[Submission, bool]:
    """Read a stream to its end and store it, with the options and the result of ``store``."""
    with spool(chunks, max_bytes=max_bytes, max_unpacked_bytes=max_unpacked_bytes) as spooled:
        return store(spooled, **options)
