"""
The language of a text, detected by its function words.

Publishers state one language for a record that holds texts of several, state none, or state the wrong one. The words
below are frequent in one of the three languages of the lexicon and rare in the other two.
"""

_SPANISH = "el los las del y con en una al su sus la lo mediante hasta segun sobre esta este"
_PORTUGUESE = "os das dos do em um uma com ao aos na pelo pela pelos pelas nao sao da sob"
_ENGLISH = "the of and for with to by from its is are this that which or will be on"
_SMALL_WORDS = {
    language: frozenset(words.split()) for language, words in (("es", _SPANISH), ("pt", _PORTUGUESE), ("en", _ENGLISH))
}
LEXICON_LANGUAGES = frozenset(_SMALL_WORDS)
# A text of one language that borrows a name of another has few of its small words.
_MIXED = 0.3
# A text of so many words, and none of these among them, is written in another language.
_LONG = 12

# A text that is said to be in another language is in one of these if one of its small words stands among so many
# words: at least the first number of them, since "for" is a word of Norwegian too, and no more than the second.
_MIN_SMALL_WORDS, _SURE, _SPARSE = 2, 5, 8

# Read with the terms of every language, and read with names alone.
ANY = ""
OTHER = "other"


def text_language(folded: str, declared: str) -> str:
    """
    Return the language to read a text in: ``es``, ``pt``, ``en``, ``ANY`` if it mixes them, ``OTHER`` if it is none.

    :param folded: the text, folded
    :param declared: the language that the record states, as published ("EN", "es-CO"); it decides for texts with too
        few words to tell, and one that the lexicon does not have needs more of them
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
