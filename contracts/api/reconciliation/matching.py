"""Candidates for names and identifiers of organizations, with the features behind each score."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from msgspec import Struct, structs

from contracts.models import Organization
from contracts.models.organization import BY_ID, OF_ONE_PROCESS
from contracts.names.finding import as_seen, keys_named, numbers_seen_by
from contracts.names.spelling import likeness, normal_number, numbers_in_keys
from contracts.ocds.codelists.codes import BUYER_ROLES
from contracts.ocds.folding import folded
from contracts.postgres.search import with_words

# Maximum number of organizations compared per query.
MAX_COMPARED = 200
# Minimum score of a candidate, and penalty of a contradicted property, on a scale from 0 to 100.
MIN_SCORE = 40.0
OTHER_COUNTRY, OTHER_IDENTIFIER = 20.0, 30.0
# Minimum score at which a name alone is a match, and minimum distance of the next candidate: a legal form may be
# missing.
SURE, APART = 98.0, 5.0
ROLES = {"buyer": BUYER_ROLES, "supplier": ("supplier",), "organization": ()}
_COLUMNS = ("pk", "key", "name", "scheme", "identifier", "country", "roles", "masked")


class Wanted(Struct, frozen=True):
    """
    A parsed query.

    ``types`` are keys of ``ROLES``; ``strict`` says whether a candidate must have one of them (``any``), all
    (``all``), or whether this is only reported (``should``). Values of properties are unparsed texts.
    """

    name: str = ""
    types: tuple[str, ...] = ()
    strict: str = "any"
    limit: int = 5
    countries: tuple[str, ...] = ()
    identifiers: tuple[str, ...] = ()


class Feature(Struct, frozen=True):
    """A compared feature: ``value`` is a similarity, 0 to 100, or whether the values agree."""

    id: str
    value: float | bool
    query: str
    matched: str


class Candidate(Struct, frozen=True):
    organization: Mapping[str, Any]
    score: float
    features: Sequence[Feature]


def known_schemes() -> list[str]:
    """Return the identifier schemes of organizations, to be reused for several queries."""
    return list(Organization.objects.exclude(scheme="").order_by("scheme").values_list("scheme", flat=True).distinct())


def candidates_of(
    wanted: Wanted, reader: Any, schemes: Sequence[str], least: float = MIN_SCORE
) -> tuple[list[Candidate], bool]:
    """
    Return the candidates for a query, the best first, and whether the first is an unambiguous match.

    :param reader: account whose rights limit the result
    :param schemes: `known_schemes()`, in each of which a number is looked up
    :param least: minimum score of a candidate; low for prefixes, which are not similar to the whole name
    """
    rows = [row for row in _rows(wanted, reader, schemes) if _is_of_types(row, wanted)]
    scored = [_scored(wanted, row) for row in rows]
    likely = (one for one in scored if one.score >= least)
    found = _of_bodies(sorted(likely, key=lambda one: (-one.score, one.organization["pk"])), reader)
    return found[: wanted.limit], _is_sure(found)


def _rows(wanted: Wanted, reader: Any, schemes: Sequence[str]) -> Iterable[Mapping[str, Any]]:
    """Return the organizations to compare: those with an identifier or key, and those that share words of the name."""
    found: dict[int, Mapping[str, Any]] = {}
    texts = [text for text in (*wanted.identifiers, wanted.name) if text]
    named = [key for text in texts if ":" in text for key in keys_named(text, reader)]
    # The name or number of a merged organization finds the one that was kept.
    kept = Organization.objects.visible_to(reader)
    visible = Organization.objects.named_to(reader).filter(Q(merged_into=None) | Q(merged_into__in=kept.values("pk")))
    numbers = {number for text in texts if any(map(str.isdigit, text)) for number in numbers_in_keys(text)}
    keys = [f"{scheme.upper()}:{number}" for scheme in schemes for number in numbers]
    by_key = [visible.filter(Q(pk__in=named) | Q(key__in=keys) & numbers_seen_by(reader))] if named or keys else []
    words = sorted(set(folded(wanted.name).split()), key=len, reverse=True)
    # All words; else the longest, most specific ones, because a misspelt word must not hide matches.
    searched = [text for text in dict.fromkeys((" ".join(words), *words[:3])) if len(text) > 2]
    called = visible.exclude(OF_ONE_PROCESS)
    for query in itertools.chain(by_key, (with_words(called, text, "") for text in searched)):
        if len(found) < MAX_COMPARED:
            rows = query.order_by("pk").values(*_COLUMNS)[:MAX_COMPARED]
            found |= {row["pk"]: as_seen(row, reader) for row in rows}
    return found.values()


def _of_bodies(found: Sequence[Candidate], reader: Any) -> list[Candidate]:
    """Return one candidate per group of merged organizations: the kept one, with the best score of the group."""
    kept = Organization.objects.kept_of([one.organization["pk"] for one in found])
    moved = [kept[pk] for pk in kept if kept[pk] != pk]
    visible = Organization.objects.visible_to(reader).filter(pk__any_of=moved).values(*_COLUMNS)
    rows = {row["pk"]: as_seen(row, reader) for row in visible} if moved else {}
    bodies: dict[int, Candidate] = {}
    for one in found:
        pk = kept[one.organization["pk"]]
        organization = rows.get(pk, one.organization)
        bodies.setdefault(pk, structs.replace(one, organization=organization))
    return list(bodies.values())


def has_type(roles: Iterable[str], kind: str) -> bool:
    """Return whether an organization with some OCDS roles is of a type."""
    return not ROLES[kind] or bool({*ROLES[kind]} & {*roles})


def _is_of_types(row: Mapping[str, Any], wanted: Wanted) -> bool:
    if not wanted.types or wanted.strict == "should":
        return True
    has = [has_type(row["roles"], kind) for kind in wanted.types]
    return all(has) if wanted.strict == "all" else any(has)


def _scored(wanted: Wanted, row: Mapping[str, Any]) -> Candidate:
    features: list[Feature] = []
    score = 0.0
    if wanted.name:
        score = likeness(wanted.name, row["name"])
        features.append(Feature("name", score, wanted.name, row["name"]))
    texts = [text for text in (*wanted.identifiers, wanted.name) if text]
    numbers = {number: text for text in texts for number in numbers_in_keys(text.rpartition(":")[2])}
    own = normal_number(row["identifier"] or "") or normal_number(
        "" if row["key"].startswith("name:") else row["key"].rpartition(":")[2]
    )
    if row["masked"] and row["key"].startswith(f"{BY_ID}:"):
        own = ""  # must not reveal whether it matches the requested number
    if own and own in numbers:
        features.append(Feature("identifier", True, numbers[own], row["identifier"] or row["key"]))
        # An identifier decides; a name that differs leaves some doubt.
        score = 100.0 if not wanted.name or wanted.name == numbers[own] else max(score, 70.0 + 0.3 * score)
    elif own and wanted.identifiers:
        features.append(Feature("identifier", False, wanted.identifiers[0], row["identifier"]))
        score -= OTHER_IDENTIFIER
    if wanted.countries:
        is_same = row["country"] in wanted.countries
        features.append(Feature("country", is_same, wanted.countries[0], row["country"]))
        score -= 0 if is_same or not row["country"] else OTHER_COUNTRY
    features.extend(
        Feature("type", has_type(row["roles"], kind), kind, "; ".join(row["roles"])) for kind in wanted.types[:1]
    )
    return Candidate(row, round(max(score, 0.0), 1), features)


def _is_sure(found: Sequence[Candidate]) -> bool:
    if not found or found[0].score < SURE:
        return False
    return len(found) == 1 or found[0].score - found[1].score >= APART
