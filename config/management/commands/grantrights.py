"""Grant the application's database role the privileges it needs on the owner's tables."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction
from pghistory.models import Event
from psycopg import sql

from audits.models import SampledFlag

_STATEMENTS = (
    "GRANT USAGE ON SCHEMA public TO {role}",
    # Neither TRUNCATE nor TRIGGER, and nothing that only an owner can do, such as switching a trigger off.
    "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}",
)


def appended_tables() -> list[str]:
    """
    Return the tables that are only added to and read: decisions, the trail, the history that triggers write.

    They are those whose models refuse changes by a trigger, flags of samples, which nobody changes either, and events.
    """
    return sorted(
        model._meta.db_table
        for model in apps.get_models()
        if model is SampledFlag
        or issubclass(model, Event)
        or any(trigger.name == "append_only" for trigger in getattr(model._meta, "triggers", ()))
    )


def grant_rights(connection: Any, role: str) -> None:
    """
    Grant a role what the application does, over a connection of the owner of all tables.

    :raises DatabaseError: if the role is not there, or the connection is not the owner's
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in _STATEMENTS:
            cursor.execute(sql.SQL(statement).format(role=sql.Identifier(role)))
        for table in appended_tables():
            revoke = sql.SQL("REVOKE UPDATE, DELETE ON {table} FROM {role}")
            cursor.execute(revoke.format(table=sql.Identifier(table), role=sql.Identifier(role)))


def make_role(connection: Any, role: str, password: str) -> None:
    """Make a role that may log in and nothing else, or give the one that is there this password."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [role])
        found = cursor.fetchone()
        if found and found[0]:
            raise CommandError(f"The role {role} is a superuser, whom no right is refused. Name another.")
        verb = "ALTER" if found else "CREATE"
        statement = sql.SQL(verb + " ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {password}")
        cursor.execute(statement.format(role=sql.Identifier(role), password=sql.Literal(password)))


class Command(BaseCommand):
    help = (
        "Create the role of DATABASE_URL if it is missing, and grant it SELECT, INSERT, UPDATE and "
        "DELETE on all tables, but only SELECT and INSERT on decisions, trail and history. Run it after "
        "migrate. Needs DATABASE_MIGRATION_URL."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if "owner" not in settings.DATABASES:
            raise CommandError("DATABASE_MIGRATION_URL is not set: without it the application is the owner.")
        application = settings.DATABASES["default"]
        if application["USER"] == settings.DATABASES["owner"]["USER"]:
            raise CommandError(
                "DATABASE_URL and DATABASE_MIGRATION_URL name the same role; give the application its own."
            )
        owner = connections["owner"]
        make_role(owner, application["USER"], application["PASSWORD"])
        grant_rights(owner, application["USER"])
        self.stdout.write(f"{application['USER']} may read and write, and nothing else.")
