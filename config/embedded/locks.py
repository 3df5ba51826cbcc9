"""Locks between processes that the kernel releases, however a process ends."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path


def make_home(home: Path) -> None:
    """Make the folder `home`; others may pass through it (PostgreSQL's account must) but not list it."""
    if not home.exists():
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o711)


@contextlib.contextmanager
def starting(home: Path) -> Iterator[None]:
    """Wait until no other process starts or stops servers below `home`, and keep others from it meanwhile."""
    make_home(home)
    descriptor = os.open(home / "start.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class UsersLock:
    """Shared by all processes that use the servers below `home`."""

    def __init__(self, home: Path) -> None:
        make_home(home)
        self._descriptor = os.open(home / "users.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def is_last(self) -> bool:
        """Whether no other process uses the servers. The lock is kept until the process ends, or lost."""
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        os.close(self._descriptor)
