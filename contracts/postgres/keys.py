"""Primary keys read from an address or a form."""

# No key of ours has more digits, and a longer one is no bigint.
_MAX_DIGITS = 18


def key_of(text: str) -> int:
    """Return a text as a key; 0, which no row has, if it is not one."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS else 0
