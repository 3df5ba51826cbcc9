"""Whom a record tells of, where technology may watch people: those in a body's hands, and whoever is not its staff."""

import re

from audits.facts.technology.record_words import has_words, is_called, title_has_words
from audits.judging.dossiers.process import Dossier
from audits.matching.words import CARED_FOR, HELD_IN_FILES

# Who enters is more than staff, and so are those for whom a body is there: one word of them anywhere in the record,
# and the question is asked. Servants of the public are staff; a secretariat of public works has vehicles of its own.
# What goes on after staff ("del personal y usuarios") tells of more than staff.
_OF_STAFF = (
    r"(?![^.;]{0,60}\b(?:ingreso y salida|entrada e saida) (?:del?|do) (?:personal|pessoal)\b"
    r"(?![^.;]{0,60}?(?:,| y | e )))"
)
_OTHERS = re.compile(
    # "Acceso nuevo" is an entrance, "control de acceso nuevo" one to be controlled, "acceso remoto" that to a program.
    rf"\b(?:controle?s? de acc?es\w+{_OF_STAFF}|"
    rf"acc?esos?\b(?! (?:novo|nuevo|remoto|via|web)\b){_OF_STAFF}|(?:acc?esa|acc?esi|benefici[ao]r|ciudadan|citizen|"
    r"pasajer|passageir|passenger|visitant|visitor|taxi)\w*|access|escolar(?:es)?|school attendance|"
    r"cidada(?:os?|s)?|(?<!en )(?<!em )particular(?:es)?|private (?:cars?|vehicles?)|"
    r"(?:al|ao|el|o|the|transportes?|vias?|espacios?|espacos?) public[ao]?s?|"
    r"public (?:transport|transit|roads?|space)|"
    r"(?:elector(?!al)|eleitor(?!al)|viajante|viajero|votante|voter)\w*|"
    r"estrangeir[ao]s?|extranjer[ao]s?|foreigners?|turistas?|"
    r"(?:de|l[ao]s|d[ao]s|personas|pessoas) "
    r"(?:buscad|desaparecid|detenid|detid|foragid|intern|procurad|requerid)[ao]s|"
    r"(?:missing|wanted) (?:individuals?|people|persons?))\b"
)
# Whose duty is to gather what is known of people, by its name.
_GATHERS = re.compile(r"\b(?:inteligencia|intelligence)\b(?! artificial)")


def mentions_others(dossier: Dossier) -> bool:
    """Return whether a record tells of people who are not the staff of a body."""
    return mentions_people_in_care(dossier) or has_words(dossier, _OTHERS)


def mentions_people_in_care(dossier: Dossier) -> bool:
    """Return whether a record tells of pupils, patients, prisoners, migrants and others who are in a body's hands."""
    return has_words(dossier, CARED_FOR)


def mentions_persons_in_files(dossier: Dossier) -> bool:
    """Return whether a system is said to hold persons, crimes or cases, or belongs to an intelligence body."""
    return tells_of_persons_in_files(dossier) or is_called(dossier, _GATHERS)


def tells_of_persons_in_files(dossier: Dossier) -> bool:
    """Return whether a system is said to hold persons, crimes, cases or intelligence."""
    return mentions_people_in_care(dossier) or has_words(dossier, HELD_IN_FILES) or title_has_words(dossier, _GATHERS)
