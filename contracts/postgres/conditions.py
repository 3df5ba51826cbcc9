"""Conditions written in SQL."""

from typing import Any, ClassVar

from django.db import models


class SqlCondition(models.Func):
    """
    A condition in SQL over columns of a row.

    The list of flags has the condition of its queue in six places of one statement: as trees of `Q` it takes Django
    longer to write that down than PostgreSQL to answer it.

    ``sql`` has ``{0}``, ``{1}`` … where the columns stand, and ``%s`` for each of ``given``; the aliases in it are
    none that Django gives (``U0``, ``V0`` …).
    """

    sql: ClassVar[str]
    output_field: Any = models.BooleanField()

    def __init__(self, *columns: Any, given: tuple[Any, ...] = ()) -> None:
        super().__init__(*columns)
        self.given = given

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, tuple[Any, ...]]:  # type: ignore[override]  # noqa: ARG002
        columns = [compiler.compile(column)[0] for column in self.get_source_expressions()]
        return self.sql.format(*columns), self.given
