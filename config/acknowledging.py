"""What a worker does if the broker is away when a message is to be acknowledged."""

from typing import Any

from celery.worker.request import Request


class ReconnectingRequest(Request):
    """
    A message that has its worker connect anew where it cannot be acknowledged.

    Celery leaves it at a line in the log, and the message counts as one in work for good: a worker whose children were
    all at one then asks for no more, and never finds that its connection is lost.
    """

    def __init__(self, message: Any, **options: Any) -> None:
        # These it would catch, and they would not get to its loop.
        super().__init__(message, **options | {"connection_errors": ()})
