"""
Evidence in the reader's words: what a place of the record is called, what stands there, and what it shows.

Flags and outcomes keep pointers, values and codes; here they become words. What has no words here is shown as it is
stored.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from audits.judging.figures.habits import HABITS
from audits.judging.rule.formats import date_in_words
from audits.judging.rule.reasons import REASONS
from audits.judging.rule.texts import fill
from audits.rules import RULES
from contracts.documents.texts import is_page
from contracts.ocds.codelists.codes import CODES, word_of
from contracts.ocds.codelists.countries import country_name
from contracts.ocds.fixture_tables import texts_listed
from contracts.translating import variety_in_force

# What rules read beside the record, as outcomes name it.
FIGURES = texts_listed("places", "figure")
# The objects of a record, by the path to them without numbers.
OBJECTS = texts_listed("places", "object")
# What an object says, by the rest of the path.
MEMBERS = texts_listed("places", "member")
# Notes of evidence: concepts of the lexicon, grounds of laws (``audits.matching.laws.grounds.KINDS``), notes of rules,
# and clauses of contracts, whose words are in no lexicon.
CONCEPTS = {
    code: text
    for kind in ("concept", "ground", "said", "clause")
    for code, text in texts_listed("places", kind).items()
}
# Notes that only repeat the name of the place that they stand beside.
_REPEATED = frozenset({"procurementMethod", "awardCriteria", "numberOfTenderers"})
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:T[\d:.+\-Z]+)?")
_MIDNIGHT = re.compile(r"(?:T00:00:00(?:\.0+)?(?:Z|\+00:00)?)?")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SUPPLIER_OF = re.compile(r"supplier, (?P<country>[A-Z]{2})")
# The end of "Huawei: Huawei Technologies (98)", one of those that a party may match.
_MATCH = re.compile(r" \((\d{1,3})\)(?:, |$)")


def place_name(path: str, paragraphs: Sequence[int] = ()) -> str:
    """
    Return what a place of a record is called, else its path: ``/awards/1/value/amount`` → "Award 2: value".

    :param paragraphs: the numbers of those that are cited, of a document that has no pages
    """
    if path in FIGURES:
        return _(FIGURES[path])
    if paragraphs:
        return paragraphs_name(paragraphs)
    if is_page(path):
        return _("Document: page %(number)s") % {"number": path.rpartition("/")[2]}
    parts = path.split("/")[1:]
    for end in range(len(parts), -1, -1):
        head, tail = parts[:end], parts[end:]
        thing, member = ("/".join(part for part in some if not part.isdecimal()) for some in (head, tail))
        if thing in OBJECTS and (not tail or (member in MEMBERS and not tail[0].isdecimal())):
            number = f" {int(head[-1]) + 1}" if head and head[-1].isdecimal() else ""
            named = [f"{_(OBJECTS[thing])}{number}" if thing else "", _(MEMBERS[member]) if tail else ""]
            name = ": ".join(filter(None, named))
            return name[:1].upper() + name[1:]
    return path


def paragraphs_name(paragraphs: Sequence[int]) -> str:
    """Return the name of paragraphs of a document, by the numbers of the first and the last."""
    first, last = paragraphs[0], paragraphs[-1]
    if first == last:
        return _("Document: paragraph %(number)s") % {"number": first}
    return _("Document: paragraphs %(first)s to %(last)s") % {"first": first, "last": last}


def value_in_words(path: str, value: Any, note: str = "") -> str | None:
    """
    Return what stands at a place in words: a day, an amount, a code; ``None`` where the value stands for itself.

    :param note: what the flag says about the place; for an amount, the currency
    """
    language = variety_in_force()
    member = path.rpartition("/")[2]
    if isinstance(value, dict) and value.get("name"):
        return str(value["name"])
    if isinstance(value, str) and _ISO.fullmatch(value):
        # A record that knows only the day gives the midnight of it.
        return date_in_words(value[:10] if _MIDNIGHT.fullmatch(value[10:]) else value, language)
    if isinstance(value, str) and value in CODES:
        return word_of(value, language)
    if member == "amount" and (isinstance(value, str | int | float | Decimal)):
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return None
        places = 2 if number % 1 else 0
        written = str(number_format(number, decimal_pos=places, force_grouping=True))
        return f"{note} {written}" if is_currency(note) else written
    return None


def is_currency(note: str) -> bool:
    """Return whether what a flag says of a place is the currency of an amount."""
    return _CURRENCY.fullmatch(note) is not None


def note_in_words(note: Any) -> str:
    """Write what a place shows: concepts, days, countries and grounds of laws in words; names as they are."""
    text = str(note or "")
    language = variety_in_force()
    if found := _SUPPLIER_OF.fullmatch(text):
        return _("supplier from %(country)s") % {"country": country_name(found["country"], language)}
    *listed, rest = _MATCH.split(text)
    if listed:
        return _on_the_list(listed[::2], listed[1::2], rest)
    # "CO: Ley 80: exclusive_rights, continuity"
    law, _colon, kinds = text.rpartition(": ")
    if law and all(kind in CONCEPTS for kind in kinds.split(", ")):
        return f"{law}: {', '.join(_(CONCEPTS[kind]) for kind in kinds.split(', '))}"
    return ", ".join(_part(part, language) for part in text.split(", ") if part not in _REPEATED)


def _on_the_list(heads: Sequence[str], matches: Sequence[str], rest: str) -> str:
    """Return which entries of lists a party matches, each once, and what else its place shows."""
    by_name: dict[str, str] = {}
    for head, match in zip(heads, matches, strict=True):
        name, _colon, alias = head.rpartition(": ")
        if alias.casefold() == name.casefold() or not name:
            by_name[name or alias] = name or alias
        else:
            values = {"name": name, "match": match, "alias": alias}
            by_name.setdefault(name, _("%(name)s (%(match)s %% alike: %(alias)s)") % values)
    # Words of its name name an entry that all of it matches.
    others = note_in_words(", ".join(part for part in rest.split(", ") if part not in by_name))
    return "; ".join(filter(None, (_("on the list: %(names)s") % {"names": "; ".join(by_name.values())}, others)))


def _part(part: str, language: str) -> str:
    if part in CONCEPTS:
        return _(CONCEPTS[part])
    return date_in_words(part, language) if _ISO.fullmatch(part) else word_of(part, language)


def why_not(code: str, outcome: Mapping[str, Any]) -> str:
    """
    Return why a rule did not judge, or what it flags is context and no more, in the reader's language.

    The class of an error, and a reason in English as versions before 0.2.0 stored them, are shown as they are.
    """
    reason, language = outcome.get("reason", ""), variety_in_force()
    own = RULES[code].text(language).reasons if code in RULES else {}
    template = own.get(reason) or _(REASONS.get(reason, ""))
    values = {"field": outcome.get("field", ""), **outcome.get("values", {})}
    if isinstance(values.get("method"), str):
        values["method"] = word_of(values["method"], language)
    if values.get("habit") in HABITS:
        values["habit"] = _(HABITS[values["habit"]].text)
    return fill(template, values, language) if template else reason
