"""Searches that somebody follows, by a feed, e-mail or webhook: what of them cannot be, what they ask for and hear."""

from collections.abc import Collection, Iterable, Iterator

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from audits.pages.searching.public_changes import Told
from audits.pages.searching.search import chosen_in_words, matching
from audits.pages.searching.search_kinds import FILTERS, KINDS, narrowing
from contracts.api.protocol.problems import nearest
from contracts.api.protocol.query.parameters import empty_value, is_blank
from contracts.models import Change, ContractingProcess
from contracts.pages.misread import MAX_SHOWN, mistaken_names, unknown_value

# What is followed: processes, and what happens to the questions about them.
FOLLOWED = KINDS["processes"]
# What an address of the search says beside what it looks for.
_BESIDE = frozenset({"in", "lang", "order_by", "page"})


def problems_of(asked: QueryDict) -> list[str]:
    """Return what of a query cannot be followed. What narrows nothing is refused: all processes would be its news."""
    empty = [empty_value(name) for name in asked if name in narrowing(FOLLOWED) and is_blank(str(asked[name]))]
    return [*_problems(asked, asked.keys() - _known()), *empty]


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
        yield unknown_value("in", str(asked["in"]), ["processes"])


def asked_for(asked: QueryDict) -> list[str]:
    """Return what narrows a search, in the reader's words."""
    named = narrowing(FOLLOWED)
    return [chosen_in_words(name, str(asked[name]), FOLLOWED) for name in asked if name in named and asked[name]]


def heard(
    asked: QueryDict, found: QuerySet[ContractingProcess], told: Collection[tuple[str, Told]]
) -> dict[tuple[str, Told], ContractingProcess]:
    """
    Return what a search hears of what is told of processes, by ocid, with each process.

    Who follows a rule hears that a question is not shown any more, though the rule finds its process no longer. Of
    which rule it was nobody is told, so they hear it of the processes that the rest of the search finds.

    :param found: the processes that the search finds
    """
    processes = {process.ocid: process for process in found.filter(ocid__in={ocid for ocid, _told in told})}
    removed: dict[str, ContractingProcess] = {}
    if asked.get("rule"):
        gone = {ocid for ocid, one in told if one.kind is Change.Kind.FLAG_REMOVED} - processes.keys()
        rest = asked.copy()
        del rest["rule"]
        removed = {process.ocid: process for process in matching(rest, FOLLOWED)[0].filter(ocid__in=gone)}
    return {
        (ocid, one): process
        for ocid, one in told
        if (process := processes.get(ocid) or (removed.get(ocid) if one.kind is Change.Kind.FLAG_REMOVED else None))
    }
