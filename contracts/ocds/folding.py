"""Normalised text for comparisons: without accents and other marks, signs and case."""

import unicodedata


def without_marks(text: str) -> str:
    """Return the text in Unicode's compatible decomposition (NFKD), without its combining marks: ``Á`` is ``A``."""
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def folded(text: str) -> str:
    """Return a text in small letters without accents, with one space for any signs: ``S/N`` is ``s n``."""
    letters = without_marks(text.casefold())
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


def letters_and_digits(text: str) -> str:
    """Return the letters and digits of a text alone, whatever their case: ``Not-Qualified`` is ``notqualified``."""
    return "".join(filter(str.isalnum, text.casefold()))
