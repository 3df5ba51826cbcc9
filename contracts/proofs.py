"""
Proofs that bytes were sent here on a day: an Ed25519 signature over their SHA-256 and the day, and nothing else.

Senders of the form may ask for one. The request is not stored, and the proof does not identify them; but whoever is
found with it is known to have sent these bytes.
"""

import base64
import binascii
import re
from datetime import date

from cryptography.exceptions import InvalidSignature
from msgspec import Struct

from contracts.signing_key import private_key, read_public_key

_PREFIX = "veedor-proof-1"
_PROOF = re.compile(rf"{_PREFIX}:([0-9a-f]{{64}}):([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}):([A-Za-z0-9_=-]{{88}})")
MAX_LENGTH = 1000


class BadProofError(ValueError):
    """Raised for a text that is no proof, or one of another key or about something else than it says."""


class Proof(Struct, frozen=True):
    """What was proven: that bytes with this SHA-256 were sent on this day."""

    sha256: str
    day: date


def prove(sha256: str, day: date) -> str | None:
    """Return the proof of bytes as one line of text, ``None`` where this installation has no key."""
    key = private_key()
    if key is None:
        return None
    signature = base64.urlsafe_b64encode(key.sign(_message(sha256, day.isoformat()))).decode()
    return f"{_PREFIX}:{sha256}:{day.isoformat()}:{signature}"


def read_proof(text: str, key: str) -> Proof:
    """
    Return what a proof proves, however it was broken into lines.

    :param key: the public key of the installation that signed it, in base64
    :raises BadProofError: if it proves nothing
    :raises ValueError: if the key is invalid
    """
    public = read_public_key(key)
    found = _PROOF.fullmatch("".join(text[:MAX_LENGTH].split()))
    if not found:
        raise BadProofError(text[:60])
    sha256, day, signature = found.groups()
    try:
        public.verify(base64.urlsafe_b64decode(signature), _message(sha256, day))
        return Proof(sha256, date.fromisoformat(day))
    except (InvalidSignature, binascii.Error, ValueError) as error:
        raise BadProofError(text[:60]) from error


def _message(sha256: str, day: str) -> bytes:
    return f"{_PREFIX}\n{sha256}\n{day}\n".encode()
