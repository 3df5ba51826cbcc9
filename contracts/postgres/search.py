"""
Search by words. Case, accents and endings do not matter: "contratación", "contrataciones", "CONTRATACION" are one.

A row is found by a text search vector of its columns, which a function of the database computes and an index stores.
Words match by their stem in Spanish, Portuguese or English, or as the beginning of a longer word; names of suppliers
and organizations are not stemmed. The vectors hold no positions: for a phrase, or one part such as the title, texts of
the rows that hold the words are read.

Words that very many rows hold are looked for among the newest of these, where an answer may say so: see ``bounded``.
The indexes hold the window of keys that a row is in, so that no other rows are read.
"""

import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import reduce
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce
from msgspec import Struct

from contracts.postgres.querying import query
from contracts.postgres.search_terms import Term, Terms, read_terms

MAX_KEYS = 10_000
# Keys are divided into windows of this size; two of them are searched first, then four times as many.
WINDOW = 2_048
# If very many rows contain the words, only the newest are searched: at least ENOUGH, at most NEWEST of them.
NEWEST, ENOUGH = 2_000, 1_000
# If other filters leave no more rows than this, all of them are read.
MAX_NARROW = 1_000
NO_TEXT = Value("")
NO_TEXTS = Value([], output_field=ArrayField(models.TextField()))


class Place(Struct, frozen=True):
    """
    Where words are looked for: expressions of a row's words, as a text search vector, and of its texts.

    The texts are what phrases are looked for in, and what is cut of them stands in answers.
    """

    words: Any
    texts: Any


class Searched(Struct, frozen=True):
    """
    What the rows of a table are found by.

    :param function: of the database: the columns → their words
    :param columns: its arguments, as the index has them
    :param texts: what is a text or a list of texts among them, or of them
    :param parts: name of a part of a row → the arguments with which the function sees nothing else
    :param ranked: the part by which rows are ranked; "" for the whole row
    """

    function: str
    columns: Sequence[Any]
    texts: Sequence[Any]
    parts: Mapping[str, Sequence[Any]] = {}
    ranked: str = ""

    def words(self) -> Func:
        """Return the words of a row, as the index has them."""
        return self.place().words

    def place(self, part: str = "") -> Place:
        """Return where a row, or a part of it, is searched."""
        columns = self.parts[part] if part else self.columns
        arguments = [F(column) if isinstance(column, str) else column for column in columns]
        words = Func(*arguments, function=self.function, output_field=SearchVectorField())
        texts = [text for text in self.texts if not part or text in columns]
        return Place(words, as_texts(*texts))


def window() -> Func:
    """Return the window of keys that a row is in: the second column of the indexes of words."""
    return Func(F("id"), template=f"(%(expressions)s / {WINDOW})", output_field=models.BigIntegerField())


class SearchBounds(Struct):
    """
    ``among``: how many of the newest rows that hold the words were looked at, where not all were; else ``None``.

    ``most``: all are, where they are no more than this.
    """

    among: int | None = None
    most: int = MAX_KEYS


_bounds: ContextVar[SearchBounds | None] = ContextVar("search_bounds", default=None)


@contextmanager
def bounded(most: int = MAX_KEYS) -> Iterator[SearchBounds]:
    """Look for words inside among the newest rows that hold them, where very many do; yields whether that was so."""
    bounds = SearchBounds(most=most)
    token = _bounds.set(bounds)
    try:
        yield bounds
    finally:
        _bounds.reset(token)


def as_texts(*texts: Any) -> Func:
    """Return texts and lists of texts as one list."""
    kind = ArrayField(models.TextField())
    return Func(*texts, template="(ARRAY[]::text[] || %(expressions)s)", arg_joiner=" || ", output_field=kind)


def with_words(
    queryset: models.QuerySet,
    text: str,
    *paths: str,
    part: str = "",
    keep_unwanted: bool = False,
    visible: Mapping[str, models.QuerySet] | None = None,
) -> models.QuerySet:
    """
    Return the rows that are found by a text, see ``read_terms``; none if it names nothing to find.

    What is found is read from the indexes here, up to ``MAX_KEYS`` rows each: PostgreSQL, which cannot tell how many
    rows hold a word, would rather read the table in the order asked for. Of words so frequent that does well for a
    page of rows in that order, and for nothing else; see ``bounded``.

    :param paths: where the words are: ``""`` for the rows themselves, else the name of a foreign key. With several,
        any of them, which has all the words; none of them has what is left out. Each model has its ``searched``.
    :param part: only this part of the rows, such as the title
    :param keep_unwanted: whether rows that hold excluded words stay, for a caller that looks at them more closely
    :param visible: path → what a reader may see of the rows that it leads to; the newest are the newest of these, and
        nothing tells how many others there are. All, where it says nothing.
    """
    terms = read_terms(text)
    if not terms.wanted:
        return queryset.none()
    holding = {path: _ways(_model_at(queryset, path), terms, part) for path in paths}
    queryset = queryset.filter(_condition(queryset, holding, visible or {}, _bounds.get()))
    for path in paths if terms.unwanted and not keep_unwanted else ():
        model = _model_at(queryset, path)
        unwanted = holds_any(model.searched.place(part), terms.unwanted)
        if path:
            unwanted = Q(Exists(model._default_manager.filter(unwanted, pk=OuterRef(f"{path}_id")).order_by()))
        queryset = queryset.exclude(unwanted)
    return queryset


def _ways(model: Any, terms: Terms, part: str) -> list[Q]:
    """
    Return the conditions by one of which a row of a table holds what is wanted.

    Where a word may also be written as a phrase, one way is by words alone, which the index answers; so texts are read
    only of rows that the index does not tell. A part too is found by all words of the row.
    """
    words, place = model.searched.words(), model.searched.place(part)
    by_words = terms.without_phrases()
    if part or by_words in (None, terms):
        there = holds_all(place, terms)
        return [_is_found(words, terms) & there if part else there]
    others = _joined(_sought(terms), Func(_sought(by_words), template="(!!%(expressions)s)"), "&&")
    return [_is_found(words, by_words), Q(_joined(words, others, "@@", _TRUTH)) & holds_all(place, terms)]


def _condition(
    queryset: models.QuerySet,
    holding: Mapping[str, Sequence[Q]],
    visible: Mapping[str, models.QuerySet],
    bounds: SearchBounds | None,
) -> Q:
    """Return the condition that a row, or what one of its foreign keys leads to, holds what is wanted."""
    # Few keys are one list of those of the rows: of keys of two columns PostgreSQL would read no index, but all rows
    # in the order asked for, until there is a page of them.
    condition, exact, among, own = Q(), Q(), 0, set[int]()
    for path, ways in holding.items():
        rows = _model_at(queryset, path)._default_manager.order_by()
        found = [rows.filter(way) for way in ways]
        keys, is_all = (
            _keys_of_all(found)
            if bounds is None
            else _newest_keys([_seen(some, visible.get(path)) for some in found], bounds.most)
        )
        holds = reduce(operator.or_, ways)
        whole = Q(**{f"{path}__in": rows.filter(holds).values("pk")}) if path else holds
        exact |= whole
        own_keys = _own_keys(queryset, path, keys) if is_all or bounds else None
        if own_keys is not None:
            own.update(own_keys)
        else:
            condition |= Q(**{f"{path}__any_of": keys}) if is_all or bounds else whole
        among += 0 if is_all else len(keys)
    if own:
        condition |= Q(pk__any_of=sorted(own))
    if not condition:
        return Q(pk__in=[])  # of which Django asks nothing
    if bounds is None or not among:
        return condition
    narrow = list(queryset.order_by().values_list("pk", flat=True)[: MAX_NARROW + 1])
    if len(narrow) <= MAX_NARROW:
        return Q(pk__any_of=narrow) & exact
    bounds.among = (bounds.among or 0) + among
    return condition


def _own_keys(queryset: models.QuerySet, path: str, keys: list[int]) -> list[int] | None:
    """Return the keys of the rows of which keys are, or lead to, some keys; None where these are many."""
    if not path or not keys:
        return keys
    if len(keys) > NEWEST:
        return None
    rows = _keys([queryset.model._default_manager.filter(**{f"{path}__any_of": keys}).order_by()])
    return rows if len(rows) <= MAX_KEYS else None


def _keys_of_all(found: Sequence[models.QuerySet]) -> tuple[list[int], bool]:
    """Return keys of rows that are in one of some sets, and whether they are those of all of them."""
    keys = _keys(found)
    return keys, len(keys) <= MAX_KEYS


def _seen(found: models.QuerySet, visible: models.QuerySet | None) -> models.QuerySet:
    """Return those of some rows that are visible."""
    if visible is None:
        return found
    # Asked of each row as it is read: as a join PostgreSQL would read all that is visible.
    row = visible.filter(pk=OuterRef("pk")).order_by().values("pk")[:1]
    return found.alias(seen=Subquery(row)).filter(seen__isnull=False)


def _newest_keys(found: Sequence[models.QuerySet], most: int) -> tuple[list[int], bool]:
    """Return the keys of all rows or, of more than ``most``, those of the newest; and whether they are all."""
    top = found[0].model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    windows, last = 2, top // WINDOW
    while True:
        newest = [some.alias(window=window()).filter(window__gt=_bigint(last - windows)) for some in found]
        keys = _keys(newest, is_newest=True)
        if windows > last and len(keys) <= most:
            return keys, True
        # As many as there are if the others are like these; a few more are no more than one statement reads.
        if windows == 2 and len(keys) * top <= 2 * MAX_KEYS * windows * WINDOW:
            all_keys, is_all = _keys_of_all(found)
            if is_all and len(all_keys) <= most:
                return all_keys, True
        if len(keys) >= ENOUGH or windows > last:
            return keys[:NEWEST], False
        windows *= 4


def holds_all(place: Place, terms: Terms) -> Q:
    """Return the condition that a place holds what is wanted."""
    condition = _is_found(place.words, terms)
    for alternatives in terms.wanted:
        if any(term.is_phrase for term in alternatives):
            condition &= holds_any(place, alternatives)
    return condition


def holds_any(place: Place, terms: Iterable[Term]) -> Q:
    """Return the condition that a place holds one of some terms."""
    condition = Q()
    for term in terms:
        words = Q(_joined(place.words, _query(term.text), "@@", _TRUTH))
        condition |= words & _has_phrase(place, term.text) if term.is_phrase else words
    return condition


def distance(model: Any, text: str, *paths: str) -> models.Expression:
    """
    Return how little a row is about a text, as an expression: 0 where it holds none of its words, less where it does.

    It is PostgreSQL's ``ts_rank`` of the words of the row, or of its ranked part, and once more of its title, with the
    other sign: the rows that are most about the text come first.

    :param paths: as for ``with_words``, which finds the rows
    """
    sought = _sought(read_terms(text))
    ranks = []
    for path in paths:
        there = _model_at(model._default_manager.all(), path)
        places = (there.searched.ranked, *(part for part in there.searched.parts if part == "title"))
        rank = reduce(operator.add, (_rank(there.searched.place(part).words, sought) for part in places))
        if path:
            row = there._default_manager.filter(pk=OuterRef(f"{path}_id")).order_by().values(rank=rank)
            rank = Coalesce(Subquery(row), 0.0, output_field=models.FloatField())
        ranks.append(rank)
    return Value(0.0) - reduce(operator.add, ranks)


def _rank(words: Func, sought: Any) -> models.Expression:
    # Not float4: the number in a cursor must equal that of the row.
    return Cast(Func(words, sought, function="ts_rank", output_field=models.FloatField()), models.FloatField())


def _is_found(words: Func, terms: Terms) -> Q:
    """Return the condition of an index: phrases are words here."""
    return Q(_joined(words, _sought(terms), "@@", _TRUTH))


def _sought(terms: Terms) -> Any:
    # In one query: "de" counts only where nothing else is asked.
    query = _query(" ".join(alternatives[0].text for alternatives in terms.wanted if len(alternatives) == 1))
    for alternatives in terms.wanted:
        if len(alternatives) > 1:
            either = reduce(
                lambda left, right: _joined(left, right, "||"), (_query(term.text) for term in alternatives)
            )
            query = _joined(query, either, "&&")
    return query


def _has_phrase(place: Place, phrase: str) -> Q:
    texts = Func(place.texts, function="search_text", output_field=models.TextField())
    sought = Func(Value(phrase), template="search_text(ARRAY[%(expressions)s])", output_field=models.TextField())
    return Q(Func(texts, sought, template="strpos(%(expressions)s) > 0", output_field=_TRUTH))


def is_same_text(one: Any, other: Any) -> Q:
    """Return the condition that two texts differ in case, accents, signs and spaces at most: S.A. is SA."""
    return Q(_joined(_letters(one), _letters(other), "=", _TRUTH))


def _letters(text: Any) -> Func:
    return Func(text, template="replace(search_text(ARRAY[%(expressions)s]), ' ', '')")


def _query(words: str) -> Func:
    return Func(Value(words), function="search_query", output_field=SearchQueryField())


def _joined(left: Any, right: Any, sign: str, kind: models.Field | None = None) -> Func:
    kind = kind or SearchQueryField()
    return Func(left, right, template="(%(expressions)s)", arg_joiner=f" {sign} ", output_field=kind)


def _model_at(queryset: models.QuerySet, path: str) -> Any:
    return queryset.model._meta.get_field(path).related_model if path else queryset.model


_TRUTH: models.BooleanField = models.BooleanField()


def _bigint(number: int) -> Func:
    # The index does not know comparisons with another kind of number.
    return Func(Value(number), template="(%(expressions)s)::bigint", output_field=models.BigIntegerField())


def _keys(found: Sequence[models.QuerySet], *, is_newest: bool = False) -> list[int]:
    """Return the keys of rows that are in one of some sets, at most one more than ``MAX_KEYS``: any, or the newest."""
    statements, parameters = list[str](), list[Any]()
    for some in found:
        with suppress(EmptyResultSet):  # none is visible
            statement, values = some.values("pk").query.sql_with_params()
            statements.append(statement)
            parameters.extend(values)
    if not statements:
        return []
    order = "ORDER BY key DESC" if is_newest else ""
    # Materialized, so that it is planned for all rows: for a few of them the whole table would be read.
    found_keys = query(
        f"WITH found(key) AS MATERIALIZED ({' UNION '.join(statements)}) SELECT key FROM found {order} LIMIT %s",  # noqa: S608  -- Django's
        [*parameters, MAX_KEYS + 1],
    )
    return [key for (key,) in found_keys]
