"""
What is bought, as the head of a text says: "curso de …", "transporte para …", "combustible …".

A notice opens with how it buys ("contratación del servicio de mantenimiento de", "aquisição de licenças de"); these
carriers are looked through. If a thing that is not technology comes first, or a person is hired, the rest of the text
tells what it is for. Nothing is bought beside a person: what is joined to a post ("administrador de bases de datos y
servidores") names their duties. In English the head ends its noun: "cyber security training", "SharePoint developer".
Carriers and such things are lists of words, see ``audits.matching.words``.
"""

import re
from typing import NamedTuple

from audits.matching.normalize import Folded
from audits.matching.words import Words

CARRIER = "carrier"
OTHER_OBJECT = "other_object"
COURSE = "course"
HIRED = "hired"
POST = "post"
PRODUCT_WORK = "product_work"
REFERENCE_PREFIX = "reference_prefix"
LEGAL_FORM = "legal_form"
# Words about buying that name no thing, beside carriers: "acuerdo marco", "trabajos", "consultancy".
PROCEDURE = "procedure_word"
# Work of a person for an office, not on a product: "soporte a la gestión".
STAFF_WORK = "staff_work"
# What is bought although a course heads the text, and although a person is hired.
SUPPLIED = "supplied"
BUYING = "buying"
# Posts of persons that open a title, and phrases that begin like one ("asistente virtual").
OPENING_POST = "opening_post"
NOT_POST = "not_post"
# Words of technology or of running a centre, words for any system, and systems of buildings.
TECHNOLOGY = "technology"
PLAIN_SYSTEM = "plain_system"
BUILDING_SYSTEM = "building_system"
# The head of an English noun, which comes last: "cyber security awareness training", "SharePoint developer".
LAST_OBJECT = "last_object"
LAST_POST = "last_post"

# Joins a carrier to what it carries; "para" and "for" end the head.
_LINKS = (
    "a|al|an|and|ao|aos|as|com|con|d[aeo]|d[ao]s|del|e|el|em|en|la|las|lo|los|n[ao]s?|o|of|os|the|"
    "u|un|una|um|uma|unos|y"
)
# Numbers of processes and lots, quantities, dates: words that hold a digit.
_NUMBER = r"\w*\d[\w./-]*"
# A number in words behind its digits: "885 (oitocentos e oitenta e cinco) placas".
_IN_WORDS = (
    r"(?: ?\((?:ce|ci|cua|cin|do|du|mil|n(?:ov|ue)|o(?:ch|it|n)|qu|s[ei]|tr|um|una?\b|v[ei]|d(?:ez|iez)|cator)"
    r"[a-z ]{0,60}\))?+"
)
# "TIC-17 Prestar …": the number of a plan, folded, before all else.
_PLAN = r"[a-z]{2,12} \d[\w./-]*+[\W_]*+"
# The name of a programme and its place before the object in brackets: "Cámaras, Localización: Distrital (Obra …)".
_PROGRAMME = r"(?:[^()\n]{1,160}?\blocali[sz]ac(?:ion|ao)\W[^()\n]{0,80}\()?+"
# A town before the object, as notices of Great Britain name it: "GB-Glasgow: servers".
_TOWN = r"(?:gb [a-z][a-z .']{1,40}: )?+"
# "soporte a la gestión", "soporte al proyecto": the work of a person for an office, not on a product.
_FOR_STAFF = r"(?: (?:a|al|de|del|en|la|las|los|tecnico)\b)*+ "
# A course heads what is bought behind it: "Posgrado: adquisición de cámaras". Within so many characters.
_BEHIND_COURSE = r"(?:|[^\n]{0,200}?(?:[-–:;,.]|\b(?:com|con|incluye|inclui|with)\b))[\W_]*+(?:(?:y|e|and)\s)?"


# Words that may stand before the last one of an English noun, which heads it, and where such a noun ends.
_BEFORE_LAST = (
    r"(?:(?!(?:a|an|and|as|at|by|for|from|in|inclu(?:des?|ding)|of|on|or|the|to|with)\b)[\w&/'’+-]{1,40}+ ){1,6}?"
    # "Administering servers 2012-Course 20411"
    r"(?:\d{1,6}-)?"
)
_NOUN_END = r"(?=\s*+(?:\d[\d.]*+\s*+)?(?:\Z|[.,;:()–—-]|(?:at|by|for|from|in|of|on|to|under)\b))"

# What is joined to words of buying is one thing of several that are done: "supply, delivery and product training for".
_NOT_JOINED = r"(?<!\band )(?<!, )"

# The last of several things that are done to one is not what is bought: "mantenimiento y capacitación del software".
_NOT_LAST = r"(?!(?<=\w [ey] )\w{1,40} (?:del|de l[ao]s?|d[ao]s?) )"

# A person's post opens a title: "Profesional de sistemas", "1 Técnico V en análisis"; "asistente virtual" is none.
_OPENING = r"(?:\d{1,2} )?(?:un[ao]? |um )?"
# A system that something else is for: "mobiliario del sistema", "para el sistema".
_OF_SYSTEM = r"(?<!del )(?<!do )(?<!para el )(?<!para o )(?<!of the )"


class OtherObject(NamedTuple):
    """Where, in the text as written, a thing stands that is not technology; ``is_post`` if it is a person's post."""

    start: int
    end: int
    is_post: bool


class Heads:
    """The carriers and other objects of a set of words, compiled once."""

    def __init__(self, words: Words) -> None:
        # "da empresa Exemplo Ltda. para …": whoever sells is named before what is sold.
        firm = rf"(?:[\w&'-]{{1,40}}+ ){{1,6}}?(?:{words.any_of(LEGAL_FORM)}|s\.a)\.?,? (?:para|for)"
        carrier = f"(?:{words.any_of(CARRIER, REFERENCE_PREFIX)}|{firm})"
        # Who is hired "para el soporte técnico del software" sells the support of it; "apoyo a la gestión
        # hospitalaria; para el soporte" too.
        work = (
            rf"(?: \w+[;,])?(?:[\W_]+(?:{_LINKS}|para|for|brindar|realizar|prestar|especializad\w+)\b)*[\W_]+"
            rf"{words.any_of(PRODUCT_WORK)}\b(?!{_FOR_STAFF}{words.any_of(STAFF_WORK)}\b)"
        )
        # The longest words for the person hired, or none.
        course = rf"{words.any_of(COURSE)}\b(?!{_BEHIND_COURSE}{words.any_of(SUPPLIED)}\b)"
        post = words.any_of(POST)
        opens = rf"{_OPENING}(?!{words.any_of(NOT_POST)}\b){words.any_of(OPENING_POST)}"
        thing = rf"{_NOT_LAST}(?:{words.any_of(OTHER_OBJECT)}|{course}|(?>{words.any_of(HIRED)})(?!{work}))"
        other = rf"(?:{post}|{thing})"
        # "DE-34-GUB-DIPLOMADO": the letters of an office behind the number, right before another object.
        plan = rf"(?:{_PLAN}(?:[a-z]{{2,4}}[\W_](?={other}\b))?+)?+"
        # Quantifiers are possessive: a text that does not fit is given up at once.
        self._head = re.compile(
            rf"\A{_PROGRAMME}{_TOWN}[\W_]*+{plan}(?:(?P<opens>{opens})\b|"
            rf"(?:(?!{other}(?:e?s)?\b)(?:{_NUMBER}\b{_IN_WORDS}|(?:{carrier}(?:e?s)?|{_LINKS})\b)[\W_]*+)*+"
            rf"(?:{_NOT_JOINED}{_BEFORE_LAST}(?:(?P<last_post>{words.any_of(LAST_POST)})|"
            rf"(?P<last_thing>{words.any_of(LAST_OBJECT)})){_NOUN_END}|"
            rf"(?P<post>{post}(?:e?s)?)\b|(?P<thing>{thing}(?:e?s)?)\b"
            # "capacitación y mantenimiento de cámaras" is an enumeration of carriers.
            rf"(?!(?:\s*[,;]|\s+(?:y|e|and)\b)[\s,;]*(?:(?:y|e|and)\s+)?{carrier}(?:e?s)?\b)))"
        )

        self._carriers = re.compile(
            rf"\A{_PROGRAMME}{_TOWN}[\W_]*+{plan}(?:(?:{_NUMBER}\b{_IN_WORDS}|(?:{carrier}(?:e?s)?|{_LINKS})\b)[\W_]*+)*+"
        )

        self._no_thing = re.compile(
            rf"\A[\W_]*+(?:(?:{_NUMBER}|(?:{carrier}|{words.any_of(PROCEDURE)})(?:e?s)?|{_LINKS})\b[\W_]*+)*+\Z"
        )
        self._buying = re.compile(rf"\b{words.any_of(BUYING)}\b(?! public)")
        self._technology = re.compile(
            rf"\b(?:{words.any_of(TECHNOLOGY)}|"
            rf"{_OF_SYSTEM}{words.any_of(PLAIN_SYSTEM)}(?! (?:de )?{words.any_of(BUILDING_SYSTEM)}\b))\b"
        )

    def begins(self, folded: Folded) -> int:
        """Return where what is bought begins, behind carriers, in the text as written; its length if it does not."""
        carriers = self._carriers.match(folded.text)
        end = carriers.end() if carriers else 0
        return folded.written(end) if end < len(folded.text) else folded.written(end - 1) + 1 if end else 0

    def other_object(self, folded: Folded) -> OtherObject | None:
        """Return the thing at the head that is not technology, ``None`` if there is none."""
        found = self._head.match(folded.text)
        if not found:
            return None
        kind = found.lastgroup or "thing"
        start, end = found.span(kind)
        is_post = not kind.endswith("thing")
        return OtherObject(*folded.span(start, end), is_post=is_post)

    def names_thing(self, text: str) -> bool:
        """Tell whether a folded text holds more than words of how something is bought."""
        return not self._no_thing.match(text)

    def tells_of_buying(self, text: str) -> bool:
        """Tell whether a folded text tells of buying a thing, beside a person who is hired: all else are duties."""
        return bool(self._buying.search(text))

    def names_technology(self, text: str) -> bool:
        """Tell whether a folded text names technology, or running it; a system that something else is for is none."""
        return bool(self._technology.search(text))
