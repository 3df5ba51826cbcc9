"""
The texts of a rule in each language: title, sentences, reasons, and page.

English texts are in the rule's module. A translation is a page beside it, in a folder for each language and with the
module's name (``es/t04_vendor_lock_in.md``): Markdown, with all other texts as YAML front matter. So adding or
removing a rule includes its texts.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from msgspec import DecodeError, Struct, structs, yaml

from audits.judging.rule.formats import Worded, decimal
from contracts.ocds.codelists.codes import LANGUAGES
from contracts.ocds.portuguese import in_portugal

_FRONT = re.compile(r"---\n(.+?\n)---\n", re.DOTALL)
_PERCENT = re.compile(r"\{(\w+)\} %")
_NUMBER = re.compile(r"(?<!\d)-?\d++\.\d+")
# ``COP 12 326 533.50``, with narrow spaces, as ``Money`` writes it.
_MONEY = re.compile(r"[A-Z]{3} -?[\d\s]+(?:\.\d+)?")
# What stands between thousands on pages; Spanish and Portugal leave the space.
_THOUSANDS = {"en": ",", "pt": "."}


class RuleText(Struct, frozen=True, forbid_unknown_fields=True):
    """
    The texts of a rule in one language.

    ``sentences`` and ``reasons`` map names to templates in ``str.format`` form, which state the format of values that
    are not shown as stored (``audits.judging.rule.formats``); ``page`` is Markdown.
    """

    title: str
    sentences: Mapping[str, str] = {}
    reasons: Mapping[str, str] = {}
    page: str = ""


def translations_of(module: Path) -> dict[str, RuleText]:
    """Return language → translation beside a rule's module; raises ValueError for invalid front matter."""
    pages = {language: module.parent / language / f"{module.stem}.md" for language in LANGUAGES}
    return {language: _read(page) for language, page in pages.items() if page.is_file()}


def _read(page: Path) -> RuleText:
    written = page.read_text(encoding="utf-8")
    front = _FRONT.match(written)
    if front is None:
        raise ValueError(f"{page} does not begin with front matter between two lines of ---")
    try:
        text = yaml.decode(front[1], type=RuleText)
    except DecodeError as error:
        raise ValueError(f"{page}: {error}") from error
    return structs.replace(text, page=written[front.end() :].strip())


def as_in_portugal(text: RuleText) -> RuleText:
    """Return the Portuguese texts of a rule with the words of Portugal."""
    texts = {
        kind: {key: in_portugal(template) for key, template in getattr(text, kind).items()}
        for kind in ("sentences", "reasons")
    }
    return RuleText(in_portugal(text.title), **texts, page=in_portugal(text.page))


def fill(template: str, values: Mapping[str, Any], language: str) -> str:
    """
    Return a template with its values, numbers as readers of ``language`` write them.

    A value that is not there is shown as "…": an old flag may lack one that the template names by now.
    """
    parts = []
    for before, name, form, is_percent in _parts(template):
        parts.append(before)
        if name is not None:
            value = values.get(name, _ABSENT)
            shown = (
                value if value is _ABSENT else Worded(value, _shown(value, language, is_percent=is_percent), language)
            )
            parts.append(format(shown, form))
    text = "".join(parts).replace("….", "…")
    # An abbreviated name already ends the sentence.
    return text[:-1] if text.endswith("..") else text


class _Absent:
    """Stands for a missing value in a text, in any format."""

    def __format__(self, form: str) -> str:
        return "…"


_ABSENT = _Absent()


@lru_cache(maxsize=4096)
def _parts(template: str) -> tuple[tuple[str, str | None, str, bool], ...]:
    """Return the parts of a template: a text, name and format of the value after it, and whether % follows."""
    percents = set(_PERCENT.findall(template))
    return tuple((before, name, form or "", name in percents) for before, name, form, _ in Formatter().parse(template))


def _shown(value: Any, language: str, *, is_percent: bool) -> Any:
    """
    Return a value as written in ``language``: 8 for 8.0, and 112,5 except in English.

    Numbers, percents and amounts with a currency are formatted; ids and laws that only look similar are not.
    """
    text = str(value)
    if isinstance(value, str) and _MONEY.fullmatch(text):
        return decimal(text, language).replace("\u202f", _THOUSANDS.get(language, "\u202f"))
    form = _NUMBER if is_percent or isinstance(value, float) else None
    if form is None or not isinstance(value, str | float) or not form.fullmatch(text):
        return value
    whole, _, decimals = text.partition(".")
    if not decimals.strip("0"):
        return whole
    return decimal(text, language)
