"""The cache, with counters that all web processes share."""

import os
import re
from functools import cached_property
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as BrokenError
from redis.exceptions import ResponseError

# Matches the answers to both commands: the count, and that it is kept. Errors of the server are also one line.
_COUNTED = re.compile(rb":(\d+)\r\n:[01]\r\n")
_LONGEST = 1024


class CountingCache(RedisCache):
    """
    The cache of Django that counts, in one trip over a connection of its own.

    Django keeps a cache for each thread, so nobody else uses the connection. Creating a redis client, fetching a
    connection and checking it would take longer than the trip, for each request; so would its general packing and
    reading of commands and answers, of which this needs two.
    """

    def count(self, counter: str, number: int, seconds: int) -> int:
        """
        Add to a counter that is kept for so long, and return it.

        :raises RedisError: if the server does not answer, or OSError
        """
        key = self.make_key(counter).encode()
        asked = _packed(b"INCRBY", key, b"%d" % number) + _packed(b"EXPIRE", key, b"%d" % seconds)
        connection = self._connection
        was_connected = connection.is_connected
        try:
            return self._counted(connection, asked)
        except (BrokenError, ConnectionError):
            if not was_connected:
                raise
        return self._counted(connection, asked)  # the server left the connection while nobody used it

    def _counted(self, connection: Any, asked: bytes) -> int:
        try:
            connection.send_packed_command([asked])
            answer = b""
            while answer.count(b"\r\n") < 2:
                if not (more := connection._sock.recv(_LONGEST)):  # noqa: SLF001
                    raise BrokenError("The server left.")  # noqa: TRY301
                answer += more
            if not (found := _COUNTED.fullmatch(answer)):
                raise ResponseError(answer[:_LONGEST].decode("utf-8", "replace"))  # noqa: TRY301
        except BaseException:
            connection.disconnect()  # an answer that was not read would be taken for that of the next command
            raise
        return int(found[1])

    @property
    def _connection(self) -> Any:
        if self._own.pid != os.getpid():  # that of a process from which this one was forked
            del self._own
        return self._own

    @cached_property
    def _own(self) -> Any:
        return self._cache._get_connection_pool(write=True).make_connection()  # type: ignore[attr-defined]  # noqa: SLF001


def _packed(*parts: bytes) -> bytes:
    """Return a command as the server reads it."""
    return b"*%d\r\n" % len(parts) + b"".join([b"$%d\r\n%b\r\n" % (len(part), part) for part in parts])
