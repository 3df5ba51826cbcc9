"""Codes of web pages, as programs that read pages leave them in texts of records and cells of tables."""

import html
import re

# The code of a web page, with its semicolon: "R&D" and "AT&T" are none.
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});")
# "&amp;amp;" was written twice.
_MAX_TIMES = 3
_NO_BREAK_SPACE = "\xa0"


def without_entities(text: str) -> str:
    """Return a text with the letters that the codes of a web page stand for: ``Educa&#231;&#227;o``, ``A &amp; B``."""
    for _time in range(_MAX_TIMES if "&" in text else 0):
        read = _ENTITY.sub(lambda match: html.unescape(match[0]).replace(_NO_BREAK_SPACE, " "), text)
        if read == text:
            break
        text = read
    return text
