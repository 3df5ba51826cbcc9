"""
Names of offices and firms within a text: "Secretaría de las Tecnologías de la Información", "empresa X LTDA".

Names of offices and firms contain words for technology; there, they are not what is bought. The words are lists, see
``audits.matching.texts.word_lists``.
"""

import re
from collections.abc import Iterator

from audits.matching.texts.normalize import Folded
from audits.matching.texts.word_lists import Words

_LINKS = "da|das|de|del|do|dos|e|en|em|la|las|los|na|no|y"
# Maximum number of words between "empresa" and the legal form.
_FIRM_WORDS = 10


class OfficesAndFirms:
    """Finds names of offices and firms in texts, with patterns compiled from word lists."""

    def __init__(self, words: Words) -> None:
        self._offices = frozenset(words.of("office"))
        office, field = words.any_of("office"), words.any_of("field")
        # "la Unidad de Informática" is an office, "suministro de unidad de comunicaciones" is a purchase; what follows
        # a comma is not part of the name.
        self._office = re.compile(rf"(?<!de )\b{office}(?!,)(?:,? (?:{_LINKS}|{field})\b)++")
        # "empresa que brinde", "empresa especializada en": these describe the purchase.
        self._firm = re.compile(
            r"\bempresa:? (?:(?!(?:que|para|por|en|em|especializad\w+|prestador\w*(?! de servicios publicos))\b)"
            r"[^\s,;:()]+ )"
            rf"{{1,{_FIRM_WORDS}}}"
            rf"{words.any_of('legal_form')}\b"
        )

    def spans(self, folded: Folded) -> Iterator[tuple[int, int]]:
        """Yield the positions of such names in the original text."""
        patterns = [self._office] if any(word in folded.text for word in self._offices) else []
        if "empresa" in folded.text:
            patterns.append(self._firm)
        for pattern in patterns:
            for found in pattern.finditer(folded.text):
                yield folded.span(found.start(), found.end())
