"""Search for words in any of some columns, case and accents folded, in plain SQL that every PostgreSQL has."""

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Lower
from django.utils.translation import gettext as _

from contracts.api.protocol.problems import parameter_problem
from contracts.ocds.folding import without_marks

MAX_WORDS = 12


def _folding() -> tuple[str, str]:
    """
    Return two texts for SQL's `translate`: Latin letters with marks, and what they fold to; the rest is removed.

    Written from Unicode's tables, for both cases, so that the server's locale does not matter.
    """
    marked, plain = [], []
    for code in (*range(0x41, 0x5B), *range(0xC0, 0x180)):
        letter = chr(code)
        folded = fold(letter)
        if folded != letter and len(folded) == 1:
            marked.append(letter)
            plain.append(folded)
    combining = [chr(code) for code in range(0x300, 0x330)]
    return "".join(marked + combining), "".join(plain)


def fold(text: str) -> str:
    """Return the text in lower case, without accents and other marks."""
    return without_marks(text.casefold())


_FROM, _TO = _folding()


def folded(columns: Iterable[str]) -> models.Expression:
    """Return the SQL of some text columns (or arrays of text) joined and folded."""
    parts: list[models.Expression] = []
    for column in columns:
        name = column.removesuffix("[]")
        joined: models.Expression = F(name)  # type: ignore[assignment]
        if column.endswith("[]"):
            joined = Func(F(name), Value(" "), function="array_to_string", output_field=models.TextField())
        parts += [joined, Value(" ")]
    joined = Concat(*parts, output_field=models.TextField())
    return Lower(Func(joined, Value(_FROM), Value(_TO), function="translate", output_field=models.TextField()))


def matching(queryset: models.QuerySet, text: str, columns: Iterable[str]) -> models.QuerySet:
    """Return the rows that hold every word of `text` somewhere in the columns; each word literally."""
    words = fold(text).split()
    if len(words) > MAX_WORDS:
        detail = _("q has more than %(limit)d words.") % {"limit": MAX_WORDS}
        raise parameter_problem("q", "invalid_parameter", detail)
    condition = Q()
    for word in words:
        condition &= Q(_searched__contains=word)
    return queryset.alias(_searched=folded(columns)).filter(condition) if words else queryset
