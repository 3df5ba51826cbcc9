"""Texts for SVG and feeds: XML has no place for some characters, and one of them makes the whole file unreadable."""

import html
import re

_UNHELD = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def writable(text: str) -> str:
    """Return a text without the characters that XML cannot hold, however they are written."""
    return text if text.isprintable() else _UNHELD.sub("", text)


def as_xml(text: str) -> str:
    """Return a text as it stands in XML."""
    return html.escape(writable(text))
