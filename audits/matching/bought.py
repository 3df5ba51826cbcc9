"""
What is bought, as the head of a text says: "curso de …", "transporte para …", "combustible …".

A notice opens with how it buys ("contratación del servicio de mantenimiento de", "aquisição de licenças de"); these
carriers are looked through. If a thing that is not technology comes first, or a person is hired, the rest of the text
tells what it is for.
Carriers and such things are lists of words, see ``audits.matching.words``.
"""

import re

from audits.matching.normalize import Folded
from audits.matching.words import Words

CARRIER = "carrier"
OTHER_OBJECT = "other_object"
COURSE = "course"
HIRED = "hired"
PRODUCT_WORK = "product_work"
REFERENCE_PREFIX = "reference_prefix"

# Joins a carrier to what it carries; "para" and "for" end the head.
_LINKS = "a|al|ao|aos|as|com|con|d[aeo]|d[ao]s|del|e|el|em|en|la|las|lo|los|no|o|of|os|the|u|un|una|um|uma|unos|y"
# Numbers of processes and lots, quantities, dates: words that hold a digit.
_NUMBER = r"\w*\d[\w./-]*"
# "TIC-17 Prestar …": the number of a plan, folded, before all else.
_PLAN = r"[a-z]{2,12} \d[\w./-]*+[\W_]*+"
# "soporte a la gestión", "soporte al proyecto": the work of a person for an office, not on a product.
_STAFF_WORK = (
    r"(?: (?:a|al|de|del|en|la|las|los|tecnico)\b)*+ (?:gestion|proyectos?|usuarios?|oficina|area|areas|grupo)\b"
)
# A course heads what is bought behind it: "Posgrado: adquisición de cámaras". Within so many characters.
_SUPPLIED = (
    r"(?!(?:|[^\n]{0,200}?(?:[-–:;,.]|\b(?:com|con|incluye|inclui|with)\b))[\W_]*+(?:(?:y|e|and)\s)?"
    r"(?:ad?quisi[cs]\w+|aquisic\w+|camaras?|cameras?|compra|fornecimento|provision|purchase|sistemas? de|software|"
    r"suministro|supply|cctv|cftv)\b)"
)


class Heads:
    """The carriers and other objects of a set of words, compiled once."""

    def __init__(self, words: Words) -> None:
        carrier = f"(?:{words.any_of(CARRIER)}|{words.any_of(REFERENCE_PREFIX)})"
        # Who is hired "para el soporte técnico del software" sells the support of it; "apoyo a la gestión
        # hospitalaria; para el soporte" too.
        work = (
            rf"(?: \w+[;,])?(?:[\W_]+(?:{_LINKS}|para|for|brindar|realizar|prestar|especializad\w+)\b)*[\W_]+"
            rf"{words.any_of(PRODUCT_WORK)}\b(?!{_STAFF_WORK})"
        )
        # The longest words for who is hired, or none.
        course = rf"{words.any_of(COURSE)}\b{_SUPPLIED}"
        other = rf"(?:{words.any_of(OTHER_OBJECT)}|{course}|(?>{words.any_of(HIRED)})(?!{work}))"
        # "DE-34-GUB-DIPLOMADO": the letters of an office behind the number, right before another object.
        plan = rf"(?:{_PLAN}(?:[a-z]{{2,4}}[\W_](?={other}\b))?+)?+"
        # Quantifiers are possessive: a text that does not fit is given up at once.
        self._head = re.compile(
            rf"\A[\W_]*+{plan}(?:(?!{other}(?:e?s)?\b)(?:{_NUMBER}|(?:{carrier}(?:e?s)?|{_LINKS})\b)[\W_]*+)*+"
            # "capacitación y mantenimiento de cámaras" is an enumeration of carriers.
            rf"(?P<other>{other}(?:e?s)?)\b"
            rf"(?!(?:\s*[,;]|\s+(?:y|e|and)\b)[\s,;]*(?:(?:y|e|and)\s+)?{carrier}(?:e?s)?\b)"
        )

    def other_object(self, folded: Folded) -> tuple[int, int] | None:
        """Return the place, in the text as written, of a thing at the head that is not technology."""
        found = self._head.match(folded.text)
        if not found:
            return None
        return folded.written(found.start("other")), folded.written(found.end("other") - 1) + 1
