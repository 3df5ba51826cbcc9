"""Facts that many rules ask of one record, worked out once for each dossier."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from audits.judging.dossiers.process import Dossier

Rest = ParamSpec("Rest")
Fact = TypeVar("Fact")


def worked_out_once(
    function: Callable[Concatenate[Dossier, Rest], Fact],
) -> Callable[Concatenate[Dossier, Rest], Fact]:
    """
    Let a dossier keep what a function reads from its record; what it reads from figures is not to be kept.

    What is kept is the same for all who ask, so it must be of a kind that nobody changes. An error is not kept. What
    exclusions set aside meanwhile is told to each who asks.
    """

    @wraps(function)
    def known(dossier: Dossier, /, *rest: Rest.args, **named: Rest.kwargs) -> Fact:
        key = (function, rest, tuple(named.items()))
        kept = dossier.facts.get(key)
        if kept is None:
            before = len(dossier.asides)
            fact = function(dossier, *rest, **named)
            kept = dossier.facts[key] = (fact, dossier.asides[before:])
        elif kept[1]:
            dossier.asides.extend(kept[1])
        return cast(Fact, kept[0])

    return known
