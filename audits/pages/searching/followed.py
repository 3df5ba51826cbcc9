"""Searches that people follow by feed, e-mail or webhook: which queries can be followed, and what is sent."""

from collections.abc import Collection, Iterable, Iterator

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from audits.pages.searching.choices import chosen_in_words
from audits.pages.searching.public_changes import Told
from audits.pages.searching.search_kinds import FILTERS, KINDS, narrowing
from audits.pages.searching.search_query import matching
from contracts.api.protocol.problems import nearest
from contracts.api.protocol.query.parameters import empty_value, is_blank
from contracts.models import Change, ContractingProcess
from contracts.pages.misread import MAX_SHOWN, mistaken_names, unknown_value

# The followed rows: processes, with the events of the questions about them.
FOLLOWED = KINDS["processes"]
# Parameters of the search that do not narrow it.
_BESIDE = frozenset({"in", "lang", "order_by", "page"})


def problems_of(asked: QueryDict) -> list[str]:
    """Return why a query cannot be followed. One that narrows nothing would report every process."""
    empty = [empty_value(name) for name in asked if name in narrowing(FOLLOWED) and is_blank(str(asked[name]))]
    return [*_problems(asked, asked.keys() - _known()), *empty]


def problems_of_feed(asked: QueryDict) -> list[str]:
    """Return the problems of the address of a feed; other sites may add parameters to it, which are ignored."""
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
    """Return the parameters that narrow a search, in the reader's words."""
    named = narrowing(FOLLOWED)
    return [chosen_in_words(name, str(asked[name]), FOLLOWED) for name in asked if name in named and asked[name]]


def heard(
    asked: QueryDict, found: QuerySet[ContractingProcess], told: Collection[tuple[str, Told]]
) -> dict[tuple[str, Told], ContractingProcess]:
    """
    Return (ocid, event) → process for the events that a search reports.

    People who follow a rule learn that a question is no longer shown, although the rule no longer finds its process.
    Because the event must not reveal the rule, they get it for all processes that the rest of the search finds.

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
