"""Normalised text for comparisons: without accents and other marks, signs and case."""

import unicodedata

# Signs that are not seen: soft hyphens and spaces without width, which pages and PDFs leave in what is copied, and
# marks of direction. With them a name would be another one that looks the same.
_SPANS = ((0xAD, 0xAD), (0x61C, 0x61C), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFEFF, 0xFEFF))
_UNSEEN = frozenset(chr(code) for first, last in _SPANS for code in range(first, last + 1))


def without_marks(text: str) -> str:
    """
    Return the text in Unicode's compatible decomposition (NFKD), without combining marks and signs that are not seen.

    ``Á`` is ``A``.
    """
    if text.isascii():
        return text
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not (unicodedata.combining(letter) or letter in _UNSEEN))


def folded(text: str) -> str:
    """Return a text in small letters without accents, with one space for any signs: ``S/N`` is ``s n``."""
    letters = without_marks(text.casefold())
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


def letters_and_digits(text: str) -> str:
    """Return the letters and digits of a text alone, whatever their case: ``Not-Qualified`` is ``notqualified``."""
    return "".join(filter(str.isalnum, text.casefold()))
