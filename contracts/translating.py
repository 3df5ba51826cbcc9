"""Codes and values → texts in the reader's language."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, gettext

from contracts.ocds.messages import CORRECTIONS, DETAILS, FOUND, HINTS
from contracts.ocds.problems import Problem


def language_in_force() -> str:
    """Return the language of the reader, one of ``settings.LANGUAGES`` without its region; English by default."""
    language = (get_language() or "en")[:2]
    return language if language in dict(settings.LANGUAGES) else "en"


def problem_detail(problem: Problem) -> str:
    """Return what was found; the text itself where an earlier version stored nothing else."""
    template = DETAILS.get(problem.code, {}).get(problem.variant)
    if template is None:
        return str(problem.values.get("text", problem.code))
    # A row that another version stored may lack a value.
    return gettext(template) % defaultdict(lambda: "…", _words(problem.values))


def problem_hint(problem: Problem) -> str:
    """Return how to fix a problem, ``""`` if there is no hint for its code."""
    hint = HINTS.get(problem.code)
    return gettext(hint) if hint else ""  # the empty text names the head of the catalog


def correction_detail(code: str) -> str:
    """Return what a correction did; the code itself if it is not known any more."""
    text = CORRECTIONS.get(code)
    return gettext(text) if text else code


def _words(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a problem with words in place of codes: kinds of JSON values, messages of the parser."""
    words = {name: ", ".join(map(repr, value)) if isinstance(value, list) else value for name, value in values.items()}
    if "found" in values:
        words["found"] = gettext(FOUND[values["found"]]) % values
    if "message" in values:
        words["message"] = gettext(values["message"])
    return words
