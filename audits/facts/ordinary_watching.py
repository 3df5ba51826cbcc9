"""Why surveillance technology that is found asks nothing by itself, though it is bought."""

from collections.abc import Iterable, Mapping
from typing import Any

from audits.facts.guards import beside_guards
from audits.facts.own_use import looks_at_others, of_others
from audits.facts.small_purchases import trifle
from audits.facts.technology import named, security_buyers
from audits.judging.dossier import Dossier
from audits.judging.vocabulary import Context
from audits.matching.lexicon import Mention


def ordinary_watching(dossier: Dossier, found: Iterable[Mention], trifles: Mapping[str, Any]) -> Context | None:
    """
    Return why technology for surveillance is ordinary: of a body's own, of guards, or a trifle; ``None`` if it is not.

    However little it costs, it is not where a security body buys it, nor where it looks at those whom a body is there
    for.
    """
    found = tuple(found)
    others = of_others(dossier, found)
    if not others:
        return Context("own_use", {"words": named(found)})
    if not beside_guards(dossier, others):
        return Context("of_guards", {"words": named(others)})
    if looks_at_others(dossier) or security_buyers(dossier):
        return None
    return trifle(dossier, trifles)
