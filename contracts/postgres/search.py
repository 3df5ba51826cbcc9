"""
Search by words. Case, accents and endings do not matter: "contratación", "contrataciones", "CONTRATACION" are one.

What a row is found by is a text search vector of its columns, computed by a function of the database and stored in an
index. A word is found by its stem in Spanish, Portuguese or English, or as the beginning of a longer one; names of
suppliers and of organizations only as they are, or begin.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.postgres.search import SearchQueryField, SearchVectorField
from django.db import connection, models, transaction
from django.db.models import F, Func, Q, Value
from psycopg.errors import QueryCanceled

MAX_WORDS = 12
MAX_KEYS = 10_000
# The longest that a statement of a search may take, in seconds.
MAX_SECONDS = 5


def words_of(function: str, *columns: str) -> Func:
    """Return what the rows of a table are found by, as its index has it."""
    return Func(*map(F, columns), function=function, output_field=SearchVectorField())


def with_words(queryset: models.QuerySet, text: str, *paths: str) -> models.QuerySet:
    """
    Return the rows that are found by every word of a text, of which the first ``MAX_WORDS`` count; none without words.

    What is found is read from the indexes here, up to ``MAX_KEYS`` rows each: PostgreSQL, which can not tell how many
    rows hold a word, would rather read the table in the order asked for. Of words so frequent that does well.

    :param paths: where the words are: ``""`` for the rows themselves, else the name of a foreign key. With several,
        any of them, which has all the words. Each model has its ``words``.
    """
    text = " ".join(text.replace("\0", " ").split()[:MAX_WORDS])
    condition = Q()
    for path in paths:
        model: Any = queryset.model._meta.get_field(path).related_model if path else queryset.model
        found = model._default_manager.filter(_has_words(model, text)).order_by().values("pk")
        keys = _keys(found)
        if len(keys) <= MAX_KEYS:
            condition |= Q(**{f"{path or 'pk'}__any_of": keys})
        else:
            condition |= Q(**{f"{path}__in": found}) if path else Q(_has_words(model, text))
    return queryset.filter(condition)


def _keys(found: models.QuerySet) -> list[int]:
    """Return the keys of the rows, one more than ``MAX_KEYS`` at most."""
    statement, parameters = found.query.sql_with_params()
    with connection.cursor() as cursor:
        # Materialized, so that it is planned for all rows: for a few of them the whole table would be read.
        cursor.execute(
            f"WITH found(key) AS MATERIALIZED ({statement}) SELECT key FROM found LIMIT %s",  # noqa: S608  -- Django's
            [*parameters, MAX_KEYS + 1],
        )
        return [key for (key,) in cursor.fetchall()]


def _has_words(model: Any, text: str) -> Func:
    query = Func(Value(text), function="search_query", output_field=SearchQueryField())
    is_found = models.BooleanField()
    return Func(model.words, query, template="(%(expressions)s)", arg_joiner=" @@ ", output_field=is_found)


@contextmanager
def statement_timeout(seconds: float) -> Iterator[None]:
    """Stop each statement inside that takes longer; see ``was_stopped``."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(int(seconds * 1000))])
        yield


def was_stopped(error: BaseException) -> bool:
    """Tell whether a statement was stopped because it took too long."""
    return isinstance(error.__cause__, QueryCanceled)
