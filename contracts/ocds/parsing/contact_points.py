"""
Records without the personal data of their contact points.

The contact point of an organization names a person. OCDS publishes it for bidders; an archive of many publishers and
years does not serve that purpose.
"""

import re
from typing import Any

from contracts.ocds.caching import remembered
from contracts.ocds.gate.document import decode, encode
from contracts.ocds.links import is_of_web
from contracts.ocds.problems import Limits

# Publishers misspell these names: a person is one under `contact_point` too.
_MEMBER = re.compile(r"(additional[ _-]?)?contact[ _-]?points?", re.IGNORECASE)
# Stored records passed the gate, whose limits may be lower by now. Python parses no longer numbers.
_LIMITS = Limits(digits=4300)


def without_contact_points(record: bytes) -> bytes:
    """
    Return a stored record (JSON in UTF-8) with only the web address of each contact point, at any depth.

    A record without other contact data is returned byte by byte, others as canonical JSON.
    """
    # The name of a member may contain escapes.
    if b"contact" not in record.lower() and b"\\u" not in record:
        return record
    value = decode(record, _LIMITS).value
    return encode(value) if _withhold(value) else record


def is_of_contact_point(pointer: str) -> bool:
    """Return whether a JSON Pointer refers to a contact point, or into one."""
    return any(map(_is_member, pointer.split("/")))


@remembered
def _is_member(name: str) -> bool:
    return _MEMBER.fullmatch(name.strip()) is not None


def _withhold(record: Any) -> bool:
    """Reduce the contact points of a decoded record, in place; return whether any held more."""
    has_changed = False
    remaining = [record]
    while remaining:
        value = remaining.pop()
        if isinstance(value, dict):
            for name in filter(_is_member, value):
                public = _public(value[name])
                has_changed = has_changed or public != value[name]
                value[name] = public
            remaining.extend(value.values())
        elif isinstance(value, list):
            remaining.extend(value)
    return has_changed


def _public(contact: Any) -> Any:
    if isinstance(contact, list):
        return [_web_address(entry) for entry in contact]
    return _web_address(contact)


def _web_address(contact: Any) -> dict[str, str]:
    url = contact.get("url") if isinstance(contact, dict) else None
    # `mailto:` names a person too.
    return {"url": url} if isinstance(url, str) and is_of_web(url) else {}
