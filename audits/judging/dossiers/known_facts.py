"""A cache for facts that many rules ask of one dossier."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

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
        # Most take the dossier alone, and are asked eighty times of a record.
        key = (function, rest, tuple(named.items())) if rest or named else function
        kept: tuple[Fact, list[Any]] | None = dossier.facts.get(key)
        if kept is None:
            before = len(dossier.asides)
            fact = function(dossier, *rest, **named)
            dossier.facts[key] = fact, dossier.asides[before:]
            return fact
        if kept[1]:
            dossier.asides.extend(kept[1])
        return kept[0]

    return known
