"""Logs of decisions that the database numbers, dates and hashes in a chain, so that tampering shows."""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import pgtrigger
from django.db import connection

from contracts.postgres.querying import execute
from contracts.postgres.triggers import append_only, moment_of

# Appended under a lock of the log, held until commit: take locks on what is decided on before.
_APPEND = """
    PERFORM pg_advisory_xact_lock(hashtextextended('{table}', 0));
    SELECT number, chain INTO previous FROM {table} ORDER BY number DESC LIMIT 1;
    NEW.number := coalesce(previous.number, 0) + 1;
    NEW.{dated} := {moment};
    NEW.chain := (SELECT decision_chain(coalesce(previous.chain, ''), {parts}) FROM (SELECT NEW.*) AS entry);
    RETURN NEW;
"""
# A decision is broken where its chain is not that of its content and of the one before, or where a number is missing.
_BROKEN = """
    SELECT number FROM (
        SELECT number, chain, lag(number, 1, 0::bigint) OVER log AS number_before,
               decision_chain(lag(chain, 1, ''::bytea) OVER log, {parts}) AS expected
        FROM {table} WINDOW log AS (ORDER BY number)
    ) checked
    WHERE chain <> expected OR number <> number_before + 1 ORDER BY number LIMIT 10
"""
_HEADS = """
    SELECT DISTINCT ON (day) day::text, number, encode(chain, 'hex')
    FROM (SELECT ({dated} AT TIME ZONE 'UTC')::date AS day, number, chain FROM {table}) dated
    ORDER BY day, number DESC
"""
# Dates may step back with the clock, numbers do not.
_HEAD_BEFORE = """
    SELECT ({dated} AT TIME ZONE 'UTC')::date::text, encode(chain, 'hex') FROM {table}
    WHERE ({dated} AT TIME ZONE 'UTC')::date < %s ORDER BY number DESC LIMIT 1
"""
_LINKS = """
    SELECT entry.number, encode(coalesce(earlier.chain, ''), 'hex'), parts
    FROM (SELECT number, {parts} AS parts FROM {table} WHERE number = ANY(%s)) entry
    LEFT JOIN {table} earlier ON earlier.number = entry.number - 1
"""


def link(after: bytes, parts: Iterable[str]) -> bytes:
    """Return the link of a decision, as the database computes it from the link before and the parts of its content."""
    return hashlib.sha256(after + ",".join(f"{len(part)}:{part}" for part in parts).encode()).digest()


class Chain(NamedTuple):
    """
    A table whose rows are chained: each holds the SHA-256 of its content and of the chain before it.

    The table has the columns ``number`` (from 1, without gaps) and ``chain``. No program can put a row between others,
    or date one back. The function ``decision_chain`` is made by a migration.

    :param dated: the column that the database dates
    :param by_day: the rows of which the day alone is kept, SQL of ``NEW``
    :param content: the rest of what is chained, SQL expressions of type text that depend on no setting of the session
    """

    table: str
    dated: str
    content: tuple[str, ...]
    by_day: str = ""

    def triggers(self, refusal: str) -> list[pgtrigger.Trigger]:
        """Return the triggers of the table; ``refusal`` is what a TRUNCATE is answered with, without quotes."""
        return [
            *append_only(refusal),
            pgtrigger.Trigger(
                name="append",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("previous", "RECORD")],
                func=self._written(_APPEND),
            ),
        ]

    def hold(self) -> None:
        """Take the lock of the log until the transaction ends, as who appends does: others then wait for no more."""
        execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [self.table])

    def broken(self, on: Any = connection) -> list[int]:
        """
        Compute the chain again, and return the numbers of the first ten decisions that do not continue it.

        :param on: a connection to the database that holds it
        """
        return [number for (number,) in self._read(_BROKEN, on=on)]

    def heads(self, on: Any = connection) -> list[dict[str, Any]]:
        """Return the last number and hash of each day, in UTC."""
        return [
            {"log": self.table, "day": day, "number": number, "hash": chain}
            for day, number, chain in self._read(_HEADS, on=on)
        ]

    def head_before(self, day: date) -> dict[str, str] | None:
        """Return the last hash of the days before one, in UTC, and its day; it tells nobody how many decisions."""
        found = self._read(_HEAD_BEFORE, day)
        return {"log": self.table, "day": found[0][0], "hash": found[0][1]} if found else None

    def links(self, numbers: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return number → what its link is made of: the link before, ``after`` in hex, and ``parts`` (``link``)."""
        found = self._read(_LINKS, list(numbers))
        return {number: {"after": after, "parts": parts} for number, after, parts in found}

    def holds(self, head: dict[str, Any]) -> bool:
        """Return whether a head that was printed before, or published without its number, is still in the chain."""
        numbers = self._read("SELECT number FROM {table} WHERE encode(chain, 'hex') = %s", head["hash"])
        return numbers == [(head.get("number", numbers[0][0]),)] if numbers else False

    def _written(self, statement: str) -> str:
        parts = ", ".join(("number::text", *self.content))
        moment = moment_of(self.by_day)
        return statement.format(table=self.table, dated=self.dated, moment=moment, parts=f"ARRAY[{parts}]")

    def _read(self, statement: str, *values: Any, on: Any = connection) -> list[tuple[Any, ...]]:
        with on.cursor() as cursor:
            cursor.execute(self._written(statement), values)
            return cursor.fetchall()
