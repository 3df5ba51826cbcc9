"""
Detect the language of a text by its function words.

Publishers state one language for records with texts in several, state none, or state the wrong one. The words below
are frequent in one of the three languages of the lexicon and rare in the other two.
"""

_SPANISH = "el los las del y con en una al su sus la lo mediante hasta segun sobre esta este"
_PORTUGUESE = "os das dos do em um uma com ao aos na pelo pela pelos pelas nao sao da sob"
_ENGLISH = "the of and for with to by from its is are this that which or will be on"
_SMALL_WORDS = {
    language: frozenset(words.split()) for language, words in (("es", _SPANISH), ("pt", _PORTUGUESE), ("en", _ENGLISH))
}
LEXICON_LANGUAGES = frozenset(_SMALL_WORDS)
# Maximum share of function words that a text may have from another language, for example in borrowed names.
_MIXED = 0.3
# A text with this many words, and none of these function words, is in another language.
_LONG = 12

# A text declared to be in another language is in one of these if one of its function words occurs among this many
# words: at least the first number, since "for" is also a Norwegian word, at most the second.
_MIN_SMALL_WORDS, _SURE, _SPARSE = 2, 5, 8

# Read with the terms of every language, or with names only.
ANY = ""
OTHER = "other"


def text_language(folded: str, declared: str) -> str:
    """
    Return the language in which to read a text: ``es``, ``pt``, ``en``, ``ANY`` for a mixture, ``OTHER`` for none of
    them.

    :param folded: the text, folded
    :param declared: language stated by the record, as published ("EN", "es-CO"); it decides for texts with too few
        function words, and a language that the lexicon does not have needs more of them
    """
    words = folded.split(" ")
    known = set(words)
    counts = sorted(((len(known & small), language) for language, small in _SMALL_WORDS.items()), reverse=True)
    (most, language), (second, _) = counts[0], counts[1]
    stated = declared[:2].lower()
    if most == 0:
        if stated in LEXICON_LANGUAGES:
            return stated
        return OTHER if stated or len(words) >= _LONG else ANY
    if stated and stated not in LEXICON_LANGUAGES and most < max(_MIN_SMALL_WORDS, min(_SURE, len(words) // _SPARSE)):
        return OTHER
    if most > 1 or stated not in LEXICON_LANGUAGES:
        return language if second <= most * _MIXED else ANY
    return stated if language == stated or second == most else ANY
