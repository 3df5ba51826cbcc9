"""One text prepared for matching: each step is computed once, however often the text recurs."""

from msgspec import Struct

from audits.matching.languages import text_language
from audits.matching.lexicon import Span, Term
from audits.matching.normalize import Folded
from audits.matching.products import Product
from audits.matching.watchlist import Name

# What a phrase stands for: for each language of a text the terms of the lexicon, each with how it must be written,
# and names.
TermsRead = dict[str, tuple[tuple[Term, bool, bool], ...]]
Meaning = tuple[TermsRead, tuple[Name, ...]]


class TextRead(Struct, gc=False):
    """
    A text folded, the phrases in it, and whether anything in it may be denied.

    ``languages`` holds the answers about its language, by the one that is declared; ``chosen`` the terms that count in
    it, by the language that it is read in; ``products`` those that no list holds, by the language of the record and
    whether names are asked for; ``names`` the names that stand in it, and ``offices_and_firms`` where theirs do: each
    is worked out when it is asked for.
    """

    folded: Folded
    hits: list[tuple[int, int, Meaning]]
    may_be_negated: bool
    languages: dict[str, str]
    chosen: dict[str, list[Span]]
    products: dict[tuple[str, bool], tuple[Product, ...]]
    names: list[tuple[int, int, Name]] | None = None
    offices_and_firms: tuple[tuple[int, int], ...] | None = None

    def language(self, declared: str) -> str:
        declared = declared[:2]  # which is all of it that counts
        known = self.languages.get(declared)
        if known is None:
            known = self.languages[declared] = text_language(self.folded.text, declared)
        return known
