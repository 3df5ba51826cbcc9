"""
Texts that pure code wrote in English, in the reader's language.

What is stored is recognised by a template, and its values are put into the translation of the template.
"""

import re
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext

_PLACE = re.compile(r"%\((\w+)\)s")


class StoredTexts:
    """
    Recognises texts by their templates.

    :param templates: texts with values as ``%(name)s``, each marked for translation where it is written
    :param values: recognises values that are words themselves; others stay as they are
    """

    def __init__(self, templates: Iterable[str], values: "StoredTexts | None" = None) -> None:
        self.templates = tuple(templates)
        self.values = values
        self._patterns = tuple(self._compiled())

    def _compiled(self) -> Iterator[tuple[str, re.Pattern[str]]]:
        """Yield templates with what recognises them, those with the most words of their own first."""
        for template in sorted(self.templates, key=lambda template: -len(_PLACE.sub("", template))):
            pieces = _PLACE.split(template)
            named = (f"(?P<{piece}>.*)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))
            yield template, re.compile("".join(named), re.DOTALL)

    def recognise(self, text: str) -> tuple[str, dict[str, str]] | None:
        """Return the template of a stored text, and its values."""
        for template, pattern in self._patterns:
            if found := pattern.fullmatch(text):
                return template, found.groupdict()
        return None

    def translate(self, text: str) -> str:
        """Return a stored text in the language in force; one that is not recognised stays as it is."""
        found = self.recognise(text)
        if found is None:
            return text
        template, values = found
        if self.values is not None:
            values = {name: self.values.translate(value) for name, value in values.items()}
        return gettext(template) % values
