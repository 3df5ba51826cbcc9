"""
Facets of a search with the number of rows of each value, and the other chosen values.

Each is a link to the same search with the value, or without it if it is chosen.
"""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from audits.pages.labels import SECTORS, rule_name
from audits.pages.searching.facets import Counted, Matched, count_facets
from audits.pages.searching.search_kinds import Kind, narrowing
from audits.rules import RULES
from contracts.api.contracts import YesOrNo
from contracts.api.protocol.query.filters import OrganizationFilter
from contracts.api.protocol.query.one_of import NONE
from contracts.models import Contract, Organization
from contracts.names.finding import organizations_named
from contracts.pages.display import country_in_words, in_words
from contracts.pages.misread import MAX_SHOWN, field_name
from contracts.pages.rendering import EVERYONE

# Facets of which a row has at most one value.
_OF_ONE_VALUE = frozenset({"country", "method", "year"})
# Facets whose values are codes with a label.
_CODED = frozenset({"category", "method", "role", "status"})
_BASES = dict(Contract.DateBasis.choices)
# Labels of filters that may have several values in a query.
_WORDS: Mapping[str, Callable[[str], str]] = {
    "country": country_in_words,
    "date_basis": lambda basis: str(_BASES.get(basis, basis)),
    "rule": lambda code: rule_name(code) if code in RULES else code,
    "sector": lambda sector: str(SECTORS.get(sector, sector)),
}
# Labels of the values of yes/no filters.
_ALONE_OR_NOT = {"no": _lazy("left out"), "yes": _lazy("alone")}


class Choice(NamedTuple):
    """
    A value of a facet: the number of rows, and the address that adds it, or removes it if it is chosen.

    ``number`` is ``None`` for values that no facet counts.
    """

    label: str
    number: int | None
    address: str
    is_chosen: bool


class Facet(NamedTuple):
    """Values of a facet; ``others`` is the number of rows without any of them, if each row has at most one value."""

    label: str
    choices: list[Choice]
    others: int = 0


def facets_of(asked: QueryDict, matched: Sequence[Matched], kind: Kind, language: str) -> Iterator[Facet]:
    """Yield the facets, then other chosen values so that the reader can remove them."""
    labels, worded = dict[str, Any](), {"q"}
    for name, label, values in count_facets(matched, language, kind.process, has_process=kind.has_process):
        choices = list(_choices(name, values, asked))
        labels[name] = label
        if any(choice.is_chosen for choice in choices):
            worded.add(name)
        if choices:
            is_of_one = name in _OF_ONE_VALUE
            yield Facet(label, choices, len(matched) - sum(number for *_, number in values) if is_of_one else 0)
    others = [
        Choice(
            f"{labels.get(name) or field_name(name)}: {chosen_in_words(name, str(value), kind)}",
            None,
            address(asked, {name: ""}),
            is_chosen=True,
        )
        for name, value in asked.items()
        if value and name not in worded and name in narrowing(kind)
    ]
    if others:
        yield Facet(_("Other choices"), others)


def _choices(name: str, values: Sequence[Counted], asked: QueryDict) -> Iterator[Choice]:
    # In a period, ``year`` is its beginning, not a chosen year; choosing a year ends the period.
    is_period = name == "year" and bool(asked.get("until"))
    chosen = "" if is_period else asked.get(name, "")
    for value, text, number in values:
        ended = {"until": ""} if is_period else {}
        link = address(asked, {name: "" if value == chosen else value} | ended)
        yield Choice(text, number, link, value == chosen)


def chosen_in_words(name: str, value: str, kind: Kind) -> str:
    """Return the text of a filter's value or values: the name of an organization, or the label of a code."""
    entry = kind.filters.base_filters.get(name)
    if value == NONE:
        return _("none")
    if isinstance(entry, OrganizationFilter):
        return ", ".join(_named(text, keys) for text, keys in organizations_named(value, EVERYONE).items())
    if isinstance(entry, YesOrNo) and value in _ALONE_OR_NOT:
        return str(_ALONE_OR_NOT[value])
    if name in _WORDS:
        return ", ".join(_WORDS[name](each) for each in value[:MAX_SHOWN].split(","))
    return in_words(value[:MAX_SHOWN]) if name in _CODED else value[:MAX_SHOWN]


def _named(text: str, keys: list[int]) -> str:
    """Return the name of the organization that a text identifies; else the text."""
    named = Organization.objects.named_to(EVERYONE).filter(pk__any_of=keys)
    return named.values_list("name", flat=True).first() or text[:MAX_SHOWN]


def address(asked: QueryDict, changes: Mapping[str, Any], keep: Container[str] = ()) -> str:
    """Return the address of this search with changes, without empty parameters and the page number."""
    parameters = {name: value for name, value in asked.items() if not keep or name in keep}
    if "page" not in changes:
        parameters.pop("page", None)
    parameters |= changes
    return "?" + urlencode({name: value for name, value in parameters.items() if value not in ("", None)})
