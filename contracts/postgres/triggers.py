"""Append-only tables: triggers that refuse to change or remove rows."""

import pgtrigger


def append_only(refusal: str) -> list[pgtrigger.Trigger]:
    """
    Return the triggers that refuse UPDATE, DELETE and TRUNCATE.

    :param refusal: what a TRUNCATE is answered with, without quotes
    """
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="no_truncate",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=f"RAISE EXCEPTION 'pgtrigger: {refusal}';",
        ),
    ]


def moment_of(by_day: str) -> str:
    """
    Return SQL of the time at which a row is written; for some rows, of the midnight before it, in UTC.

    :param by_day: SQL of the rows of which the day alone is kept, empty for none
    """
    now = "clock_timestamp()"
    return f"CASE WHEN {by_day} THEN date_trunc('day', {now}, 'UTC') ELSE {now} END" if by_day else now
