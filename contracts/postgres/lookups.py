"""A lookup that Django does not have: ``any_of``."""

from typing import Any

import msgspec
from django.db.models import Field, ForeignKey, Lookup

# Larger numbers are left to psycopg, which sends their type: they then match nothing instead of raising an error.
_TOO_LARGE = 2**31


# Generic for the type checker only.
class AnyOf(Lookup):  # type: ignore[type-arg]
    """
    ``filter(process__any_of=ids)``: what ``in`` means, as ``= ANY(array)``.

    One parameter, however many values: for the hundreds of ids of a batch, to write ``in`` with a placeholder for each
    takes longer than the query. It may be an expression.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        if not self.rhs_is_direct_value():
            array, given = self.process_rhs(compiler, connection)
            return f"{column} = ANY({array})", (*parameters, *given)
        return f"{column} = ANY(%s)", (*parameters, as_array(list(self.rhs)))


def as_array(values: list[Any]) -> Any:
    """
    Return a list in PostgreSQL's notation, with the type of the column that it is compared with.

    For a thousand keys psycopg, which looks at each value, takes as long as PostgreSQL takes to find their rows.
    """
    kinds = set(map(type, values))
    if kinds == {int} and max(values) < _TOO_LARGE and min(values) > -_TOO_LARGE:
        return f"{{{','.join(map(str, values))}}}"
    if kinds == {str} and "\\" not in (written := msgspec.json.encode(values).decode()):
        return f"{{{written[1:-1]}}}"  # texts without escapes are the same in JSON
    return values


Field.register_lookup(AnyOf)
ForeignKey.register_lookup(AnyOf)
