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
# As the usual one, but it finds out first how a page lies; places stay those of the picture. Where Tesseract has no
# "osd" for it, it says so and reads as usual.
_WITH_ORIENTATION = "1"
# A level of Tesseract's table, whose rows are words.
_WORD_LEVEL = "5"
# Of 100, over the letters of a page. Sharp pages have 80 and more; of what is blurred, too small or upside down no
# sentence is right, and of real scans none lies between.
_POOR = 60
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

    :returns: ``text``, ``source`` and ``places`` (``contracts.documents.places``, in base64), ``poor`` if most
        of it may be wrong; or why it ``failed``
    """
    import subprocess  # noqa: PLC0415 - most documents need none

    file = io.BytesIO()
    picture.save(file, "PNG")
    # A table of words with their places, from which the text is made: one recognition gives both.
    command = [PROGRAM, "stdin", "stdout", "-l", "+".join(LANGUAGES), "--dpi", str(DPI)]
    command += ["--psm", _WITH_ORIENTATION, "tsv"]
    try:
        done = subprocess.run(command, input=file.getvalue(), capture_output=True, check=False, timeout=OCR_SECONDS)
    except subprocess.TimeoutExpired:
        return {"failed": "ocr_time"}
    if done.returncode:
        return {"failed": "ocr"}
    table = done.stdout.decode("utf-8", "replace").replace("\x00", "")
    text, places, confidence = _words_with_places(table, *picture.size)
    found = {"text": text, "source": "ocr", "places": base64.b64encode(places).decode()}
    return found | ({"poor": True} if text and confidence < _POOR else {})


def _words_with_places(table: str, width: int, height: int) -> tuple[str, bytes, float]:
    """
    Return the text of a page, the places of its pieces, and how sure its letters are, of 100.

    :param table: Tesseract's table of it (TSV)
    :param width: the width of the picture in pixels; likewise ``height``
    """
    text, before = "", tuple[str, ...]()
    boxes: list[Box] = []
    sure = letters = 0.0
    for row in table.splitlines():
        level, *_line, x, y, across, down, confidence, word = (*row.split("\t"), *[""] * _COLUMNS)[:_COLUMNS]
        word = word.strip()
        if level != _WORD_LEVEL or not word:
            continue
        line = tuple(_line)[1:4]  # block, paragraph, line
        text += ("" if not before else " " if line == before else "\n" if line[:2] == before[:2] else "\n\n") + word
        before = line
        left, upper = int(x), int(y)
        edges = zip((left, upper, left + int(across), upper + int(down)), (width, height) * 2, strict=True)
        boxes += [tuple(round(edge / whole * WHOLE) for edge, whole in edges)] * len(PIECE.findall(word))
        sure += float(confidence) * len(word)
        letters += len(word)
    return text, pack(boxes), sure / max(letters, 1)
