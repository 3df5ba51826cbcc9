"""The key with which this installation signs, Ed25519: ``VEEDOR_SIGNING_KEY``."""

import base64
import binascii

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings


def private_key() -> Ed25519PrivateKey | None:
    """Return the key, ``None`` in production that names none."""
    seed: bytes = settings.VEEDOR_SIGNING_KEY
    return Ed25519PrivateKey.from_private_bytes(seed) if seed else None


def public_key() -> str | None:
    """Return the public key of this installation in base64, ``None`` if it has none."""
    key = private_key()
    return base64.b64encode(key.public_key().public_bytes_raw()).decode() if key else None


def read_public_key(key: str) -> Ed25519PublicKey:
    """
    Read a public key from base64.

    :raises ValueError: if it is none
    """
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError) as error:
        raise ValueError("The key is not 32 bytes in base64.") from error
