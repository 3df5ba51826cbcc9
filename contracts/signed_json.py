"""
Documents that this installation signs: Ed25519 over the canonical JSON of RFC 8785.

The signature is a member of the document, ``signature``, over all its other members. Whoever has the public key
verifies it without us.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature

from contracts.signing_key import private_key, public_key, read_public_key

SIGNATURE = "signature"
ALGORITHM = "Ed25519"
FORM = "RFC 8785"
# Beyond, JSON's readers differ on a whole number (RFC 8785, 3.2.2.3; RFC 7493, 2.2): it is signed as a text.
_MAX_WHOLE = 2**53 - 1


class BadSignatureError(ValueError):
    """The document has no signature, or one that is not of this key over what it says."""


def sign(document: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return a document with its signature; without a key (production that names none) with ``"signature": null``.

    Whole numbers beyond 2**53 - 1 become texts.

    :raises ValueError: if a value has no place in JSON
    """
    plain = interoperable({name: value for name, value in document.items() if name != SIGNATURE})
    key = private_key()
    if key is None:
        return {**plain, SIGNATURE: None}
    value = base64.b64encode(key.sign(rfc8785.dumps(plain))).decode()
    return {**plain, SIGNATURE: {"algorithm": ALGORITHM, "form": FORM, "key": public_key(), "value": value}}


def verify_signature(document: Mapping[str, Any], key: str) -> None:
    """Verify a document with a public key, in base64; raises BadSignatureError if another signed it, or it changed."""
    signature = document.get(SIGNATURE)
    if not isinstance(signature, Mapping):
        raise BadSignatureError("The document is not signed.")
    if (signature.get("algorithm"), signature.get("form")) != (ALGORITHM, FORM):
        raise BadSignatureError(f"The signature is not {ALGORITHM} over {FORM}.")
    try:
        public = read_public_key(key)
    except ValueError as error:
        raise BadSignatureError(str(error)) from error
    try:
        given = base64.b64decode(str(signature.get("value")), validate=True)
        signed = rfc8785.dumps({name: value for name, value in document.items() if name != SIGNATURE})
        public.verify(given, signed)
    except (InvalidSignature, binascii.Error, rfc8785.CanonicalizationError) as error:
        raise BadSignatureError("The signature does not fit: another key, or the document was changed.") from error


def interoperable(value: Any) -> Any:
    """Return a value as it is signed: with whole numbers beyond 2**53 - 1 as texts."""
    if isinstance(value, Mapping):
        return {str(name): interoperable(entry) for name, entry in value.items()}
    if isinstance(value, list | tuple):
        return [interoperable(entry) for entry in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > _MAX_WHOLE:
        return str(value)
    return value
