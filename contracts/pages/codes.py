"""Codes of OCDS in the words of readers; what is no code of it stays as the record has it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

METHODS = {"open": _("open"), "selective": _("selective"), "limited": _("limited"), "direct": _("direct")}
CATEGORIES = {
    "goods": pgettext_lazy("category", "goods"),
    "services": pgettext_lazy("category", "services"),
    "works": pgettext_lazy("category", "works"),
}
CRITERIA = {
    "priceOnly": _("price alone"),
    "costOnly": _("cost alone"),
    "qualityOnly": _("quality alone"),
    "ratedCriteria": _("rated criteria"),
    "lowestCost": _("lowest cost"),
    "bestProposal": _("best proposal"),
    "bestValueToGovernment": _("best value"),
}
STATUSES = {
    "planning": pgettext_lazy("status", "in planning"),
    "planned": pgettext_lazy("status", "planned"),
    "active": pgettext_lazy("status", "active"),
    "pending": pgettext_lazy("status", "pending"),
    "complete": pgettext_lazy("status", "complete"),
    "terminated": pgettext_lazy("status", "terminated"),
    "cancelled": pgettext_lazy("status", "cancelled"),
    "unsuccessful": pgettext_lazy("status", "unsuccessful"),
    "withdrawn": pgettext_lazy("status", "withdrawn"),
    "valid": pgettext_lazy("status", "valid"),
    "invited": pgettext_lazy("status", "invited"),
    "disqualified": pgettext_lazy("status", "disqualified"),
}
ROLES = {
    "buyer": pgettext_lazy("role", "buyer"),
    "procuringEntity": pgettext_lazy("role", "procuring entity"),
    "supplier": pgettext_lazy("role", "supplier"),
    "tenderer": pgettext_lazy("role", "tenderer"),
    "funder": pgettext_lazy("role", "funder"),
    "payer": pgettext_lazy("role", "payer"),
    "payee": pgettext_lazy("role", "payee"),
    "enquirer": pgettext_lazy("role", "enquirer"),
    "reviewBody": pgettext_lazy("role", "review body"),
    "interestedParty": pgettext_lazy("role", "interested party"),
}


def in_words(code: str, words: Mapping[str, Any]) -> str:
    """Return what a code is called, in the language in force; a text that is none is returned as it is."""
    return str(words.get(code, code))
