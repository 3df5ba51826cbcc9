"""Triggers that several tables have: rows are added, and nobody changes or removes them."""

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
