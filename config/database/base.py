"""PostgreSQL's own engine, but that a request does not first ask whether its connection stands."""

import select

from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """
        Return whether the connection stands, which is asked before each request.

        A server that ends one says so first, or closes it: what has come unasked can be read without a trip. Nothing
        has where the network alone is gone; then no trip would end either, and connections are renewed (CONN_MAX_AGE).
        One that is amid a statement or in a transaction, which whoever was broken off left behind, is asked as usual.
        """
        if self.connection is None or self.connection.closed:
            return False
        if self.connection.pgconn.transaction_status != TransactionStatus.IDLE:
            return bool(super().is_usable())
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return not poll.poll(0) or bool(super().is_usable())
