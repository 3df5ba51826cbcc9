"""Text of pictures, recognised by Tesseract, with the places of its words."""

import base64
import io
from functools import cache
from typing import Any

from contracts.documents.places import PIECE, WHOLE, Box, pack

DPI = 200
OCR_SECONDS = 60
LANGUAGES = ("spa", "por", "eng")
PROGRAM = "tesseract"
# A level of Tesseract's table, whose rows are words.
_WORD_LEVEL = "5"
_COLUMNS = 12


@cache
def missing_for_ocr() -> tuple[str, ...]:
    """Return what is missing for OCR: the program, or languages of it; asked once, while this process lives."""
    import shutil  # noqa: PLC0415 - most documents need neither
    import subprocess  # noqa: PLC0415

    if not shutil.which(PROGRAM):
        return (PROGRAM,)
    listed = subprocess.run(
        [PROGRAM, "--list-langs"], capture_output=True, text=True, check=False, timeout=OCR_SECONDS
    )
    return tuple(language for language in LANGUAGES if language not in listed.stdout.split())


def recognise(picture: Any) -> dict[str, Any]:
    """
    Recognise the text of a picture.

    :returns: ``text``, ``source`` and ``places`` (``contracts.documents.places``, in base64); or why it ``failed``
    """
    import subprocess  # noqa: PLC0415 - most documents need none

    file = io.BytesIO()
    picture.save(file, "PNG")
    # A table of words with their places, of which the text is made: one recognition gives both.
    command = [PROGRAM, "stdin", "stdout", "-l", "+".join(LANGUAGES), "--dpi", str(DPI), "tsv"]
    try:
        done = subprocess.run(command, input=file.getvalue(), capture_output=True, check=False, timeout=OCR_SECONDS)
    except subprocess.TimeoutExpired:
        return {"failed": "ocr_time"}
    if done.returncode:
        return {"failed": "ocr"}
    text, places = _words_with_places(done.stdout.decode("utf-8", "replace").replace("\x00", ""), *picture.size)
    return {"text": text, "source": "ocr", "places": base64.b64encode(places).decode()}


def _words_with_places(table: str, width: int, height: int) -> tuple[str, bytes]:
    """
    Return the text of a page, and the places of its pieces.

    :param table: Tesseract's table of it (TSV)
    :param width: of the picture in pixels, as ``height``
    """
    text, before = "", tuple[str, ...]()
    boxes: list[Box] = []
    for row in table.splitlines():
        level, *_line, x, y, across, down, _confidence, word = (*row.split("\t"), *[""] * _COLUMNS)[:_COLUMNS]
        word = word.strip()
        if level != _WORD_LEVEL or not word:
            continue
        line = tuple(_line)[1:4]  # block, paragraph, line
        text += ("" if not before else " " if line == before else "\n" if line[:2] == before[:2] else "\n\n") + word
        before = line
        left, upper = int(x), int(y)
        edges = zip((left, upper, left + int(across), upper + int(down)), (width, height) * 2, strict=True)
        boxes += [tuple(round(edge / whole * WHOLE) for edge, whole in edges)] * len(PIECE.findall(word))
    return text, pack(boxes)
