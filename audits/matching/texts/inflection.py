"""
Inflected forms of a term in Spanish, Portuguese and English: number, gender, articles, joined or separate.

Forms are generated when a lexicon is compiled. A form that nobody writes does no harm: it is never found. The rules
follow common school grammars.
"""

import re
from functools import cache
from itertools import product

from audits.matching.texts.normalize import fold_phrase

# Maximum number of forms; further forms of long terms are ever less likely to be written.
MAX_FORMS = 160

_SPANISH_LINKS = "a al con contra de del desde e el en entre la las lo los o para por sin sobre u un una y"
_PORTUGUESE_LINKS = (
    "a ao aos as com contra da das de do dos e em entre na nas no nos o os ou para pela pelo por sem um uma"
)
_ENGLISH_LINKS = "a an and as at by for from in of on or the to with without"
_LINKS = {
    "es": frozenset(_SPANISH_LINKS.split()),
    "pt": frozenset(_PORTUGUESE_LINKS.split()),
    "en": frozenset(_ENGLISH_LINKS.split()),
}
_ARTICLES = {
    "es": {"de": ("de", "del", "de la", "de las", "de los"), "del": ("del", "de"), "con": ("con", "con la", "con el")},
    "pt": {"de": ("de", "do", "da", "dos", "das"), "da": ("da", "de"), "do": ("do", "de"), "em": ("em", "na", "no")},
    "en": {},
}
_COMPOUND = re.compile(
    r"^(video|tele|radio|ciber|cyber|micro|multi|geo|data|foto|bio|auto|inter|super|banco)([a-z]{4,})$"
)
_APART = re.compile(r"\b(video|tele|radio|ciber|cyber|micro|multi|geo|data|foto|bio) ([a-z]{4,})")
_GENDER = (
    ("ado", "ada"),
    ("ido", "ida"),
    ("ico", "ica"),
    ("ivo", "iva"),
    ("ario", "aria"),
    ("dor", "dora"),
    ("dore", "dora"),
    ("nico", "nica"),
    ("unico", "unica"),
    ("propio", "propia"),
)
# A single word has another gender only if it ends like an adjective: "armada" is not a form of "armado".
_ADJECTIVES = ("ico", "ica", "icos", "icas", "ivo", "iva", "ivos", "ivas")
_VOWEL = re.compile("[aeiou]")
# Portuguese stems since the spelling agreement, and before it; Brazil keeps some old ones ("detecção").
_OLD_OF_NEW = {
    "arquitet": "arquitect",
    "atualiz": "actualiz",
    "conetiv": "conectiv",
    "detecao": "deteccao",
    "direcao": "direccao",
    "eletr": "electr",
    "infraestrutur": "infra estrutur",
    "inspecao": "inspeccao",
    "interativ": "interactiv",
    "otic": "optic",
    "projet": "project",
    "protecao": "proteccao",
    "rececao": "recepcao",
    "setor": "sector",
}
_NEW_OF_OLD = {old: new for new, old in _OLD_OF_NEW.items()}
_NEW, _OLD = (re.compile(rf"\b(?:{'|'.join(stems)})") for stems in (_OLD_OF_NEW, _NEW_OF_OLD))
_LETTERS_THEN_DIGITS = re.compile(r"\b([a-z]{3,}) ?(\d{3,})\b")


def forms(term: str, language: str) -> set[str]:
    """Return the folded forms of a term; only itself in a language other than ``es``, ``pt`` and ``en``."""
    folded = fold_phrase(term)
    if language not in _LINKS or is_abbreviation(term):
        return {folded}
    found = set(_inflected(folded, language))
    for form in tuple(found):
        found.update(_spellings(form))
    if language == "pt":
        for form in tuple(found):
            found.update(_by_agreement(form))
    if "-" in term:
        found.update(_inflected(fold_phrase(term.replace("-", "")), language))
    if len(found) > MAX_FORMS:
        found = set(sorted(found, key=lambda form: (abs(len(form) - len(folded)), form))[:MAX_FORMS])
    return found | {folded}


def _by_agreement(form: str) -> set[str]:
    """Return a form in Portuguese spelling before and after the agreement of 1990."""
    return {
        _OLD.sub(lambda old: _NEW_OF_OLD[old[0]], form),
        _NEW.sub(lambda new: _OLD_OF_NEW[new[0]], form),
    } - {form}


def is_abbreviation(term: str) -> bool:
    """Return whether a term has capitals in the lexicon ("LPR", "SaaS"): it has no plural and no gender."""
    return " " not in term and (term.isupper() or term[1:] != term[1:].lower())


def _inflected(folded: str, language: str) -> list[str]:
    """Inflect each group of words between prepositions separately, with agreement within the group."""
    links, articles = _LINKS[language], _ARTICLES[language]
    choices: list[tuple[str, ...]] = []
    group: list[str] = []

    def close() -> None:
        if group:
            choices.append(_group_forms(group, language))
            group.clear()

    for word in folded.split(" "):
        if word in links:
            close()
            choices.append(articles.get(word, (word,)))
        else:
            group.append(word)
    close()
    combined: list[str] = []
    for parts in product(*choices):
        combined.append(" ".join(parts))
        if len(combined) >= MAX_FORMS:
            break
    return combined


def _group_forms(words: list[str], language: str) -> tuple[str, ...]:
    """Return a noun phrase as written, in the other number, and in the other gender."""
    other = [_other_number(word, language) for word in words]
    found = {" ".join(words): None, " ".join(other): None}
    if len(words) > 1:
        if language == "en":
            # English puts the noun last, and its adjectives have no number.
            found[" ".join([*words[:-1], other[-1]])] = None
        else:
            # "cámaras domo", "cámaras ptz": a modifier may be invariable.
            found[" ".join([other[0], *words[1:]])] = None
    if language != "en":
        for form in tuple(found) if len(words) > 1 or words[0].endswith(_ADJECTIVES) else ():
            turned = " ".join(_other_gender(word) for word in form.split(" "))
            found[turned] = None
    return tuple(found)


# Terms share words, so results are cached.
@cache
def _other_number(word: str, language: str) -> str:
    # "red" has a plural, "ptz" has none; short words ending in s are more often abbreviations than plurals: "aw" and
    # "rpa" are not forms of "aws" and "rpas".
    if len(word) < 3 or not word.isalpha() or not _VOWEL.search(word) or (len(word) < 5 and word.endswith("s")):
        return word
    if language == "en":
        return _english_number(word)
    return _plural_of(word, language) if not _is_plural(word) else _singular_of(word, language)


def _is_plural(word: str) -> bool:
    return word.endswith("s") and not word.endswith(("sis", "ss", "us"))


def _plural_of(word: str, language: str) -> str:
    if language == "pt":
        for singular, plural in (("cao", "coes"), ("ao", "oes"), ("al", "ais"), ("el", "eis"), ("il", "is")):
            if word.endswith(singular):
                return word.removesuffix(singular) + plural
        if word.endswith("m"):
            return word[:-1] + "ns"
    if word.endswith("z"):
        return word[:-1] + ("ces" if language == "es" else "zes")
    return word + "s" if word[-1] in "aeiou" else word + "es"


def _singular_of(word: str, language: str) -> str:
    pairs: tuple[tuple[str, str], ...] = (("ciones", "cion"), ("siones", "sion"), ("ces", "z"))
    if language == "pt":
        pairs = (("coes", "cao"), ("oes", "ao"), ("ais", "al"), ("eis", "el"), ("ns", "m"), ("zes", "z"))
    for plural, singular in pairs:
        if word.endswith(plural):
            return word.removesuffix(plural) + singular
    if word.endswith(("res", "les", "nes", "des", "jes")) and word[-4:-3] in "aeiou" and word[-3] in "rlnd":
        return word[:-2]
    return word[:-1]


def _english_number(word: str) -> str:
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "xes", "sses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("ch", "sh", "x", "ss")) else "s")


@cache
def _other_gender(word: str) -> str:
    plural = "s" if word.endswith("s") else ""
    stem = word.removesuffix("s")
    for masculine, feminine in _GENDER:
        if stem.endswith(masculine):
            return stem.removesuffix(masculine) + feminine + plural
        if stem.endswith(feminine):
            return stem.removesuffix(feminine) + masculine + plural
    return word


@cache
def _apart(word: str) -> str:
    return _COMPOUND.sub(r"\1 \2", word)


def _spellings(form: str) -> set[str]:
    """Return compounds joined and separate: ``videovigilancia``, ``video vigilancia``; ``ecu 911``, ``ecu911``."""
    found = set()
    apart = " ".join(map(_apart, form.split(" ")))
    joined = _APART.sub(r"\1\2", form)
    found.update({apart, joined} - {form})
    numbered = _LETTERS_THEN_DIGITS.search(form)
    if numbered:
        found.add(_LETTERS_THEN_DIGITS.sub(r"\1\2", form))
        found.add(_LETTERS_THEN_DIGITS.sub(r"\1 \2", form))
    return found
