"""Location of data as the texts of a record state it; used by rules T09 and T10."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from audits.facts.technology.hosting.foreign_places import places_in
from audits.judging.dossiers.known_facts import cached_fact
from audits.judging.dossiers.parts import WORDS_OF_RECORD
from audits.judging.dossiers.process import Dossier
from audits.matching.lexicon import BOTH, STRONG, Mention, Term, mention_of

_ABROAD = ("hosting_abroad", "cross_border_transfer")
_HOME = ("hosting_at_home", "data_residency")
# Number of characters that are searched around a place ("fuera del territorio nacional"): before it for its data and
# for a negation, after it for a prohibition.
_DATA_REACH = 60
_DENIAL_REACH = 90
_PROHIBITION_REACH = 40

_DATA = re.compile(
    r"\b(datos?|dados|data|informacion|informacao|information|records|servidor(es)?|servers?|"
    r"data ?cent(er|re)s?|centros? de datos|centros? de (computo|processamento)|nube|nuvem|cloud|backups?|respaldos?|"
    r"(alojad|hospedad|almacenad|armazenad)[oa]s?|(alojamien|hospedage|almacena|armazena)\w*|host(ed|ing)|stor(ed|age)|"
    r"plataformas?|platforms?|repositori\w*)\b"
)
# Other things that are abroad or outdoors: people who train or travel, cameras on a wall.
_OTHERS = re.compile(
    r"\b(capacita|treina|train|entrena|curso|course|viaj|viag|trip|visit|pasant|estagi|beca|bolsa|camar|camer)\w*"
)
# Words that data are in the place after them, or are accessed from it; and firms, whose seat says nothing about data.
_LIES = re.compile(
    r"\b(?:access|acces|aloja|almacen|armazen|host|hosped|kept|localiz|locat|perman|remain|resid|servidores|servers|"
    r"situad|soport|stor|support|suport|transfer|ubica)\w*"
)
_FIRMS = re.compile(
    r"\b(?:bidders?|contratad[ao]|contratista|empresas?|firms?|fornecedor\w*|incorporated|licitante\w*|offices?|oferente\w*|"
    r"oficinas?|postor\w*|proponente\w*|proveedor\w*|sedes?|suppliers?|vendors?)\b"
)
_OUT_OF_DOORS = re.compile(r"^ (del|de la|de los|de las|do|da|dos|das)\b")
_CLAUSE_END = re.compile(r"[.;:!?\n]|\b(?:sino|pero|mas|porem|but|however|aunque|embora|senao)\b")
# In Portuguese, "no" before a noun is no negation: "no servidor", "no data center".
_DENIED = re.compile(
    r"\b(no(?! (ambiente|ambito|banco|caso|centro|data ?center|exterior|local|prazo|provedor|servidor|servico|sistema|"
    r"site|territorio)\b)|nao|not|never|nunca|jamas|sin|sem|without|ni|nem|nor|prohib\w*|proib\w*|vedad[oa]s?|impedid[oa]s?|"
    r"ningun\w*|nenhum\w*)\b(?! (solo|so|only|apenas|obstante|later|mas tarde))"
)
_PROHIBITED = re.compile(
    r"^[^.;]{0,20}\b(prohibid|proibid|vedad|no (esta |sera |es )?(permit|admit)|nao (esta |sera |e )?(permit|admit)|"
    r"(is|are|shall be|will be) (not (permitted|allowed)|prohibited|forbidden))"
)


class DataPlace(NamedTuple):
    """Mentions by which data are abroad, and mentions by which data are in the country."""

    abroad: tuple[Mention, ...]
    home: tuple[Mention, ...]


@cached_fact  # asked by two rules
def data_place(dossier: Dossier) -> DataPlace:
    """
    Return the mentions in a record that say where data are.

    A negated place abroad ("no se almacenarán fuera del país") means that data are in the country. A phrase that names
    only a place ("fora do território nacional") counts if it follows words for data or a system. "Territorio nacional"
    within such a phrase is not counted as a place in the country. A country other than that of the record is abroad.
    """
    country = dossier.process.country
    of_data = tuple(_countries_of_data(dossier)) if country else ()
    of_words = (
        mention
        for mention in dossier.mentions
        if mention.concept in _ABROAD and mention.part in WORDS_OF_RECORD and _is_of_data(dossier, mention)
    )
    abroad: list[Mention] = []
    denied: list[Mention] = []
    for mention in (*of_words, *(place for place in of_data if place.term != country)):
        is_denied = mention.negated or _is_denied(dossier, mention)
        (denied if is_denied and dossier.leaves_out(mention, "denied") else abroad).append(mention)
    outside = dossier.mentions_of(*_ABROAD, parts=WORDS_OF_RECORD, strengths=BOTH)
    home = (
        mention
        for mention in dossier.mentions_of(*_HOME, parts=WORDS_OF_RECORD)
        if not any(
            mention.path == other.path and mention.start < other.end and other.start < mention.end for other in outside
        )
    )
    return DataPlace(tuple(abroad), (*home, *(place for place in of_data if place.term == country), *denied))


def _countries_of_data(dossier: Dossier) -> Iterator[Mention]:
    """Yield the countries where data are, or from which they are accessed; the term of each is the country code."""
    for text in dossier.texts:
        if text.part not in WORDS_OF_RECORD:
            continue
        folded = dossier.reference.fold(text)
        for place in places_in(folded.text):
            before = _CLAUSE_END.split(folded.text[max(0, place.start - _DENIAL_REACH) : place.start])[-1]
            of_data = _LIES.search(before) and _DATA.search(before)
            if not of_data or _OTHERS.search(before) or _FIRMS.search(before):
                continue
            yield mention_of(Term(_ABROAD[0], "", place.code), text, *folded.span(place.start, place.end))


def _is_of_data(dossier: Dossier, mention: Mention) -> bool:
    """Return whether data or a system are what is abroad; strong terms always mean that."""
    if mention.strength == STRONG:
        return True
    before = _clause_before(dossier, mention, _DATA_REACH)
    if mention.written.lower().endswith("exterior") and _OUT_OF_DOORS.match(
        dossier.folded_after(mention, _PROHIBITION_REACH)
    ):
        return False
    return bool(_DATA.search(before)) and not _OTHERS.search(before)


def _is_denied(dossier: Dossier, mention: Mention) -> bool:
    before = _clause_before(dossier, mention, _DENIAL_REACH)
    return bool(_DENIED.search(before) or _PROHIBITED.match(dossier.folded_after(mention, _PROHIBITION_REACH)))


def _clause_before(dossier: Dossier, mention: Mention, reach: int) -> str:
    """Return the folded text before a mention in its clause."""
    before = dossier.folded_before(mention, reach)
    return _CLAUSE_END.split(before)[-1]
