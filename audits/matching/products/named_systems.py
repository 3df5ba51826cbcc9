"""Names of systems in Spanish and Portuguese: the word after "sistema" or "software" that is not descriptive."""

import re
from collections.abc import Iterable, Iterator

from audits.matching.products.spelling import ROMAN, Case, has_inner_capital, is_spelt_as_name
from audits.matching.products.words import SHORT_WORD, WHOSE, ProductWords
from audits.matching.texts.normalize import Folded

# Maximum number of words between "sistema" and its name.
_SYSTEM_WORDS = 8
_NEXT_WORD = re.compile(r"(?P<opening> [\"'(]?)(?P<word>[^\W_]\w{0,40})")
_CLAUSE_END = re.compile(r" ?(?:[.,;:)\-–/]|\Z)")
# Endings of descriptive words: "financiero", "contratación", "tributaria", "gestões".
_DESCRIBING_END = re.compile(
    r"[a-z]{1,40}(?:c[ia]o|[cs]ion(?:es)?|[cs]oes|[mi]ent[oa]s?|ment[oa]s?|"
    r"[id]ad(?:es?)?|[ae]ncias?|[itc]os?|[itc]as?|[aeio]rios?|[aeio]rias?|"
    r"iv[oa]s?|[aeiu]d[oa]s?|im[oa]s?|bles?|vel|veis|[aeiu]l(?:es)?|[ao]is|[aeo]r(?:es)?|[aei]ntes?|[ae]r[oa]s?|eir[oa]s?|or[ae]s?|istas?|ismos?|"
    r"os[oa]s?|uras?|ajes?|agem|agens|i[ao]s?|[a-z]{3}[aeo]s|emas?|[eio]ns|undo|iva|ndo)"
)
# What follows the name of a system if nothing else marks it: end of a clause, or words for owner or purpose.
_AFTER_NAME = re.compile(
    r" ?(?:[.,;:()\-–/®]|\Z| (?:al?|as?|ante|com|como|con|da|das|de|del|do|dos|e|el|em|en|la|na|no|o|"
    r"para|por|pro|que|sas|segun|ver\w*|\w{3,40}[ai]d[oa]s?|v ?\d\S*|web|y|erp|software|\d\S*)\b)"
)
# Maximum number of descriptive words between "sistema" and its name.
_DESCRIBING_WORDS = 10


def named_after_work(
    text: str,
    folded: Folded,
    case: Case,
    language: str,
    patterns: ProductWords,
    systems: Iterable[re.Match[str]],
) -> Iterator[tuple[int, int]]:
    """
    Yield the positions, in the folded text, of names after a description: "software de gestão NAVIA".

    In a text in capitals, the spelling of the name must be impossible for a word of the language.
    """
    for kind in systems:
        position, before = kind.end(), ""
        for _ in range(_SYSTEM_WORDS):
            found = _NEXT_WORD.match(folded.text, position)
            if not found or found["word"] in patterns.bodies:
                break
            position = found.end()
            name = text[slice(*folded.span(found.start("word"), position))]
            stands_out = has_inner_capital(name)
            if not patterns.is_no_name(found, "word") and len(name) > 2 and (stands_out or name.isupper()):
                if stands_out:
                    is_name = True
                elif case is Case.CAPITALS:
                    is_opened = found["opening"] != " "
                    # "SISTEMA CYBIRA BPM", "SISTEMA DE GESTION MUNICIPAL BDSOFT."
                    is_placed = not before or (before not in WHOSE and _CLAUSE_END.match(folded.text, position))
                    is_name = bool(is_opened or is_placed) and is_spelt_as_name(name, case, language, direct=is_opened)
                else:
                    is_name = before not in WHOSE and not name.isdigit() and not _names_kind(kind, name, case)
                if is_name:
                    yield found.span("word")
                    break
            before = found["word"]


def named_by_place(
    text: str, folded: Folded, case: Case, patterns: ProductWords, systems: Iterable[re.Match[str]]
) -> Iterator[tuple[int, int]]:
    """
    Yield the positions, in the folded text, of names recognised by their position, however they are spelt.

    "SISTEMA DE INFORMACIÓN FINANCIERO Y ADMINISTRATIVO SINFA EN EL MUNICIPIO": the first non-descriptive word after
    "sistema", if no "de" precedes it and the clause ends or continues after it; directly after "sistema", also after
    one more such word ("PLATAFORMA ARIES NET EN"). In text in lower case, a capital is enough ("software de gestión de
    cementerios Thanatos").
    """
    for kind in systems:
        position, before, is_small = kind.end(), "", False
        for _ in range(_DESCRIBING_WORDS):
            found = _NEXT_WORD.match(folded.text, position)
            if not found or found["word"] in patterns.bodies:
                break
            word, position = found["word"], found.end()
            name = text[slice(*folded.span(found.start("word"), position))]
            is_capital_alone = case is Case.SPOKEN and is_small and name[0].isupper()
            ends = bool(_AFTER_NAME.match(folded.text, position))
            if (
                word in WHOSE
                or word in patterns.describing
                or patterns.is_no_name(found, "word")
                or (_DESCRIBING_END.fullmatch(word) and not (is_capital_alone and ends))
            ):
                before, is_small = word, name.islower()
                continue
            if (
                len(word) > SHORT_WORD
                and word.isalpha()
                and not ROMAN.fullmatch(word)
                and name[0].isupper()
                and before not in WHOSE
                and not _names_kind(kind, name, case)
                and (ends or (not before and _goes_on(text, folded, position, patterns)))
            ):
                yield found.span("word")
            break


def _names_kind(systems: re.Match[str], name: str, case: Case) -> bool:
    """Return whether an abbreviation is the kind of several systems: "sistemas AVAC"."""
    return case is not Case.CAPITALS and name.isupper() and systems.group().endswith("s")


def _goes_on(text: str, folded: Folded, position: int, patterns: ProductWords) -> bool:
    """Return whether the name of a system ends after one more non-descriptive word."""
    found = _NEXT_WORD.match(folded.text, position)
    if not found or found["opening"] != " ":
        return False
    word, end = found["word"], found.end()
    is_capital = text[folded.written(found.start("word"))].isupper()
    describes = word in patterns.describing or word in patterns.bodies or _DESCRIBING_END.fullmatch(word)
    return is_capital and not describes and bool(_AFTER_NAME.match(folded.text, end))
