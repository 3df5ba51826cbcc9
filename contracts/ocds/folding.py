"""Normalize text for comparison: without accents, punctuation and case."""

import unicodedata

# Invisible characters: soft hyphens and zero-width spaces, which pages and PDFs leave in copied text, and direction
# marks. With them, a name would differ from one that looks the same.
_SPANS = ((0xAD, 0xAD), (0x61C, 0x61C), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFEFF, 0xFEFF))
_UNSEEN = frozenset(chr(code) for first, last in _SPANS for code in range(first, last + 1))


def without_marks(text: str) -> str:
    """
    Return the text in Unicode's compatibility decomposition (NFKD), without combining marks and invisible characters.

    ``Á`` is ``A``.
    """
    if text.isascii():
        return text
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not (unicodedata.combining(letter) or letter in _UNSEEN))


def folded(text: str) -> str:
    """Return a text in lower case without accents, with one space for any punctuation: ``S/N`` is ``s n``."""
    letters = without_marks(text.casefold())
    return " ".join("".join(letter if letter.isalnum() else " " for letter in letters).split())


def letters_and_digits(text: str) -> str:
    """Return only the letters and digits of a text, in lower case: ``Not-Qualified`` is ``notqualified``."""
    return "".join(filter(str.isalnum, text.casefold()))
