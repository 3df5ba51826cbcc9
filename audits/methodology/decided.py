"""How the flags of a rule were decided, month by month, as a picture with its table."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from contracts.pages.charts.bars import shares
from contracts.pages.pictures import Cell, Picture

# So many months are told apart in a picture; the table has no more.
MOST_MONTHS = 24
_COUNTED = ("confirmed", "confirmed_by_one", "dismissed")


def picture_of(health: Mapping[str, Any]) -> list[Picture]:
    """
    Return the picture of the decisions of a rule's last months that had any; nothing where no month may be told.

    :param health: ``Health.as_json``, or what of it is public; a count of None is fewer than five
    """
    # What was published by an earlier version of this program may lack one of them.
    counts = {row["month"]: [row.get(name) for name in _COUNTED] for row in health["months"][-MOST_MONTHS:]}
    months = {month: found for month, found in counts.items() if any(found)}
    if not months:
        return []
    title, few = _("How its flags were decided"), _("fewer than five")
    totals = [sum(count or 0 for count in found) for found in months.values()]
    names = (_("confirmed"), _("confirmed by one person"), _("dismissed"))
    series = {
        name: [(found[place] or 0) / total for found, total in zip(months.values(), totals, strict=True)]
        for place, name in enumerate(names)
    }
    rows = [
        (Cell(month), *(Cell("" if count is None else count, few if count is None else "") for count in found))
        for month, found in months.items()
    ]
    told = _("%(number)s flags, each by the latest decision on it, of all versions.") % {"number": sum(totals)}
    first, last = min(months), max(months)
    period = first if first == last else f"{first} – {last}"
    note = _("What is fewer than five in a month is not drawn for the public.")
    head = (_("Month"), _("Flags confirmed"), _("By one person"), _("Flags dismissed"))
    drawing = shares(title, list(months), series)
    is_wide = len(months) > 6
    return [Picture("decisions", title, note, head, rows, drawing, is_wide=is_wide, coverage=told, period=period)]
