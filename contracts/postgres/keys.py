"""Primary keys read from an address or a form."""

# No key of ours has more digits, and a longer one is no bigint.
_MAX_DIGITS = 18


def key_of(text: str) -> int:
    """Return the key that a text is, 0, which no row has, if it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MAX_DIGITS else 0
