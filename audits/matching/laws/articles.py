"""
Citations of law articles in texts: article, item, law, and position.

A citation is read outwards from its article: levels after it ("art. 24.º, n.º 1, al. e), ii)", "artículo 54 fracción
IV", "art. 75, IX"), levels before it ("literal g del numeral 4 del artículo 2"), several articles ("artículos 26
fracción III, 40 y 41 fracción III"), and the law after or before it.

The words are tokenized once, and a fixed maximum number of tokens is read from each article, so the time is linear.
"""

import re
from itertools import pairwise

from msgspec import Struct

from audits.matching.laws.names import HEAD, LINKS, REACH, LawNames, NamedLaw, Token
from audits.matching.texts.normalize import Folded, fold

# The levels of an item, from the article down: "n.º 1, al. e), ii)" is ("1", "e", "ii").
Item = tuple[str, ...]

_ARTICLE = re.compile(rf"\b(?:{HEAD})")
_LEVEL = re.compile(r"[ivxl]{1,7}|[a-zñ]")
_ROMAN = re.compile(r"[ivxl]+")
_OPENING = frozenset({"(", '"', "'", "."})
_CLOSING = frozenset({")", '"', "'"})
_SUFFIXES = frozenset({"bis", "ter", "quater"})
# What joins levels ("artículo 27, en su literal e)"), values ("I y III") and articles ("24, IV, c/c art. 26").
_JOINTS = frozenset({"en", "su", "em", "la", "el", "y", "e", "de"})
_AND = frozenset({",", "y", "e", "o", "ou"})
_ALSO = frozenset(
    {"y", "e", "and", "con", "com", "c", "en", "em", "al", "ao", "los", "las", "o"}
    | {"concordancia", "relacion", "conformidade"}
)
_ORDINALS = frozenset(
    {"primer", "primero", "segundo", "tercer", "tercero", "cuarto", "quinto", "sexto", "septimo", "ultimo"}
    | {"penultimo", "antepenultimo", "primeiro", "terceiro", "quarto", "setimo"}
)
# Single letters that are also words: they are levels only in brackets or after a unit.
_WORDS = frozenset({"a", "e", "o", "y"})
_MAX_LEVELS = 8
_MAX_LINKS = 3


class Cited(Struct):
    """
    An article in a text, with the cited items; one empty item if the whole article is cited.

    ``start`` and ``end`` are offsets in the folded text. ``laws`` are the laws that may be meant: ``None`` if the text
    names no law, empty if it names a law that is not on record.
    """

    article: str
    items: list[Item]
    start: int
    end: int
    laws: tuple[str, ...] | None = None


class _Group(Struct):
    """Articles that share a law, and their tokens from ``first`` up to ``last``."""

    articles: list[Cited]
    first: int
    last: int

    def set_law(self, laws: tuple[str, ...] | None) -> None:
        for cited in self.articles:
            cited.laws = laws


class Grammar:
    """Reads citations of articles in the laws of one country, which texts call by ``names``."""

    def __init__(self, names: LawNames) -> None:
        self._names = names

    def read(self, folded: Folded, text: str) -> list[Cited]:
        """Return the articles that a text cites, in reading order; ``folded`` is the folded form of ``text``."""
        if "art" not in folded.text or not _ARTICLE.search(folded.text):
            return []
        tokens = self._names.split(folded, text)
        groups: list[_Group] = []
        place = 0
        while place < len(tokens):
            group = self._group(tokens, place) if tokens[place].kind == "head" else None
            if group is None:
                place += 1
            else:
                groups.append(group)
                place = group.last
        for group, following in reversed(list(pairwise(groups))):
            # "art. 24, IV, c/c art. 26 da Lei 8.666": the law comes once, at the end.
            between = tokens[group.last : following.first][: REACH + 1]
            if group.articles[0].laws is None and len(between) <= REACH and all(map(_is_also, between)):
                group.set_law(following.articles[0].laws)
        return [cited for group in groups for cited in group.articles]

    def read_row(self, article: str, item: str) -> tuple[str, Item]:
        """Return an article and an item, as written in a table, in the form in which citations are parsed."""
        text = f"art. {article} {item}"
        read = self.read(fold(text), text)
        return (read[0].article, read[0].items[0]) if read else ("", ())

    def _group(self, tokens: list[Token], head: int) -> _Group | None:
        articles, last = _articles(tokens, head)
        if not articles:
            return None
        above, first = _levels_before(tokens, head)
        if above:
            cited = articles[0]
            cited.items = [(*_without(cited.article, levels), *item) for levels in above for item in cited.items]
            cited.start = tokens[first].start
        named = self._names.after(tokens, last)
        if named and named.laws and len(articles) == 1:
            articles[0].end = tokens[named.after - 1].end
        group = _Group(articles, first, max(last, named.after if named else last))
        law: NamedLaw | None = named or self._names.before(tokens, first)
        group.set_law(law.laws if law else None)
        return group


def _articles(tokens: list[Token], head: int) -> tuple[list[Cited], int]:
    """Return the articles from a head on, and the position after them."""
    is_plural = tokens[head].value.rstrip(".").endswith("s")
    articles: list[Cited] = []
    end = head + 1
    while not articles or is_plural:
        # Only the plural "artículos" continues with another article: "40 y 41 fracción III".
        at = _skip(tokens, end, _AND, 2) if articles else _skip(tokens, end, frozenset({".", "°", ":"}), 2)
        if at >= len(tokens) or tokens[at].kind != "number" or (articles and at == end):
            break
        start = tokens[at if articles else head].start
        article = tokens[at].value
        at += 1
        if at < len(tokens) and _is_suffix(tokens, at):
            article += tokens[at].value
            at += 1
        items, end = _levels(tokens, at, article, is_plural=is_plural)
        articles.append(Cited(article, items, start, tokens[end - 1].end))
    return articles, end


def _levels(tokens: list[Token], place: int, article: str, *, is_plural: bool) -> tuple[list[Item], int]:
    """Return the items after an article, and the position after the last of their levels."""
    done: list[Item] = []
    item: list[str] = []
    end = place
    for _ in range(_MAX_LEVELS):
        start = _skip_paragraph(tokens, end)
        at = _level_start(tokens, start, is_first=not item)
        if at >= len(tokens):
            break
        if tokens[at].kind == "unit":
            value, after = _value(tokens, at + 1)
        else:
            value, after = _bare_value(tokens, at, article, follows_sign=at > start, is_plural=is_plural)
        if not value:
            break
        item.append(value.removeprefix(f"{article}."))
        end = after
        is_several = tokens[at].value.rstrip(".").endswith("s")
        while tokens[at].kind == "unit" and len(done) < _MAX_LEVELS:
            value, after = _another(tokens, end, value, is_several=is_several)
            if not value:
                break
            done.append(tuple(item))
            item[-1] = value
            end = after
    return [*done, tuple(item)], _skip_paragraph(tokens, end)


def _level_start(tokens: list[Token], place: int, *, is_first: bool) -> int:
    """Return where the next level may begin: after punctuation, "en su" or a law ("Art. 43 LCE Inciso b")."""
    at = place
    while at < len(tokens) and at < place + 2 and tokens[at].kind == "sign" and tokens[at].value in ",.;:(-/":
        at += 1
    if is_first and at + 1 < len(tokens) and tokens[at].kind == "law" and tokens[at + 1].kind == "unit":
        return at + 1
    unit = _skip(tokens, at, _JOINTS, 2)
    return unit if unit < len(tokens) and tokens[unit].kind == "unit" else at


def _value(tokens: list[Token], place: int) -> tuple[str, int]:
    """Return the value after a unit ("e)", "(IV)", "4", "II bis"), empty if there is none, and the place after it."""
    at = _skip(tokens, place, _OPENING, 2)
    if at >= len(tokens) or "/" in tokens[at].value:
        return "", place
    value = tokens[at].value
    if tokens[at].kind != "number" and not _LEVEL.fullmatch(value):
        return "", place
    at = _skip(tokens, at + 1, _CLOSING, 1)
    if at < len(tokens) and tokens[at].value in _SUFFIXES:
        value += tokens[at].value
        at += 1
    return value, at


def _bare_value(
    tokens: list[Token], place: int, article: str, *, follows_sign: bool, is_plural: bool
) -> tuple[str, int]:
    """
    Return a value without a unit, and the position after it; empty if there is none.

    The value is in brackets ("e)"), in capitals ("75, IX"), a number after punctuation ("24, 1"), or repeats the
    article ("27.1").
    """
    token = tokens[place]
    value, after = _value(tokens, place)
    if not value or token.value in _OPENING:
        return "", place
    if token.kind == "number":
        is_level = value.startswith(f"{article}.") or (follows_sign and not is_plural)
    else:
        is_closed = place + 1 < len(tokens) and tokens[place + 1].value in _CLOSING
        is_capital = token.is_capital and value not in _WORDS
        is_level = is_closed or (is_capital and (follows_sign or bool(_ROMAN.match(value))))
    return (value, after) if is_level else ("", place)


def _another(tokens: list[Token], place: int, value: str, *, is_several: bool) -> tuple[str, int]:
    """
    Return a further value of a level, in the same form: "fracciones I, III y VIII", "fracción I y III".

    After a unit in the singular, a comma starts the next level: "alínea e), ii)".
    """
    at = _skip(tokens, place, _AND, 2)
    joints = {token.value for token in tokens[place:at]}
    if not joints or not (is_several or joints - {","}):
        return "", place
    found, after = _value(tokens, at)
    is_alike = found[:1].isdigit() == value[:1].isdigit() and bool(_ROMAN.match(found)) >= bool(_ROMAN.match(value))
    # "numeral 4 y 5 años": a number followed by a unit starts a new level.
    is_next = after < len(tokens) and tokens[after].kind == "unit" and found.isdigit()
    return (found, after) if found and is_alike and not is_next else ("", place)


def _levels_before(tokens: list[Token], head: int) -> tuple[list[Item], int]:
    """Return the items before an article, the innermost level first, and the position where they begin."""
    levels: list[str] = []
    others: list[str] = []
    first = head
    while len(levels) < _MAX_LEVELS:
        at = first - 1
        while at >= 0 and tokens[at].value in LINKS and first - at <= _MAX_LINKS:
            at -= 1
        values, unit = _values_before(tokens, at) if at < first - 1 else ([], at)
        if not values:
            break
        if not levels:
            others = values[1:]
        levels.append(values[0])
        first = unit
    if len(levels) == 1:
        return [(value,) for value in (*reversed(others), *levels)], first
    return [tuple(levels)] if levels else [], first


def _values_before(tokens: list[Token], place: int) -> tuple[list[str], int]:
    """Return the values that end at ``place``, the last first, and where their unit is; empty without a unit."""
    values: list[str] = []
    at = place
    while at > 0 and len(values) < _MAX_LEVELS:
        if tokens[at].value in _CLOSING:
            at -= 1
        token = tokens[at]
        if token.kind not in {"number", "word"} or not (token.kind == "number" or _LEVEL.fullmatch(token.value)):
            break
        values.append(token.value)
        at -= 1
        while at > 0 and tokens[at].value in _OPENING:
            at -= 1
        if tokens[at].value not in _AND:
            break
        at -= 1
    return (values, at) if values and tokens[at].kind == "unit" else ([], place)


def _skip(tokens: list[Token], place: int, values: frozenset[str], most: int) -> int:
    """Return the position after at most ``most`` tokens that are in ``values``."""
    at = place
    while at < len(tokens) and at < place + most and tokens[at].value in values:
        at += 1
    return at


def _skip_paragraph(tokens: list[Token], place: int) -> int:
    """Return the position after "y antepenúltimo párrafo", "§ 1º", "caput": no row has a level for paragraphs."""
    at = _skip(tokens, place, _ORDINALS | _JOINTS | {","}, REACH)
    if at >= len(tokens) or tokens[at].kind != "skipped":
        return place
    at += 1
    return at + (at < len(tokens) and (tokens[at].kind == "number" or tokens[at].value in _ORDINALS))


def _is_suffix(tokens: list[Token], at: int) -> bool:
    """Return whether a token is part of an article's number: "8 bis", "5.º-A"."""
    token = tokens[at]
    if token.value in _SUFFIXES:
        return True
    is_joined = token.start - tokens[at - 1].end == 1 and token.is_capital and token.value in {"a", "b", "c"}
    return is_joined and not (at + 1 < len(tokens) and tokens[at + 1].value in _CLOSING)


def _is_also(token: Token) -> bool:
    return token.kind == "sign" or token.value in _ALSO


def _without(article: str, levels: Item) -> Item:
    """Return levels without the number of the article: "numeral 27.1" of article 27."""
    return (levels[0].removeprefix(f"{article}."), *levels[1:])
