"""Senders, as the tests of the API have them."""

from tests.contracts.api.conftest import anonymous, nudged, sender

__all__ = ["anonymous", "nudged", "sender"]
