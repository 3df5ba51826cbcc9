"""Searches that somebody follows, by a feed, e-mail or webhook: what cannot be followed, and what they ask for."""

from collections.abc import Iterable, Iterator

from django.http import QueryDict
from django.utils.translation import gettext as _

from audits.pages.search import FILTERS, KINDS, chosen_in_words, matching, narrowing
from contracts.api.protocol.problems import nearest
from contracts.pages.misread import MAX_SHOWN, mistaken_names, unknown_value

# What is followed: processes, and what happens to the questions about them.
FOLLOWED = KINDS["processes"]
# What an address of the search says beside what it looks for.
_BESIDE = frozenset({"in", "lang", "order_by", "page"})


def problems_of(asked: QueryDict) -> list[str]:
    """Return what of a query cannot be followed. What narrows nothing is refused: all processes would be its news."""
    return list(_problems(asked, asked.keys() - _known()))


def problems_of_feed(asked: QueryDict) -> list[str]:
    """Return what of the address of a feed cannot be followed; others add to addresses what nobody meant to ask."""
    return list(_problems(asked, [name for name, _meant in mistaken_names(asked, _known(), FILTERS)]))


def _known() -> frozenset[str]:
    return narrowing(FOLLOWED) | _BESIDE


def _problems(asked: QueryDict, unknown: Iterable[str]) -> Iterator[str]:
    yield from matching(asked, FOLLOWED)[1]
    for name in sorted(unknown):
        problem = _("The parameter %(name)s is not known.") % {"name": name[:MAX_SHOWN]}
        yield f"{problem} {nearest(name, _known())}"
    if asked.get("in", "") in KINDS.keys() - {"processes"}:
        yield unknown_value("in", asked["in"], ["processes"])


def asked_for(asked: QueryDict) -> list[str]:
    """Return what narrows a search, in the reader's words."""
    named = narrowing(FOLLOWED)
    return [chosen_in_words(name, asked[name], FOLLOWED) for name in asked if name in named and asked[name]]
