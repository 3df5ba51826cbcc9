"""Tables that are only added to: triggers that refuse to change or remove rows."""

import pgtrigger


def append_only(refusal: str) -> list[pgtrigger.Trigger]:
    """
    Return the triggers that refuse UPDATE, DELETE and TRUNCATE.

    :param refusal: what a TRUNCATE is answered with, without quotes
    """
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        _no_truncate(refusal),
    ]


def only_emptied(*texts: str, keys: tuple[str, ...] = (), refusal: str) -> list[pgtrigger.Trigger]:
    """
    Return the triggers that refuse DELETE and TRUNCATE, and every UPDATE but one that empties columns.

    :param texts: the columns of text that may name somebody who must not be named
    :param keys: foreign keys that may do so
    :param refusal: as of ``append_only``
    """
    filled = [f"NEW.{text} NOT IN ('', OLD.{text})" for text in texts]
    filled += [f"NEW.{key}_id <> coalesce(OLD.{key}_id, 0)" for key in keys]
    return [
        pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        pgtrigger.ReadOnly(name="unchanged", exclude=[*texts, *keys]),
        pgtrigger.Protect(
            name="only_emptied",
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(f"({' OR '.join(filled)})"),
        ),
        _no_truncate(refusal),
    ]


def _no_truncate(refusal: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="no_truncate",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=f"RAISE EXCEPTION 'pgtrigger: {refusal}';",
    )


def moment_of(by_day: str) -> str:
    """
    Return SQL of the time at which a row is written; for some rows, of the midnight before it, in UTC.

    :param by_day: SQL of the rows of which the day alone is kept, empty for none
    """
    now = "clock_timestamp()"
    return f"CASE WHEN {by_day} THEN date_trunc('day', {now}, 'UTC') ELSE {now} END" if by_day else now
