"""
Evidence for and against two organizations being one body.

Nothing is decided here. Pairs are looked for within a country: those of one number, those whose names differ only in
spelling or legal form, and those whose names are much alike. Two that have different numbers in one register are two
bodies for the law: such a pair is never proposed, and shown with what speaks against it where a person proposes it.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from contracts.models import Organization
from contracts.models.organization import OF_ONE_PROCESS, is_of_one_process
from contracts.names.spelling import COMPARED_LETTERS, compact, likeness, normal_number, without_legal_form
from contracts.ocds.codelists.codes import BUYER_ROLES
from contracts.ocds.fixture_tables import texts_listed
from contracts.ocds.folding import folded
from contracts.ocds.placeholders import registers_nobody
from contracts.postgres.querying import query

# Names are much alike from here, out of 100.
ALIKE = 92.0
# A block of more names than this shares a word that tells nothing: "municipalidad".
MAX_BLOCK = 300
# Letters of a word by which names are put into blocks.
BLOCK_LETTERS = 5
MIN_NUMBER = 6
# Roles of those who buy, and of those who sell.
BUYS, SELLS = frozenset(BUYER_ROLES), frozenset({"supplier", "tenderer"})

_TEXTS = texts_listed("values", "same_body")


class Named(NamedTuple):
    """An organization, as it is compared."""

    pk: int
    key: str
    name: str
    scheme: str
    identifier: str
    country: str
    roles: Sequence[str]

    @property
    def number(self) -> str:
        """The number by which a register knows it, without punctuation; empty if it tells nobody from others."""
        number = normal_number(self.identifier)
        tells = len(number) >= MIN_NUMBER and any(map(str.isdigit, number)) and not registers_nobody(number)
        return number if tells else ""


class Sign(NamedTuple):
    """One thing that speaks for or against: a key of ``TEXTS`` and its values."""

    code: str
    values: Mapping[str, Any] = {}


class Pair(NamedTuple):
    """Two organizations that may be one, ``one`` being the older row, with all that is known of it."""

    one: Named
    other: Named
    likeness: float
    speaks_for: Sequence[Sign]
    speaks_against: Sequence[Sign]


def write(sign: Sequence[Any]) -> str:
    """Write a sign, as it is stored, in the language of the reader."""
    code, values = sign
    text = _(_TEXTS[code])
    return text % values if values else text


def countries() -> list[str]:
    return list(Organization.objects.order_by("country").values_list("country", flat=True).distinct())


def find_pairs(country: str) -> Iterator[Pair]:
    """
    Yield the pairs of organizations of a country that may be one; those that are merged are one already.

    Names that are a kind of supplier (``persona natural``) are left out: they identify nobody.
    """
    rows = Organization.objects.filter(country=country, merged_into=None).exclude(OF_ONE_PROCESS).order_by("pk")
    known = {row.pk: row for row in map(Named._make, rows.values_list(*Named._fields).iterator(chunk_size=5000))}
    found = dict.fromkeys(itertools.chain(_of_one_number(known.values()), _of_like_names(known.values())))
    pairs = [(known[one], known[other]) for one, other in found]
    likely = [(one, other) for one, other in pairs if not _other_number(one, other) and not _other_digits(one, other)]
    yield from compare(likely)


def compare(pairs: Sequence[tuple[Named, Named]]) -> Iterator[Pair]:
    """Yield what speaks for and against each pair being one."""
    together, beside = _together(pairs), _counterparties(pairs)
    for one, other in pairs:
        place = one.pk, other.pk
        alike = likeness(one.name, other.name)
        speaks_for = list(_names_for(one, other, alike))
        if one.number and one.number == other.number:
            speaks_for.insert(0, Sign("same_number", {"number": one.number}))
        if number := beside.get(place, 0):
            speaks_for.append(Sign("same_counterparties", {"number": number}))
        against = list(_speaks_against(one, other, alike))
        if place in together:
            number, ocid = together[place]
            against.append(Sign("together", {"number": number, "ocid": ocid}))
        yield Pair(one, other, alike, speaks_for, against)


def named(pks: Iterable[int]) -> dict[int, Named]:
    """Return organizations, as they are compared, by primary key."""
    rows = Organization.objects.filter(pk__in=list(pks)).values_list(*Named._fields)
    return {row.pk: row for row in map(Named._make, rows)}


def _of_one_number(rows: Iterable[Named]) -> Iterator[tuple[int, int]]:
    by_number = defaultdict(list)
    for row in rows:
        if row.number:
            by_number[row.number].append(row.pk)
    for pks in by_number.values():
        if len(pks) <= MAX_BLOCK:
            yield from itertools.combinations(pks, 2)


def _of_like_names(rows: Iterable[Named]) -> Iterator[tuple[int, int]]:
    """
    Yield the pairs whose names are much alike.

    Only names that share the beginning of a telling word are compared, and so many of one beginning at most.
    """
    blocks: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row in rows:
        name = without_legal_form(folded(row.name[:COMPARED_LETTERS]))
        for word in {word[:BLOCK_LETTERS] for word in name.split() if len(word) >= BLOCK_LETTERS} or {name}:
            blocks[word].append((row.pk, name))
        blocks[f"={name}"].append((row.pk, name))
    for block in blocks.values():
        if 1 < len(block) <= MAX_BLOCK:
            names = [name for _pk, name in block]
            scores = process.cdist(names, names, scorer=fuzz.token_sort_ratio, score_cutoff=ALIKE)
            for first, second in itertools.combinations(range(len(block)), 2):
                if names[first] and scores[first][second] >= ALIKE:
                    one, other = sorted((block[first][0], block[second][0]))
                    if one != other:
                        yield one, other


def _names_for(one: Named, other: Named, alike: float) -> Iterator[Sign]:
    first, second = folded(one.name), folded(other.name)
    if compact(first) == compact(second):
        yield Sign("same_name")
    elif without_legal_form(first) == without_legal_form(second):
        yield Sign("other_legal_form")
    elif alike >= ALIKE:
        yield Sign("alike", {"likeness": f"{alike:g}"})


def _speaks_against(one: Named, other: Named, alike: float) -> Iterator[Sign]:
    if sign := _other_number(one, other):
        yield sign
    elif not one.number and not other.number:
        yield Sign("no_number")
    if sign := _other_digits(one, other):
        yield sign
    if alike < ALIKE:
        yield Sign("other_name", {"likeness": f"{alike:g}"})
    if one.country and other.country and one.country != other.country:
        yield Sign("other_country", {"one": one.country, "other": other.country})
    for row in (one, other):
        if is_of_one_process(row.key):
            yield Sign("of_one_process", {"name": row.name})
    first, second = set(one.roles), set(other.roles)
    sides = (first & BUYS and second & SELLS, first & SELLS and second & BUYS)
    shared = (first & second) & (BUYS | SELLS)
    if any(sides) and not shared:
        yield Sign("buys_and_sells")


def _other_number(one: Named, other: Named) -> Sign | None:
    """Return the sign of two numbers in one register."""
    if one.number and other.number and one.number != other.number and one.scheme.upper() == other.scheme.upper():
        return Sign("other_number", {"scheme": one.scheme, "one": one.identifier, "other": other.identifier})
    return None


def _other_digits(one: Named, other: Named) -> Sign | None:
    """Return the sign of names that numbers tell apart, as those of schools and hospitals."""
    first, second = (
        sorted(word for word in folded(row.name).split() if any(map(str.isdigit, word))) for row in (one, other)
    )
    if first == second:
        return None
    return Sign("other_digits", {"one": " ".join(first) or "–", "other": " ".join(second) or "–"})


def _together(pairs: Sequence[tuple[Named, Named]]) -> dict[tuple[int, int], tuple[int, str]]:
    """Return the pairs that records name as two parties, with how many do and the ocid of one that is public."""
    return {
        (one, other): (number, ocid)
        for one, other, number, ocid in query(
            """
            SELECT given.one, given.other, count(DISTINCT p.id), min(p.ocid)
            FROM unnest(%s::bigint[], %s::bigint[]) AS given (one, other)
            JOIN contracts_party first ON first.organization_id = given.one
            JOIN contracts_party second ON second.organization_id = given.other
                AND second.process_id = first.process_id
            JOIN contracts_contractingprocess p ON p.id = first.process_id
                AND p.verification IN ('official', 'accepted')
            GROUP BY given.one, given.other
            """,
            _columns(pairs),
        )
    }


def _counterparties(pairs: Sequence[tuple[Named, Named]]) -> dict[tuple[int, int], int]:
    """Return how many organizations buy from both of a pair, or sell to both."""
    return {
        (one, other): number
        for one, other, number in query(
            """
            SELECT given.one, given.other, count(*)
            FROM unnest(%s::bigint[], %s::bigint[]) AS given (one, other)
            CROSS JOIN LATERAL (
                SELECT beside.organization_id FROM contracts_party own
                JOIN contracts_party beside ON beside.process_id = own.process_id
                    AND beside.organization_id <> own.organization_id
                JOIN contracts_contractingprocess p ON p.id = own.process_id
                    AND p.verification IN ('official', 'accepted')
                WHERE own.organization_id IN (given.one, given.other)
                    AND own.roles && ARRAY['buyer', 'supplier'] AND beside.roles && ARRAY['buyer', 'supplier']
                GROUP BY beside.organization_id HAVING count(DISTINCT own.organization_id) = 2
            ) shared
            GROUP BY given.one, given.other
            """,
            _columns(pairs),
        )
    }


def _columns(pairs: Sequence[tuple[Named, Named]]) -> list[list[int]]:
    return [[one.pk for one, _other in pairs], [other.pk for _one, other in pairs]]
