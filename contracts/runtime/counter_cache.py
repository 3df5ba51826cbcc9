"""The cache, with counters that all web processes share."""

import os
from functools import cached_property
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as BrokenError


class CountingCache(RedisCache):
    """
    The cache of Django that counts, in one trip over a connection of its own.

    Django keeps a cache for each thread, so that nobody else uses the connection. To make a client of redis, to fetch
    a connection and to look whether it stands would take longer than the trip, at each request.
    """

    def count(self, counter: str, number: int, seconds: int) -> int:
        """
        Add to a counter that is kept for so long, and return it.

        :raises RedisError: if the server does not answer, or OSError
        """
        key = self.make_key(counter)
        connection = self._connection
        asked = connection.pack_commands([("INCRBY", key, number), ("EXPIRE", key, seconds)])
        was_connected = connection.is_connected
        try:
            return self._counted(asked)
        except BrokenError:
            if not was_connected:
                raise
        return self._counted(asked)  # the server left the connection while nobody used it

    def _counted(self, asked: list[bytes]) -> int:
        connection = self._connection
        try:
            connection.send_packed_command(asked)
            counted = connection.read_response()
            connection.read_response()
        except BaseException:
            connection.disconnect()  # an answer that was not read would be taken for that of the next command
            raise
        return int(counted)

    @property
    def _connection(self) -> Any:
        if self._own.pid != os.getpid():  # that of a process from which this one was forked
            del self._own
        return self._own

    @cached_property
    def _own(self) -> Any:
        return self._cache._get_connection_pool(write=True).make_connection()  # type: ignore[attr-defined]  # noqa: SLF001
