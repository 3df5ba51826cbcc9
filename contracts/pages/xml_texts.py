"""Texts for SVG and feeds: a single character that XML does not allow makes the whole file unreadable."""

import html
import re

_UNHELD = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """Return a text without characters that XML does not allow, even escaped."""
    return text if text.isprintable() else _UNHELD.sub("", text)


def as_xml(text: str) -> str:
    """Return a text escaped for XML."""
    return html.escape(writable(text))
