"""
Private PostgreSQL and Valkey servers for development, demonstration and tests, below one folder: `VEEDOR_HOME`.

Production names its own servers by `DATABASE_URL` and `CELERY_BROKER_URL`, and nothing here runs. Without the first,
Django's engine is this package (see `base`): the first connection starts the private PostgreSQL. Both servers listen
on a Unix socket only, in a folder that nobody but their owner may enter.

Each process that uses the servers holds a shared lock on `VEEDOR_HOME/users.lock` while it lives; the kernel releases
it however the process ends. A process that can make it exclusive when it leaves is the last one, and stops the
servers.
"""

import atexit
import os
from pathlib import Path

from config.embedded.broker import PrivateBroker, broker_url, redis_url
from config.embedded.locks import UsersLock
from config.embedded.places import EmbeddedError
from config.embedded.postgresql import PrivatePostgreSQL

__all__ = [
    "EmbeddedError",
    "PrivateBroker",
    "PrivatePostgreSQL",
    "broker_url",
    "ensure_broker",
    "ensure_database",
    "redis_url",
    "stop_servers",
    "use",
]

_users: dict[Path, UsersLock] = {}


def ensure_database(home: Path) -> PrivatePostgreSQL:
    """
    The private PostgreSQL below `home`, running; started and created first if need be.

    It is stopped when the last process that asked for it ends. Raises EmbeddedError with a sentence that says what to
    do where it cannot run.
    """
    use(home)
    server = PrivatePostgreSQL(home)
    server.start()
    return server


def ensure_broker(home: Path) -> PrivateBroker:
    """The private broker below `home`, running, as `ensure_database`."""
    use(home)
    broker = PrivateBroker(home)
    broker.start()
    return broker


def stop_servers(home: Path) -> list[str]:
    """Stop the servers below `home`, whoever uses them; the names of those that ran."""
    if not home.exists():  # whoever made it has removed it, with what ran there
        return []
    servers = (PrivateBroker(home), PrivatePostgreSQL(home))
    return [server.name for server in servers if server.stop()]


def use(home: Path) -> None:
    """Count this process among those that use the servers below `home`, until it ends."""
    if home not in _users:
        _users[home] = UsersLock(home)
        atexit.register(_leave, home, os.getpid())


def _leave(home: Path, process: int) -> None:
    # A forked child shares its parent's lock and must not decide for it.
    if os.getpid() == process and _users.pop(home).is_last():
        stop_servers(home)
