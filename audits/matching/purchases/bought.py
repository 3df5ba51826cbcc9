"""
Find what is bought, from the head of a text: "curso de …", "transporte para …", "combustible …".

A notice begins with how it buys ("contratación del servicio de mantenimiento de", "aquisição de licenças de"); these
carrier phrases are skipped. If the first thing is not technology, or a person is hired, the rest of the text says what
it is for. Text joined to a post ("administrador de bases de datos y servidores") describes duties. In English the head
is the last noun: "cyber security training", "SharePoint developer". Carriers and other objects are word lists, see
``audits.matching.texts.word_lists``.
"""

import re
from typing import NamedTuple

from audits.matching.texts.normalize import Folded
from audits.matching.texts.word_lists import Words

# Connects a carrier with its object; "para" and "for" end the head.
_LINKS = (
    "a|al|an|and|ao|aos|as|com|con|d[aeo]|d[ao]s|del|e|el|em|en|la|las|lo|los|n[ao]s?|o|of|os|the|"
    "u|un|una|um|uma|unos|y"
)
# Process and lot numbers, quantities, dates: words that contain a digit.
_NUMBER = r"\w*\d[\w./-]*"
# A number in words after its digits: "885 (oitocentos e oitenta e cinco) placas".
_IN_WORDS = (
    r"(?: ?\((?:ce|ci|cua|cin|do|du|mil|n(?:ov|ue)|o(?:ch|it|n)|qu|s[ei]|tr|um|una?\b|v[ei]|d(?:ez|iez)|cator)"
    r"[a-z ]{0,60}\))?+"
)
# "TIC-17 Prestar …", "6-PS-333475 Prestar …": number of a plan, folded, at the beginning.
_PLAN = r"(?:\d{1,3} )?+[a-z]{2,12} \d[\w./-]*+[\W_]*+"
# Name and place of a programme before the object in brackets: "Cámaras, Localización: Distrital (Obra …)".
_PROGRAMME = r"(?:[^()\n]{1,160}?\blocali[sz]ac(?:ion|ao)\W[^()\n]{0,80}\()?+"
# A town before the object, as in notices from Great Britain: "GB-Glasgow: servers".
_TOWN = r"(?:gb [a-z][a-z .']{1,40}: )?+"
# "soporte a la gestión", "soporte al proyecto": a person's work for an office, not on a product.
_FOR_STAFF = r"(?: (?:a|al|de|del|en|la|las|los|tecnico)\b)*+ "
# A course can introduce another object: "Posgrado: adquisición de cámaras". Maximum distance in characters.
_BEHIND_COURSE = r"(?:|[^\n]{0,200}?(?:[-–:;,.]|\b(?:com|con|incluye|inclui|with)\b))[\W_]*+(?:(?:y|e|and)\s)?"


# Words that may precede the head of an English noun phrase, and where such a phrase ends.
_BEFORE_LAST = (
    r"(?:(?!(?:a|an|and|as|at|by|for|from|in|inclu(?:des?|ding)|of|on|or|the|to|with)\b)[\w&/'’+-]{1,40}+ ){1,6}?"
    # "Administering servers 2012-Course 20411"
    r"(?:\d{1,6}-)?"
)
_NOUN_END = r"(?=\s*+(?:\d[\d.]*+\s*+)?(?:\Z|[.,;:()–—-]|(?:at|by|for|from|in|of|on|to|under)\b))"

# Joined procurement words are several activities: "supply, delivery and product training for".
_NOT_JOINED = r"(?<!\band )(?<!, )"

# The last of several activities on an object is not the object: "mantenimiento y capacitación del software".
_NOT_LAST = r"(?!(?<=\w [ey] )\w{1,40} (?:del|de l[ao]s?|d[ao]s?) )"

# A job title at the beginning: "Profesional de sistemas", "1 Técnico V en análisis"; but not "asistente virtual".
_OPENING = r"(?:\d{1,2} )?(?:un[ao]? |um )?"
# A system that something else is for: "mobiliario del sistema", "para el sistema".
_OF_SYSTEM = r"(?<!del )(?<!do )(?<!para el )(?<!para o )(?<!of the )"


class OtherObject(NamedTuple):
    """Position in the original text of a thing that is not technology; ``is_post`` if it is a job."""

    start: int
    end: int
    is_post: bool


class Heads:
    """The carriers and other objects of a set of words, compiled once."""

    def __init__(self, words: Words) -> None:
        # "da empresa Exemplo Ltda. para …": the seller is named before what is sold.
        firm = rf"(?:[\w&'-]{{1,40}}+ ){{1,6}}?(?:{words.any_of('legal_form')}|s\.a)\.?,? (?:para|for)"
        carrier = f"(?:{words.any_of('carrier', 'reference_prefix')}|{firm})"
        # A person hired "para el soporte técnico del software" provides its support; also in "apoyo a la gestión
        # hospitalaria; para el soporte".
        work = (
            rf"(?: \w+[;,])?(?:[\W_]+(?:{_LINKS}|para|for|brindar|realizar|prestar|especializad\w+)\b)*[\W_]+"
            rf"{words.any_of('product_work')}\b(?!{_FOR_STAFF}{words.any_of('staff_work')}\b)"
        )
        # The words for hired persons, the longest first, or none.
        course = rf"{words.any_of('course')}\b(?!{_BEHIND_COURSE}{words.any_of('supplied')}\b)"
        post = words.any_of("post")
        opens = rf"{_OPENING}(?!{words.any_of('not_post')}\b){words.any_of('opening_post')}"
        thing = rf"{_NOT_LAST}(?:{words.any_of('other_object')}|{course}|(?>{words.any_of('hired')})(?!{work}))"
        other = rf"(?:{post}|{thing})"
        # "DE-34-GUB-DIPLOMADO": the letters of an office after the number, directly before another object.
        plan = rf"(?:{_PLAN}(?:[a-z]{{2,4}}[\W_](?={other}\b))?+)?+"
        # Possessive quantifiers: a text that does not match fails at once.
        self._head = re.compile(
            rf"\A{_PROGRAMME}{_TOWN}[\W_]*+{plan}(?:(?P<opens>{opens})\b|"
            rf"(?:(?!{other}(?:e?s)?\b)(?:{_NUMBER}\b{_IN_WORDS}|(?:{carrier}(?:e?s)?|{_LINKS})\b)[\W_]*+)*+"
            rf"(?:{_NOT_JOINED}{_BEFORE_LAST}(?:(?P<last_post>{words.any_of('last_post')})|"
            rf"(?P<last_thing>{words.any_of('last_object')})){_NOUN_END}|"
            rf"(?P<post>{post}(?:e?s)?)\b|(?P<thing>{thing}(?:e?s)?)\b"
            # "capacitación y mantenimiento de cámaras" lists carriers.
            rf"(?!(?:\s*[,;]|\s+(?:y|e|and)\b)[\s,;]*(?:(?:y|e|and)\s+)?{carrier}(?:e?s)?\b)))"
        )

        self._carriers = re.compile(
            rf"\A{_PROGRAMME}{_TOWN}[\W_]*+{plan}(?:(?:{_NUMBER}\b{_IN_WORDS}|(?:{carrier}(?:e?s)?|{_LINKS})\b)[\W_]*+)*+"
        )

        self._no_thing = re.compile(
            rf"\A[\W_]*+(?:(?:{_NUMBER}|(?:{carrier}|{words.any_of('procedure_word')})(?:e?s)?|{_LINKS})\b[\W_]*+)*+\Z"
        )
        self._buying = re.compile(rf"\b{words.any_of('buying')}\b(?! public)")
        self._technology = re.compile(
            rf"\b(?:{words.any_of('technology')}|"
            rf"{_OF_SYSTEM}{words.any_of('plain_system')}(?! (?:de )?{words.any_of('building_system')}\b))\b"
        )

    def begins(self, folded: Folded) -> int:
        """Return where the object begins, after carriers, in the original text; its length if there is none."""
        carriers = self._carriers.match(folded.text)
        end = carriers.end() if carriers else 0
        return folded.written(end) if end < len(folded.text) else folded.written(end - 1) + 1 if end else 0

    def other_object(self, folded: Folded) -> OtherObject | None:
        """Return the thing at the head that is not technology; ``None`` if there is none."""
        found = self._head.match(folded.text)
        if not found:
            return None
        kind = found.lastgroup or "thing"
        start, end = found.span(kind)
        is_post = not kind.endswith("thing")
        return OtherObject(*folded.span(start, end), is_post=is_post)

    def names_thing(self, text: str) -> bool:
        """Return whether a folded text contains more than words about how something is bought."""
        return not self._no_thing.match(text)

    def mentions_buying(self, text: str) -> bool:
        """Return whether a thing is bought besides a hired person; otherwise a folded text lists duties."""
        return bool(self._buying.search(text))

    def names_technology(self, text: str) -> bool:
        """Return whether a folded text names technology, or its operation; not the system that a thing is for."""
        return bool(self._technology.search(text))
