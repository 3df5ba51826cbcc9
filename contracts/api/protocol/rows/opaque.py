"""Opaque numbers: two of them do not reveal how many lie between."""

import hashlib
import hmac

from django.conf import settings

_ROUNDS = 6
_HALF = 0xFFFFFFFF


def hidden(number: int) -> str:
    """Return a number from 0 to 2**64 - 1 as 16 hexadecimal digits, by a permutation keyed with the site's secret."""
    left, right = number >> 32, number & _HALF
    for turn in range(_ROUNDS):
        left, right = right, left ^ _mix(turn, right)
    return f"{left << 32 | right:016x}"


def shown(text: str) -> int:
    """Return the number for a text made by `hidden`; raises ValueError for any other text."""
    if len(text) != 16 or not text.isascii():
        raise ValueError(text)
    left, right = divmod(int(text, 16), 1 << 32)
    for turn in reversed(range(_ROUNDS)):
        left, right = right ^ _mix(turn, left), left
    return left << 32 | right


def _mix(turn: int, half: int) -> int:
    key = settings.SECRET_KEY.encode()
    digest = hmac.digest(key, b"opaque %d %d" % (turn, half), hashlib.sha256)
    return int.from_bytes(digest[:4], "big")
