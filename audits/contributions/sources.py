"""The source of a record: its publisher, or the prefix of its ocid where none is known."""

# SQL over a process ``p`` and its ``publisher``, which may be missing.
SOURCE = "coalesce(publisher.slug, substring(p.ocid from '^[^-]*-?[^-]*'))"


def source_of(ocid: str) -> str:
    """Return the prefix of an ocid, which stands for its source where no publisher is known: ``ocds-k50g02``."""
    return "-".join(ocid.split("-")[:2])
