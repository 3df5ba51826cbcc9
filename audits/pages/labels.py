"""Texts for the codes that lists and pages show."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from audits.judging.rule.formats import SECTORS as SECTOR_WORDS
from audits.judging.rule.vocabulary import OutcomeKind
from audits.models import Flag
from audits.rules import RULES
from audits.wording import why_not
from contracts.ocds.codelists.codes import word_of
from contracts.pages.display import minute
from contracts.translating import as_spoken, language_in_force, variety_in_force

OUTCOMES = {
    OutcomeKind.FLAGGED: _("flagged"),
    OutcomeKind.FAILED: _("the rule broke"),
    OutcomeKind.INSUFFICIENT_DATA: _("not enough data"),
    OutcomeKind.CLEAR: _("clear"),
    OutcomeKind.NOT_APPLICABLE: _("not applicable"),
}

# Labels of the counts on an organization's processes.
COUNTED = {
    "submitted": _("bids submitted"),
    "disqualified": _("bids disqualified"),
    "won": _("won"),
    "categories": _("categories"),
    "procurementMethod": _("procurement method"),
    "amount": _("value"),
    "currency": _("currency"),
}

_sector = lazy(lambda sector: word_of(sector, variety_in_force(), SECTOR_WORDS), str)
SECTORS = {sector: _sector(sector) for sector in SECTOR_WORDS}


def rule_title(code: str) -> str:
    """Return the title of a rule in the reader's language, ``""`` if the rule was removed."""
    rule = RULES.get(code)
    return rule.text(variety_in_force()).title if rule else ""


def rule_name(code: str) -> str:
    return f"{code} {rule_title(code)}"


def rule_choices(nothing: str) -> list[tuple[str, str]]:
    """Return all rules as choices after an empty one labelled ``nothing``, because browsers preselect the first."""
    return [("", nothing), *((code, rule_name(code)) for code in RULES)]


def context_in_words(code: str, outcome: Mapping[str, Any]) -> str:
    """
    Say that what a rule flags is only context, and why if its outcome tells, in the reader's language.

    A flag raised by a person has an outcome whose reason is not about the flag.
    """
    why = why_not(code, outcome) if outcome.get("kind") == OutcomeKind.FLAGGED else ""
    if why:
        return gettext("Context, not a question by itself: %(why)s.") % {"why": why}
    return gettext("Context, not a question by itself.")


def sentence_judged(judged: Mapping[str, Any]) -> str:
    """Return the sentence of a flag as it was judged, in the reader's language or else in English."""
    texts: Mapping[str, str] = judged.get("text", {})
    own = texts.get(language_in_force())
    return as_spoken(own) if own else texts.get("en", "")


def waived_in_words(waiver: Mapping[str, str] | None) -> str:
    """Say by which waiver one person's confirmation counted, see ``FourEyesWaiver.as_saved``; "" without one."""
    if waiver is None:
        return ""
    return gettext(
        "Confirmed by one person: the second confirmation was waived for %(rules)s by %(name)s on %(moment)s. Reason: "
        "“%(reason)s”"
    ) % {
        "rules": waiver["rule"] or gettext("all rules"),
        "name": waiver["by"] or gettext("a command"),
        "moment": minute(datetime.fromisoformat(waiver["since"])),
        "reason": waiver["reason"],
    }


def sentence(flag: Flag) -> str:
    """
    Return the sentence of a flag in the reader's language.

    The flag of an earlier version of a rule may have values that do not fit the present template; they are then listed
    as they are until the flag is audited again.
    """
    try:
        return flag.render()
    except ValueError:
        return "; ".join(f"{name}: {value}" for name, value in flag.values.items())
