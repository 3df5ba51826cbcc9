"""How the flags of a rule were decided, month by month, as a picture with its table."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from contracts.pages.charts.bars import shares
from contracts.pages.pictures import Cell, Picture

# So many months are told apart in a picture; the table has no more.
MOST_MONTHS = 24


def picture_of(health: Mapping[str, Any]) -> list[Picture]:
    """
    Return the picture of the decisions of a rule's last months that had any; nothing where no month may be told.

    :param health: ``Health.as_json``, or what of it is public; a count of None is fewer than five
    """
    months = [
        (row["month"], row["confirmed"], row["dismissed"])
        for row in health["months"][-MOST_MONTHS:]
        if row["confirmed"] or row["dismissed"]
    ]
    if not months:
        return []
    title, few = _("How its flags were decided"), _("fewer than five")
    totals = [(confirmed or 0) + (dismissed or 0) for _month, confirmed, dismissed in months]
    confirmed_share = [(month[1] or 0) / total for month, total in zip(months, totals, strict=True)]
    series = {_("confirmed"): confirmed_share, _("dismissed"): [1 - share for share in confirmed_share]}
    rows = [
        (Cell(month), *(Cell("" if count is None else count, few if count is None else "") for count in counts))
        for month, *counts in months
    ]
    told = _("%(number)s flags, each by the latest decision on it, of all versions.") % {"number": sum(totals)}
    first, last = months[0][0], months[-1][0]
    period = first if first == last else f"{first} – {last}"
    note = _("What is fewer than five in a month is not drawn for the public.")
    head = (_("Month"), _("Flags confirmed"), _("Flags dismissed"))
    drawing = shares(title, [month for month, *_counts in months], series)
    is_wide = len(months) > 6
    return [Picture("decisions", title, note, head, rows, drawing, is_wide=is_wide, coverage=told, period=period)]
