"""Django's PostgreSQL engine: no question at each request whether its connection stands, and lists of keys fast."""

import select
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg.abc import Buffer
from psycopg.pq import TransactionStatus
from psycopg.types.array import ListDumper


class Lists(ListDumper):
    """Lists as psycopg writes them, except that lists of whole numbers, as most keys are, are written at once."""

    def dump(self, obj: list[Any]) -> Buffer | None:
        if set(map(type, obj)) == {int}:
            return b"{%b}" % ",".join(map(str, obj)).encode()
        return super().dump(obj)


class DatabaseWrapper(base.DatabaseWrapper):
    def get_new_connection(self, conn_params: dict[str, Any]) -> "Connection[Any]":
        connection: Connection[Any] = super().get_new_connection(conn_params)
        connection.adapters.register_dumper(list, Lists)
        return connection

    def is_usable(self) -> bool:
        """
        Return whether the connection stands, which is asked before each request.

        A server that ends a connection announces or closes it, which can be read without a round trip. If only the
        network is gone, nothing was received; a round trip would not end either, so connections are renewed
        (CONN_MAX_AGE). A connection within a statement or a transaction, left by interrupted code, is checked as
        usual.
        """
        if self.connection is None or self.connection.closed:
            return False
        if self.connection.pgconn.transaction_status != TransactionStatus.IDLE:
            return bool(super().is_usable())
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0) or bool(super().is_usable())
