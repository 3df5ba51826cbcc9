"""
The second half of the input gate: the bytes of one JSON value → Python, exactly.

msgspec decodes nearly everything. This module finds JSON that msgspec would refuse, or accept and silently change:
numbers with thousands of digits, numbers outside the range of decimals, NUL, lone surrogates, duplicate members.
"""

import hashlib
import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from msgspec import Struct

from contracts.ocds.caching import remembered
from contracts.ocds.corrections import Correction, shorten
from contracts.ocds.pointers import escape
from contracts.ocds.problems import Limits, Problem, RefusedError

_ENCODER = msgspec.json.Encoder(decimal_format="number", order="deterministic")
_EXTREME_EXPONENT = 400
_SURROGATE = re.compile("[\ud800-\udfff]")
# Escaped NUL and surrogates.
_ESCAPED = re.compile(rb"\\u(?:0000|[dD])")
# Each byte as 0 if it is a digit, else as a space.
_DIGITS = bytes(ord("0") if chr(byte) in "0123456789" else ord(" ") for byte in range(256))
# Members with these names identify or count: dropping a duplicate would change the record.
_DECISIVE_KEYS = frozenset({"id", "ocid", "amount"})


class DecodedJson(Struct, frozen=True, gc=False):
    """
    A JSON value with its identity.

    ``value`` has exact numbers (int, Decimal); ``digest`` is the SHA-256 of its canonical form (members sorted, no
    spaces), so two documents are the same if and only if they are JSON-equal. ``members`` are the canonical forms of
    an object's members.
    """

    value: Any
    members: dict[str, bytes]
    digest: bytes
    corrections: tuple[Correction, ...] = ()


class _NumberRefusedError(ValueError):
    def __init__(self, code: str, token: str) -> None:
        super().__init__(token[:60])
        self.code = code


def decode(content: bytes, limits: Limits) -> DecodedJson:
    """
    Decode one JSON value.

    :param content: UTF-8, already checked for depth by the scanner
    :raises RefusedError: if it cannot be read; the problem's pointer and offset are relative to this value
    """
    corrections: list[Correction] = []
    value = _decode_fast(content, limits)
    if value is _ODD:
        value = _decode_odd(content, limits, corrections)
    members = {name: _ENCODER.encode(member) for name, member in value.items()} if type(value) is dict else {}
    canonical = _joined(members) if members else _ENCODER.encode(value)
    # Every parser drops a duplicate member, and its colon with it. (Escaped colons only cause a closer check.)
    if canonical.count(b":") != content.count(b":"):
        corrections.extend(_duplicates(content))
    return DecodedJson(value, members, hashlib.sha256(canonical).digest(), tuple(corrections))


def decode_value(content: bytes, limits: Limits) -> Any:
    """Decode one JSON value as `decode` does, without its identity."""
    value = _decode_fast(content, limits)
    return _decode_odd(content, limits, []) if value is _ODD else value


def decode_stored(content: str) -> Any:
    """Decode JSON that already passed the gate; its numbers stay exact."""
    return _STORED_DECODER.decode(content)


def encode(value: Any) -> bytes:
    """Return the canonical JSON of a value: members sorted, no spaces, decimals as exact numbers."""
    return _ENCODER.encode(value)


def encode_again(value: dict[str, Any], document: DecodedJson) -> bytes:
    """Return the canonical JSON of an object, without encoding members again that a document has."""
    known, members = document.value, document.members
    return _joined(
        {
            name: members[name] if name in members and known[name] is member else _ENCODER.encode(member)
            for name, member in value.items()
        }
    )


def _joined(members: dict[str, bytes]) -> bytes:
    """Return the canonical JSON of an object from that of its members."""
    return b"{" + b",".join([_name(name) + members[name] for name in sorted(members)]) + b"}"


@remembered
def _name(name: str) -> bytes:
    return _ENCODER.encode(name) + b":"


_ODD = object()


def _decode_fast(content: bytes, limits: Limits) -> Any:
    """Decode plain JSON; return ``_ODD`` for JSON that needs the slow, careful path."""
    if (b"\\" in content and _ESCAPED.search(content)) or _may_hold_long_number(content, limits):
        return _ODD
    try:
        return _DECODER.decode(content)
    except (msgspec.MsgspecError, ValueError, RecursionError, UnicodeDecodeError):
        return _ODD


def _may_hold_long_number(content: bytes, limits: Limits) -> bool:
    """Check only every eighth byte: a run of more than ``limits.digits`` digits is visible there."""
    return b"0" * max((limits.digits + 1) // 8, 1) in content[::8].translate(_DIGITS)


def _float(token: str) -> Decimal:
    try:
        number = Decimal(token)
    except InvalidOperation:  # an exponent of some twenty digits
        code = "number_underflow" if "-" in token[1:] else "number_out_of_range"
        raise _NumberRefusedError(code, token) from None
    if not -_EXTREME_EXPONENT < number.adjusted() < _EXTREME_EXPONENT and number:
        raise _NumberRefusedError("number_underflow" if number.adjusted() < 0 else "number_out_of_range", token)
    return number


_DECODER = msgspec.json.Decoder(float_hook=_float)
_STORED_DECODER = msgspec.json.Decoder(float_hook=Decimal)


def _decode_odd(content: bytes, limits: Limits, corrections: list[Correction]) -> Any:
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        values = {"offset": error.start}
        raise RefusedError(Problem("encoding_unknown", values=values, offset=error.start)) from error

    def whole(token: str) -> Any:
        return _Refused("number_too_long", token) if len(token.lstrip("-")) > limits.digits else int(token)

    def broken(token: str) -> Any:
        if sum(map(str.isdigit, token)) > 2 * limits.digits:
            return _Refused("number_too_long", token)
        try:
            return _float(token)
        except _NumberRefusedError as error:
            return _Refused(error.code, token)

    try:
        value = json.loads(text, parse_int=whole, parse_float=broken, parse_constant=_NoNumber)
    except json.JSONDecodeError as error:
        offset = len(text[: error.pos].encode())
        found = {"message": error.msg, "offset": offset}
        raise RefusedError(Problem("not_json", values=found, offset=offset)) from error
    except RecursionError as error:
        raise RefusedError(Problem("too_deep", values={"limit": limits.depth})) from error
    return _cleaned(value, "", corrections)


class _NoNumber(str):
    """``NaN`` or ``Infinity``, which Python programs write for a missing number."""

    __slots__ = ()


class _Refused:
    """Placeholder for a number that cannot be stored, until its position is known."""

    def __init__(self, code: str, token: str) -> None:
        self.code = code
        self.token = token


def _cleaned(value: Any, path: str, corrections: list[Correction]) -> Any:
    """Remove NUL and lone surrogates from texts, logged; refuse numbers and names that cannot be stored."""
    if isinstance(value, _Refused):
        values = {"number": value.token[:20], "length": len(value.token)}
        raise RefusedError(Problem(value.code, values=values, pointer=path))
    if isinstance(value, _NoNumber):
        corrections.append(Correction(path, str(value), None, "number_expected"))
        return None
    if isinstance(value, str):
        if _SURROGATE.search(value):
            value = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value)
            shown = _shown(value)
            corrections.append(Correction(path, shown, shown, "lone_surrogate_replaced"))
        if "\x00" in value:
            found, value = value, value.replace("\x00", "")
            corrections.append(Correction(path, _shown(found), _shown(value), "nul_removed"))
        return value
    if isinstance(value, list):
        return [_cleaned(entry, f"{path}/{index}", corrections) for index, entry in enumerate(value)]
    if isinstance(value, dict):
        cleaned = {}
        for key, member in value.items():
            if "\x00" in key or _SURROGATE.search(key):
                shown = key.encode("ascii", "backslashreplace").decode().replace("\x00", "\\u0000")
                raise RefusedError(Problem("nul_in_key", values={"name": shown}, pointer=path))
            found = _cleaned(member, f"{path}/{escape(key)}", corrections)
            if not isinstance(member, _NoNumber):  # null would remove the value of an earlier release.
                cleaned[key] = found
        return cleaned
    return value


def _shown(value: Any) -> Any:
    """Shorten a value for the log, with visible signs for NUL and surrogates, which the log cannot store."""
    if isinstance(value, str):
        value = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", value.replace("\x00", "\N{SYMBOL FOR NULL}"))
    return shorten(value)


class _Twice(dict[str, Any]):
    """An object with duplicate members of different values: ``first`` holds the dropped values."""

    first: dict[str, Any] = {}


def _duplicates(content: bytes) -> list[Correction]:
    """Find duplicate members. Refuse decisive ones, log the others."""

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = _Twice(pairs)
        if len(value) < len(pairs):
            value.first = {}
            for key, member in pairs:
                if value[key] != member:
                    value.first.setdefault(key, member)
        return value

    found: list[Correction] = []

    def walk(value: Any, path: str) -> None:
        if isinstance(value, _Twice):
            for name, first in value.first.items():
                at = f"{path}/{escape(name)}"
                if name in _DECISIVE_KEYS:
                    raise RefusedError(Problem("duplicate_key", values={"name": name}, pointer=at))
                found.append(Correction(at, _shown(first), _shown(value[name]), "duplicate_key"))
            for key, member in value.items():
                walk(member, f"{path}/{escape(key)}")
        elif isinstance(value, list):
            for index, entry in enumerate(value):
                walk(entry, f"{path}/{index}")

    walk(json.loads(content, object_pairs_hook=collect, parse_int=str, parse_float=str), "")
    return found
