"""Ids that each line of the log carries: of the request, task or submission it belongs to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

# The forms for everyone: nothing tells when they are used.
FORMS = ("/submit/", "/reply/")
# What follows here opens to whoever knows it: an invitation, a link to a second factor, the way out of messages.
SECRETS = ("/admin/invited/", "/admin/second-factor/link/", "/search/stop/", "/summary/stop/")

_ids: ContextVar[Mapping[str, str]] = ContextVar("ids of the log", default={})  # noqa: B039 - replaced, never changed


def log_ids() -> Mapping[str, str]:
    """Return the ids of what this thread is at: ``request``, ``task``, ``submission``."""
    return _ids.get()


def path_to_log(path: str) -> str:
    """Return the path of an address without what opens by it."""
    return next((f"{start}…" for start in SECRETS if path.startswith(start)), path)


@contextmanager
def log_as(**ids: str) -> Iterator[None]:
    """Give the lines logged within the block these ids, beside those of the blocks around it."""
    token = _ids.set({**_ids.get(), **ids})
    try:
        yield
    finally:
        _ids.reset(token)
