"""Text without accents and other marks."""

import unicodedata


def without_marks(text: str) -> str:
    """Return the text in Unicode's compatible decomposition (NFKD), without its combining marks: ``Á`` is ``A``."""
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
