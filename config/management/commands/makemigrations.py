"""`manage.py makemigrations`: Django's, of what a database has. What a field is called on pages needs no migration."""

from typing import Any

from django.core.management.commands import makemigrations
from django.db.migrations.state import ProjectState
from django.db.models import Field

# Options of a field that change nothing in its table.
_FOR_PEOPLE = frozenset({"choices", "help_text", "verbose_name"})


# The command's own class, which django-pgtrigger extends: Django's knows no triggers.
class SchemaAutodetector(makemigrations.Command.autodetector):  # type: ignore[misc, valid-type]
    """
    Compare and write fields without names, help texts and choices.

    Models keep their names, because those of permissions are made of them.
    """

    def __init__(self, from_state: ProjectState, to_state: ProjectState, *args: Any, **options: Any) -> None:
        for state in (from_state, to_state):
            for model in state.models.values():
                model.fields = {name: _for_the_database(field) for name, field in model.fields.items()}
        super().__init__(from_state, to_state, *args, **options)


def _for_the_database(value: Any) -> Any:
    """Return a field, or another option of one, without what is meant for people; also in the field of an array."""
    if not isinstance(value, Field):
        return value
    _name, _path, args, options = value.deconstruct()
    kept = {name: _for_the_database(option) for name, option in options.items() if name not in _FOR_PEOPLE}
    return type(value)(*args, **kept)


class Command(makemigrations.Command):
    autodetector = SchemaAutodetector
