"""The text of a DOCX, for who reads its paragraphs and who reads its tables; both do so in a process of their own."""

import io
from typing import Any

# Namespaces, as lxml writes them before a name.
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PARAGRAPH, TABLE, ROW, CELL = (f"{WORD}{name}" for name in ("p", "tbl", "tr", "tc"))
_LEFT_OUT = (f"{_COMPATIBILITY}Fallback", f"{WORD}del", f"{WORD}moveFrom")


class DamagedError(Exception):
    """Raised if a DOCX cannot be opened."""


def body_of(content: bytes) -> Any:
    """
    Return the body, an element of lxml, without what a change of the text takes out.

    :raises DamagedError: if there is none
    """
    from docx import Document  # noqa: PLC0415 - after the limits

    try:
        body = Document(io.BytesIO(content)).element.body
        # A text box stands in the file a second time, for programs that do not know its kind.
        for left_out in list(body.iter(*_LEFT_OUT)):
            left_out.getparent().remove(left_out)
    except Exception as error:
        raise DamagedError from error  # the library raises a dozen kinds
    return body


def text_of(paragraph: Any) -> str:
    """Return what is written in a paragraph, without the text boxes that are anchored to it."""
    runs = (run for run in paragraph.iter(f"{WORD}r") if next(run.iterancestors(PARAGRAPH)) is paragraph)
    return "".join(run.text for run in runs)
