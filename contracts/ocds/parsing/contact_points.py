"""
Records without the personal data of their contact points.

The contact point of an organization names a person. OCDS publishes it for bidders; an archive of many publishers and
years does not serve that purpose.
"""

import re
from typing import Any

from contracts.ocds.caching import remembered
from contracts.ocds.links import is_of_web

# Publishers misspell these names: a person is one under `contact_point` too.
_MEMBER = re.compile(r"(additional[ _-]?)?contact[ _-]?points?", re.IGNORECASE)


def is_of_contact_point(pointer: str) -> bool:
    """Return whether a JSON Pointer refers to a contact point, or into one."""
    return any(map(_is_member, pointer.split("/")))


@remembered
def _is_member(name: str) -> bool:
    return _MEMBER.fullmatch(name.strip()) is not None


def withhold_contact_points(record: Any) -> bool:
    """Leave only the web address of each contact point of a decoded record, in place; return whether any held more."""
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
