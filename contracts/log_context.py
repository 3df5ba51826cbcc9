"""What each line of the log tells beside its message: the ids of the request, task or submission it belongs to."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

# The forms for everyone: nothing tells when they are used.
FORMS = ("/submit/", "/reply/")

_ids: ContextVar[Mapping[str, str]] = ContextVar("ids of the log", default={})  # noqa: B039 - replaced, never changed


def log_ids() -> Mapping[str, str]:
    """Return the ids of what this thread is at: ``request``, ``task``, ``submission``."""
    return _ids.get()


@contextmanager
def log_as(**ids: str) -> Iterator[None]:
    """Give the lines logged within the block these ids, beside those of the blocks around it."""
    token = _ids.set({**_ids.get(), **ids})
    try:
        yield
    finally:
        _ids.reset(token)
