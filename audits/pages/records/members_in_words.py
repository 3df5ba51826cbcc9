"""A member of a record in one line, in the reader's language rather than as JSON."""

from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audits.wording import value_in_words

# Maximum length of a value in a table, in characters.
MAX_VALUE_LENGTH = 300
MAX_ENTRIES = 3
# Members that can name an object, in order of preference.
_NAMES = ("name", "title", "description")
# The members of a period, in order.
_ENDS = ("startDate", "endDate")
NOTHING = "–"


def member_in_words(path: str, value: Any) -> str:
    """Return a member's value as text; its path, or the end of it, tells amounts, codes and days apart."""
    if isinstance(value, dict):
        return _object(path, value)
    if isinstance(value, list):
        entries = [member_in_words(path, entry) for entry in value[:MAX_ENTRIES]]
        more = [f"+{len(value) - len(entries)}"] if len(value) > len(entries) else []
        return "; ".join([*entries, *more]) or NOTHING
    if value in (None, ""):
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if path.endswith("/durationInDays") and isinstance(value, int):
        return ngettext("%(number)d day", "%(number)d days", value) % {"number": value}
    written = value_in_words(path, value)
    if written is None:
        written = str(number_format(value)) if isinstance(value, float) else str(value)
    return written if len(written) <= MAX_VALUE_LENGTH else written[:MAX_VALUE_LENGTH] + "…"


def setting_in_words(name: str, value: Any) -> str:
    """Return a rule's parameter as text, mappings as ``key: value``: "BOB: 70000; MXN: 200000"."""
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_enclosed(key, entry)}" for key, entry in value.items()) or NOTHING
    if isinstance(value, list | tuple) and any(isinstance(entry, Mapping) for entry in value):
        return "; ".join(_enclosed(name, entry) for entry in value) or NOTHING
    return member_in_words(f"/{name}", value)


def _enclosed(name: str, value: Any) -> str:
    written = setting_in_words(name, value)
    return f"({written})" if isinstance(value, Mapping) else written


def _object(path: str, value: Mapping[str, Any]) -> str:
    plain = {
        name: entry for name, entry in value.items() if entry not in (None, "") and not isinstance(entry, dict | list)
    }
    for name in _NAMES:
        if name in plain:
            return member_in_words(f"{path}/{name}", plain[name])
    if "amount" in plain:
        written = value_in_words(f"{path}/amount", plain["amount"], str(plain.get("currency", "")))
        if written is not None:
            return written
    ends = [name for name in _ENDS if name in plain]
    period = " – ".join(member_in_words(f"{path}/{name}", plain[name]) for name in ends)
    others = [member_in_words(f"{path}/{name}", entry) for name, entry in plain.items() if name not in ends]
    return " · ".join(filter(None, [period, *others])) or NOTHING
