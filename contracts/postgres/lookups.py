"""Lookups of our own."""

from typing import Any

from django.db.models import Field, ForeignKey, Lookup


# Generic for the type checker only.
class AnyOf(Lookup):  # type: ignore[type-arg]
    """
    ``filter(process__any_of=ids)``: what ``in`` means, as ``= ANY(array)``.

    One parameter, however many values: for the hundreds of ids of a batch, to write ``in`` with a placeholder for each
    takes longer than the query.
    """

    lookup_name = "any_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*parameters, list(self.rhs))


Field.register_lookup(AnyOf)
ForeignKey.register_lookup(AnyOf)
