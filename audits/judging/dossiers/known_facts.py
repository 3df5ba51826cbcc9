"""Caches for facts about a dossier, or about its process alone, that many rules read."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from audits.judging.dossiers.process import Dossier
from contracts.ocds.parsing.objects import Process

Rest = ParamSpec("Rest")
Fact = TypeVar("Fact")


def cached_fact(
    function: Callable[Concatenate[Dossier, Rest], Fact],
) -> Callable[Concatenate[Dossier, Rest], Fact]:
    """
    Cache in the dossier what a function computes from its record; functions that read figures must not be cached.

    Results are shared, so they must be immutable. Errors are not cached. Places that exclusions left out meanwhile are
    reported to each caller.
    """

    @wraps(function)
    def known(dossier: Dossier, /, *rest: Rest.args, **named: Rest.kwargs) -> Fact:
        # Most functions take only the dossier, and are called eighty times per record.
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


def fact_of_process(
    function: Callable[Concatenate[Process, Rest], Fact],
) -> Callable[Concatenate[Process, Rest], Fact]:
    """Cache in a process what a function computes from it, as ``cached_fact`` does; nothing is left out there."""

    @wraps(function)
    def known(process: Process, /, *rest: Rest.args, **named: Rest.kwargs) -> Fact:
        key = (function, rest, tuple(named.items())) if rest or named else function
        facts = process.facts
        if key not in facts:
            facts[key] = function(process, *rest, **named)
        fact: Fact = facts[key]
        return fact

    return known
