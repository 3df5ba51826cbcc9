"""Indexes that migrations build while the site works."""

from typing import Any

from django.contrib.postgres import operations


class AddIndexConcurrently(operations.AddIndexConcurrently):
    """
    Build an index while the site works, once more where that was broken off before.

    No transaction is around it: a migration that is killed leaves the indexes that it had built, and half of one, and
    nobody noted them.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        name = schema_editor.quote_name(self.index.name)
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)
