"""
Dump a database, restore it into a new one beside it, and compare the two: a backup never restored is a hope.

The source may be in use: its contents are read in the snapshot that `pg_dump` is given: both see the same rows.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql.client import DatabaseClient
from msgspec import Struct
from psycopg import sql

from audits.models.review import CHAINS
from config.embedded.postgresql import PrivatePostgreSQL

_TABLES = "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace"
# Whatever the order of the rows: the sum of the beginnings of their hashes.
_DIGEST = """
    SELECT count(*),
           coalesce(sum(('x' || encode(substr(sha256(convert_to(t::text, 'UTF8')), 1, 8), 'hex'))::bit(64)::bigint), 0)
    FROM {table} t
"""


class ProgramError(Exception):
    """A program of PostgreSQL is missing or failed; the message says which and why."""


class Contents(Struct):
    """
    What a database holds.

    :param tables: name → rows, digest of the rows whatever their order
    :param heads: the heads of the logs of decisions, by day
    :param broken: log and number of decisions that do not continue their chain
    """

    tables: dict[str, tuple[int, int]]
    heads: list[dict[str, Any]]
    broken: list[tuple[str, int]]


@contextmanager
def connected(source: Any, database: str) -> Iterator[psycopg.Connection]:
    """Connect to another database of the same server, in one transaction that changes nothing and is not timed."""
    parameters = source.get_connection_params() | {"dbname": database, "options": "-c TimeZone=UTC"}
    with psycopg.connect(**parameters) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection


def snapshot(connection: psycopg.Connection) -> str:
    """Return the name of what a connection sees, for others to see the same as long as its transaction lasts."""
    return _rows(connection, "SELECT pg_export_snapshot()")[0][0]


def contents_of(connection: psycopg.Connection) -> Contents:
    """Read what a database holds; every row of it."""
    tables = {}
    for (table,) in _rows(connection, _TABLES):
        ((number, digest),) = _rows(connection, sql.SQL(_DIGEST).format(table=sql.Identifier(table)))
        tables[table] = (int(number), int(digest))
    heads = [head for chain in CHAINS.values() for head in chain.heads(connection)]
    broken = [(log, number) for log, chain in CHAINS.items() for number in chain.broken(connection)]
    return Contents(tables, heads, broken)


def _rows(connection: psycopg.Connection, statement: Any) -> list[tuple[Any, ...]]:
    return connection.execute(statement).fetchall()


def differences(source: Contents, restored: Contents) -> list[str]:
    """Return a sentence for each difference, and for each error that both have."""
    found = [
        f"{table}: {_described(source.tables.get(table))}, restored {_described(restored.tables.get(table))}"
        for table in sorted(source.tables.keys() | restored.tables.keys())
        if source.tables.get(table) != restored.tables.get(table)
    ]
    found += [f"decision {number} of {log} does not continue the chain" for log, number in restored.broken]
    if source.heads != restored.heads:
        found.append("the heads of the logs of decisions differ")
    return found


def _described(table: tuple[int, int] | None) -> str:
    return f"{table[0]:,} rows with digest {table[1]:x}" if table else "no table"


def dump(source: Any, file: Path, *, of: str) -> None:
    """Write a dump of a database as a snapshot shows it. Raises ProgramError."""
    run_program(
        "pg_dump", source, source.settings_dict["NAME"], "--format=custom", f"--snapshot={of}", f"--file={file}"
    )


def restore(source: Any, file: Path, database: str) -> None:
    """Restore a dump into a new database of the same server. Raises ProgramError at the first error."""
    with source.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(database)))
    run_program("pg_restore", source, database, "--exit-on-error", str(file))


def drop(source: Any, database: str) -> None:
    """
    Remove a database; PostgreSQL waits some seconds for sessions that end, and ends its own autovacuum there.

    Forced, it would refuse to end autovacuum for whoever is no superuser, and the database would stay.
    """
    with source.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database)))


def run_program(name: str, source: Any, database: str, *arguments: str) -> None:
    """Run a client program of PostgreSQL on a database of the server of a connection. Raises ProgramError."""
    if source.settings_dict["ENGINE"] == "config.embedded":
        program = str(PrivatePostgreSQL(settings.VEEDOR_HOME).programs() / name)
    else:
        program = shutil.which(name) or ""
    if not program:
        raise ProgramError(f"{name} is not on the PATH: install the client programs of PostgreSQL.")
    # An address may name a socket's folder among its options (`?host=/folder`), where Django's client does not look.
    options = source.settings_dict.get("OPTIONS", {})
    server = {name: source.settings_dict[name] or options.get(name.lower(), "") for name in ("HOST", "PORT")}
    (_psql, *address, _name), environment = DatabaseClient.settings_to_cmd_args_env(source.settings_dict | server, [])
    command = [program, *address, "--no-password", f"--dbname={database}", *arguments]
    result = subprocess.run(command, env=os.environ | (environment or {}), capture_output=True, text=True, check=False)
    if result.returncode:
        raise ProgramError(f"{name} failed: {result.stderr.strip()[-2000:]}")
